"""Dated rules of health follow-up (期限规定): intervals, ages and deadlines of notices."""

from enum import StrEnum

from community.dated_rules.rules import Default, declare


class Key(StrEnum):
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


_HEALTH = "健康随访"


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
_CENTRE_DEFAULT = "系统默认值；请按社区卫生服务中心的要求设定"
_FOLLOW_UPS = (
    (Key.FOLLOW_UP_ELDERLY_DAYS, 365, "没有慢性病的老年人", f"{_SERVICE_RULES}：老年人每年1次健康管理"),
    (Key.FOLLOW_UP_HYPERTENSION_DAYS, 90, "高血压患者", f"{_SERVICE_RULES}：每年至少4次面对面随访"),
    (Key.FOLLOW_UP_DIABETES_DAYS, 90, "糖尿病患者", f"{_SERVICE_RULES}：每年至少4次面对面随访"),
    (Key.FOLLOW_UP_CORONARY_DAYS, 90, "冠心病患者", _CENTRE_DEFAULT),
    (Key.FOLLOW_UP_STROKE_DAYS, 90, "脑卒中患者", _CENTRE_DEFAULT),
    (Key.FOLLOW_UP_COPD_DAYS, 180, "慢性阻塞性肺疾病患者", _CENTRE_DEFAULT),
    (Key.FOLLOW_UP_CANCER_DAYS, 180, "恶性肿瘤患者", _CENTRE_DEFAULT),
    (Key.FOLLOW_UP_MENTAL_DAYS, 90, "重性精神疾病患者", f"{_SERVICE_RULES}：每年至少4次随访"),
    (Key.FOLLOW_UP_TUBERCULOSIS_DAYS, 30, "结核病患者", f"{_SERVICE_RULES}：治疗期间至少每月1次随访"),
)

declare(
    {
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
    }
)
