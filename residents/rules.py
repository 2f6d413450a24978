"""The numbers that law or local rule sets for what residents/ does, with their defaults (期限规定)."""

import datetime
from enum import StrEnum

from community.rules import Default, declare, value_of


class Key(StrEnum):
    ELDER_AGE = "elder_age"
    ALLOWANCE_AGE = "allowance_age"
    SCHOOL_AGE = "school_age"
    CARE_NOTICE_DAYS = "care_notice_days"
    CARE_LOOKBACK_DAYS = "care_lookback_days"
    VISIT_LOW_INCOME_DAYS = "visit_low_income_days"
    VISIT_DISABLED_DAYS = "visit_disabled_days"
    VISIT_ELDERLY_DAYS = "visit_elderly_days"
    VISIT_SPECIAL_CARE_DAYS = "visit_special_care_days"
    VISIT_UNEMPLOYED_DAYS = "visit_unemployed_days"
    VISIT_RETIRED_DAYS = "visit_retired_days"
    VISIT_CHILD_DAYS = "visit_child_days"
    VISIT_MATERNAL_DAYS = "visit_maternal_days"
    HEALTH_RECORD_AGE = "health_record_age"
    PRESSURE_AGE = "pressure_age"
    FOLLOW_UP_ELDERLY_DAYS = "follow_up_elderly_days"
    FOLLOW_UP_HYPERTENSION_DAYS = "follow_up_hypertension_days"
    FOLLOW_UP_DIABETES_DAYS = "follow_up_diabetes_days"
    FOLLOW_UP_CORONARY_DAYS = "follow_up_coronary_days"
    FOLLOW_UP_STROKE_DAYS = "follow_up_stroke_days"
    FOLLOW_UP_COPD_DAYS = "follow_up_copd_days"
    FOLLOW_UP_CANCER_DAYS = "follow_up_cancer_days"
    FOLLOW_UP_MENTAL_DAYS = "follow_up_mental_days"
    FOLLOW_UP_TUBERCULOSIS_DAYS = "follow_up_tuberculosis_days"
    INFECTIOUS_A_HOURS = "infectious_a_hours"
    INFECTIOUS_HOURS = "infectious_hours"
    DEATH_NOTICE_DAYS = "death_notice_days"
    CORRECTION_DAYS = "correction_days"


_HEALTH = "健康随访"


def _visits(days: int, whom: str) -> Default:
    return Default(
        f"{whom}走访间隔",
        days,
        "天",
        "系统默认值；请按区县民政部门的要求设定",
        f"上次走访超过这个天数的{whom}列入“待走访”。0 表示不要求定期走访。",
        least=0,
        most=1000,
        topic="走访",
    )


_VISITS = (
    (Key.VISIT_LOW_INCOME_DAYS, 90, "低保户"),
    (Key.VISIT_DISABLED_DAYS, 180, "残疾人"),
    (Key.VISIT_ELDERLY_DAYS, 30, "高龄老人"),
    (Key.VISIT_SPECIAL_CARE_DAYS, 180, "优抚对象"),
    (Key.VISIT_UNEMPLOYED_DAYS, 90, "失业人员"),
    (Key.VISIT_RETIRED_DAYS, 365, "退休人员"),
    (Key.VISIT_CHILD_DAYS, 30, "困境儿童"),
    (Key.VISIT_MATERNAL_DAYS, 0, "育龄妇女服务对象"),
)


def _follow_ups(days: int, of: str, source: str) -> Default:
    return Default(
        f"{of}随访间隔",
        days,
        "天",
        source,
        f"{of}两次随访之间的天数；有几种病的，按最短的安排。",
        least=7,
        most=730,
        topic=_HEALTH,
    )


_SERVICE_RULES = "国家基本公共卫生服务规范（第三版）"
_OWN = "系统默认值；请按社区卫生服务中心的要求设定"
_FOLLOW_UPS = (
    (Key.FOLLOW_UP_ELDERLY_DAYS, 365, "没有慢性病的老年人", f"{_SERVICE_RULES}：老年人每年1次健康管理"),
    (Key.FOLLOW_UP_HYPERTENSION_DAYS, 90, "高血压患者", f"{_SERVICE_RULES}：每年至少4次面对面随访"),
    (Key.FOLLOW_UP_DIABETES_DAYS, 90, "糖尿病患者", f"{_SERVICE_RULES}：每年至少4次面对面随访"),
    (Key.FOLLOW_UP_CORONARY_DAYS, 90, "冠心病患者", _OWN),
    (Key.FOLLOW_UP_STROKE_DAYS, 90, "脑卒中患者", _OWN),
    (Key.FOLLOW_UP_COPD_DAYS, 180, "慢性阻塞性肺疾病患者", _OWN),
    (Key.FOLLOW_UP_CANCER_DAYS, 180, "恶性肿瘤患者", _OWN),
    (Key.FOLLOW_UP_MENTAL_DAYS, 90, "重性精神疾病患者", f"{_SERVICE_RULES}：每年至少4次随访"),
    (Key.FOLLOW_UP_TUBERCULOSIS_DAYS, 30, "结核病患者", f"{_SERVICE_RULES}：治疗期间至少每月1次随访"),
)

