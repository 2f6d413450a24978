"""Dated rules of party members: periods of the way to membership, of transfers, of lost contact, and the rates of dues."""

from community.dated_rules.rules import Default, declare

APPLICANT_AGE = "party_applicant_age"
TALK_MONTHS = "party_talk_months"
ACTIVIST_MONTHS = "party_activist_months"
LOOK_MONTHS = "party_look_months"
TRAINING_DAYS = "party_training_days"
APPROVAL_MONTHS = "party_approval_months"
APPROVAL_MONTHS_MOST = "party_approval_months_most"
PROBATION_MONTHS = "party_probation_months"
PROBATION_NOTICE_DAYS = "party_probation_notice_days"
EXTENSION_LEAST = "party_extension_least_months"
EXTENSION_MOST = "party_extension_most_months"
FULL_MEETING_DAYS = "party_full_meeting_days"
LETTER_DAYS = "party_letter_days"
LOST_MONTHS = "party_lost_months"
DUES_DUE_MONTHS = "party_dues_due_months"

TOPIC, DUES_TOPIC = "发展党员和组织关系", "党费"
_PATH = "中国共产党发展党员工作细则（2014年）"
_DUES = "关于中国共产党党费收缴、使用和管理的规定（中组发〔2008〕3号）"


def _rule(label, value, unit, explanation, least, most, source=_PATH, topic=TOPIC) -> Default:
    return Default(label, value, unit, source, explanation, least, most, topic)


declare(
    {
        APPLICANT_AGE: _rule("申请入党年龄", 18, "周岁", "年满此年龄才能申请入党", 18, 18),
        TALK_MONTHS: _rule("入党申请后谈话", 1, "个月", "收到申请书后派人谈话的期限", 1, 3),
        ACTIVIST_MONTHS: _rule("积极分子培养时间", 12, "个月", "确定发展对象前至少培养考察多久", 12, 36),
        LOOK_MONTHS: _rule("考察周期", 6, "个月", "积极分子和预备党员的培养考察多久一次，填写考察意见", 3, 6),
        TRAINING_DAYS: _rule("发展对象集中培训", 3, "天", "短期集中培训至少几天（或不少于24学时）", 3, 10),
        APPROVAL_MONTHS: _rule("上级审批期限", 3, "个月", "支部大会通过后上级审批的期限", 1, 3),
        APPROVAL_MONTHS_MOST: _rule(
            "上级审批最长期限", 6, "个月", "遇特殊情况可以延长，但不得超过此期限", 3, 6
        ),
        PROBATION_MONTHS: _rule(
            "预备期", 12, "个月", "自支部大会通过其为预备党员之日算起", 12, 12, "中国共产党章程第七条"
        ),
        PROBATION_NOTICE_DAYS: _rule(
            "预备期满提前提醒",
            30,
            "天",
            "预备期满前多久在待办中提醒讨论转正",
            7,
            90,
            "系统默认值，法规没有规定",
        ),
        EXTENSION_LEAST: _rule("延长预备期最短", 6, "个月", "需要继续考察和教育的，可延长一次", 6, 6),
        EXTENSION_MOST: _rule("延长预备期最长", 12, "个月", "延长一次，最长不超过此期限", 6, 12),
        FULL_MEETING_DAYS: _rule(
            "期满后讨论转正",
            30,
            "天",
            "预备期满后支部大会讨论转正的期限；细则要求及时讨论",
            7,
            60,
            "系统默认值，细则第三十一条要求及时讨论",
        ),
        LETTER_DAYS: _rule(
            "组织关系介绍信有效期",
            90,
            "天",
            "自开具之日起算，逾期未收到回执的列入待办",
            30,
            90,
            "中国共产党党员教育管理工作条例",
        ),
        LOST_MONTHS: _rule(
            "失联党员处置",
            6,
            "个月",
            "失去联系满此期限的列入待办，由支部提出处置意见",
            6,
            24,
            "中国共产党党员教育管理工作条例第三十四条",
        ),
        DUES_DUE_MONTHS: _rule(
            "欠缴党费提醒",
            6,
            "个月",
            "连续欠缴达到此期限的列入待办",
            1,
            6,
            "中国共产党章程第九条",
            DUES_TOPIC,
        ),
    }
)


def _bracket(key: str, label: str, most: int, rate: int, *, retired: bool = False) -> dict[str, Default]:
    who = "离退休党员" if retired else "在职党员"
    amount = f"{label}（{who}）"
    return {
        f"party_dues_{key}_base": _rule(
            f"党费{amount}基数上限",
            most,
            "元",
            "月收入基数不超过此数的适用这一档比例",
            0,
            1_000_000,
            _DUES,
            DUES_TOPIC,
        ),
        f"party_dues_{key}_rate": _rule(
            f"党费{amount}比例", rate, "‰", "按月收入基数全额计算", 0, 50, _DUES, DUES_TOPIC
        ),
    }


BRACKETS = ("first", "second", "third", "fourth")
"""Brackets of those who work; the last has no upper limit that matters."""
RETIRED_BRACKETS = ("retired_first", "retired_second")
NO_LIMIT = 1_000_000
declare(
    _bracket("first", "第一档", 3_000, 5)
    | _bracket("second", "第二档", 5_000, 10)
    | _bracket("third", "第三档", 10_000, 15)
    | _bracket("fourth", "第四档", NO_LIMIT, 20)
    | _bracket("retired_first", "第一档", 5_000, 5, retired=True)
    | _bracket("retired_second", "第二档", NO_LIMIT, 10, retired=True)
)
