"""Kinds of branch life (组织生活: 三会一课 and what belongs to it), and the dated rules of their periods."""

from community.activities.kinds import ActivityKind
from community.activities.kinds import declare as declare_kinds
from community.bodies.kinds import BodyKind
from community.dated_rules.rules import Default
from community.dated_rules.rules import declare as declare_rules
from partybuilding.branch_life.participants import members_expected
from portal.access.permissions import Permission as P

TOPIC = "组织生活"
_WORK = "中国共产党支部工作条例（试行）"
_OWN = "系统默认值，法规没有规定"

ASSEMBLY, COMMITTEE, GROUP = "party_assembly", "party_committee_meeting", "party_group_meeting"
THEME_DAY, LECTURE, LIFE_MEETING, APPRAISAL = (
    "party_theme_day",
    "party_lecture",
    "party_life_meeting",
    "party_appraisal",
)
NOTICE_DAYS = "party_life_notice_days"
MAKE_UP_DAYS = "party_make_up_days"


def _kind(code: str, label: str, *, body=BodyKind.BRANCH, participants=members_expected) -> ActivityKind:
    return ActivityKind(
        code, label, P.BRANCH, frozenset({body}), period=f"{code}_months", participants=participants
    )


KINDS = (
    _kind(ASSEMBLY, "党员大会"),
    _kind(COMMITTEE, "支委会", participants=None),
    _kind(GROUP, "党小组会", body=BodyKind.PARTY_GROUP),
    _kind(THEME_DAY, "主题党日"),
    _kind(LECTURE, "党课"),
    _kind(LIFE_MEETING, "组织生活会"),
    _kind(APPRAISAL, "民主评议党员"),
)
"""In the order of the plan. To a meeting of the branch committee its post holders are expected, to the others the members."""
KINDS_BY_CODE = {kind.code: kind for kind in KINDS}
CODES = tuple(KINDS_BY_CODE)
MADE_UP = tuple(code for code in CODES if code != COMMITTEE)
"""Kinds for which whoever did not come makes up by study (补学)."""


def _months(code: str, value: int, article: str) -> dict[str, Default]:
    kind = KINDS_BY_CODE[code]
    explanation = "每隔多少个月至少举行一次，从1月起算：1为每月，3为每季度，12为每年"
    return {kind.period: Default(f"{kind.label}周期", value, "个月", article, explanation, 1, 12, TOPIC)}


declare_kinds(*KINDS)
declare_rules(
    _months(ASSEMBLY, 3, f"{_WORK}第十一条")
    | _months(COMMITTEE, 1, f"{_WORK}第十二条")
    | _months(GROUP, 1, f"{_WORK}第十三条")
    | _months(THEME_DAY, 1, f"{_WORK}第十六条")
    | _months(LECTURE, 12, f"{_WORK}第十四条")
    | _months(LIFE_MEETING, 12, f"{_WORK}第十七条")
    | _months(APPRAISAL, 12, f"{_WORK}第十八条")
    | {
        NOTICE_DAYS: Default(
            "组织生活提前提醒",
            10,
            "天",
            _OWN,
            "每月一次的，期限前多少天在待办中提醒；每季度一次的为3倍，每年一次的为6倍",
            1,
            20,
            TOPIC,
        ),
        MAKE_UP_DAYS: Default(
            "补学期限", 30, "天", _OWN, "没有到会的党员在会后多少天内补学，逾期的在待办中标明", 7, 90, TOPIC
        ),
    }
)