declare(
    {
        Key.ELDER_AGE: Default(
            "老年人年龄",
            60,
            "岁",
            "老年人权益保障法第二条",
            "年满这一年龄的居民，提示登记高龄老人台账和办理老年人优待。",
            least=50,
            most=80,
            topic="重点人群",
        ),
        Key.ALLOWANCE_AGE: Default(
            "高龄津贴起始年龄",
            80,
            "岁",
            "老年人权益保障法第三十三条；起始年龄由各省规定，请按当地规定设定",
            "达到这一年龄的居民，提示申领高龄津贴。",
            least=60,
            most=100,
            topic="重点人群",
        ),
        Key.SCHOOL_AGE: Default(
            "入学年龄",
            6,
            "岁",
            "义务教育法第十一条",
            "年满这一年龄的儿童，提示通知入学报名。",
            least=5,
            most=8,
            topic="重点人群",
        ),
        Key.CARE_NOTICE_DAYS: Default(
            "重点人群提前提示的天数",
            30,
            "天",
            "系统默认值；没有统一规定，请按社区的工作安排设定",
            "生日、证件到期、复核和核实在多少天之内提前提示。",
            least=1,
            most=180,
            topic="重点人群",
        ),
        Key.CARE_LOOKBACK_DAYS: Default(
            "年满之后继续提示的天数",
            90,
            "天",
            "系统默认值；没有统一规定，请按社区的工作安排设定",
            "年满老年人年龄和入学年龄之后，在多少天之内继续提示；高龄津贴一直提示到登记为止。",
            least=1,
            most=366,
            topic="重点人群",
        ),
        **{key: _visits(days, whom) for key, days, whom in _VISITS},
        **{key: _follow_ups(days, of, source) for key, days, of, source in _FOLLOW_UPS},
        Key.HEALTH_RECORD_AGE: Default(
            "建立健康档案的年龄",
            60,
            "岁",
            "系统默认值，60岁以上老年人全部建档；国家基本公共卫生服务规范（第三版）的老年人健康管理为65岁及以上",
            "从这个年龄起，没有慢性病的居民也建立健康档案。",
            least=50,
            most=80,
            topic=_HEALTH,
        ),
        Key.PRESSURE_AGE: Default(
            "首次随访应测血压的年龄",
            35,
            "岁",
            "国家基本公共卫生服务规范（第三版）高血压患者健康管理：35岁及以上首诊测血压",
            "从这个年龄起，首次随访应测血压。",
            least=18,
            most=60,
            topic=_HEALTH,
        ),
        Key.INFECTIOUS_A_HOURS: Default(
            "甲类传染病报告时限",
            2,
            "小时",
            "传染病信息报告管理规范：甲类和按甲类管理的传染病2小时内报告",
            "发现甲类或按甲类管理的传染病后，向社区卫生服务中心报告的时限。",
            least=1,
            most=24,
            topic=_HEALTH,
        ),
        Key.INFECTIOUS_HOURS: Default(
            "乙类、丙类传染病报告时限",
            24,
            "小时",
            "传染病信息报告管理规范：乙类、丙类传染病24小时内报告",
            "发现乙类或丙类传染病后，向社区卫生服务中心报告的时限。",
            least=1,
            most=72,
            topic=_HEALTH,
        ),
        Key.DEATH_NOTICE_DAYS: Default(
            "死亡报告时限",
            15,
            "天",
            "国卫规划发〔2013〕57号规定医疗卫生机构15日内网络报告，居委会应及时提供在家死亡信息；当地另有规定的请按当地设定",
            "得知居民死亡后，向社区卫生服务中心报告的时限。",
            least=1,
            most=60,
            topic=_HEALTH,
        ),
        Key.CORRECTION_DAYS: Default(
            "更正申请的答复期限",
            15,
            "天",
            "系统默认值；个人信息保护法第四十六条要求及时核实、更正，没有规定天数",
            "居民申请更正个人信息后，在多少天内答复，从收到次日起算。",
            least=1,
            most=30,
            topic="个人信息",
        ),
    }
)


def correction_due(community, received_on: datetime.date) -> datetime.date:
    """The last day on which a correction request received on `received_on` is answered in time."""
    days = value_of(community, Key.CORRECTION_DAYS, received_on)
    return received_on + datetime.timedelta(days=days)
