"""Numbers that law or local rule sets, with the defaults of the deployment (期限规定).

A community that sets its own value from a day on has rows of `DatedRule`; what is worked out asks here for
the value of a day.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from community.models import DatedRule

Key = DatedRule.Key


@dataclass(frozen=True, slots=True)
class Default:
    """What holds where a community has set nothing, and which values make sense at all."""

    value: int
    unit: str
    source: str
    explanation: str
    least: int
    most: int
    topic: str = "其他"
    """What it is about: rules of one topic stand together on their page."""


_HEALTH = "健康随访"


def _visits(days: int, whom: str) -> Default:
    return Default(
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


DEFAULTS: dict[str, Default] = {
    Key.BULLETIN_NOTICE_DAYS: Default(
        7,
        "天",
        "系统默认值；法律没有统一规定天数，请按街道或区县的规定设定",
        "每月公开发布后公示的天数，从发布次日起算，公示期内居民可以提出异议。",
        least=1,
        most=90,
        topic="公开",
    ),
    Key.ELDER_AGE: Default(
        60,
        "岁",
        "老年人权益保障法第二条",
        "年满这一年龄的居民，提示登记高龄老人台账和办理老年人优待。",
        least=50,
        most=80,
        topic="重点人群",
    ),
    Key.ALLOWANCE_AGE: Default(
        80,
        "岁",
        "老年人权益保障法第三十三条；起始年龄由各省规定，请按当地规定设定",
        "达到这一年龄的居民，提示申领高龄津贴。",
        least=60,
        most=100,
        topic="重点人群",
    ),
    Key.SCHOOL_AGE: Default(
        6,
        "岁",
        "义务教育法第十一条",
        "年满这一年龄的儿童，提示通知入学报名。",
        least=5,
        most=8,
        topic="重点人群",
    ),
    Key.CARE_NOTICE_DAYS: Default(
        30,
        "天",
        "系统默认值；没有统一规定，请按社区的工作安排设定",
        "生日、证件到期、复核和核实在多少天之内提前提示。",
        least=1,
        most=180,
        topic="重点人群",
    ),
    Key.CARE_LOOKBACK_DAYS: Default(
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
        60,
        "岁",
        "系统默认值，60岁以上老年人全部建档；国家基本公共卫生服务规范（第三版）的老年人健康管理为65岁及以上",
        "从这个年龄起，没有慢性病的居民也建立健康档案。",
        least=50,
        most=80,
        topic=_HEALTH,
    ),
    Key.PRESSURE_AGE: Default(
        35,
        "岁",
        "国家基本公共卫生服务规范（第三版）高血压患者健康管理：35岁及以上首诊测血压",
        "从这个年龄起，首次随访应测血压。",
        least=18,
        most=60,
        topic=_HEALTH,
    ),
    Key.INFECTIOUS_A_HOURS: Default(
        2,
        "小时",
        "传染病信息报告管理规范：甲类和按甲类管理的传染病2小时内报告",
        "发现甲类或按甲类管理的传染病后，向社区卫生服务中心报告的时限。",
        least=1,
        most=24,
        topic=_HEALTH,
    ),
    Key.INFECTIOUS_HOURS: Default(
        24,
        "小时",
        "传染病信息报告管理规范：乙类、丙类传染病24小时内报告",
        "发现乙类或丙类传染病后，向社区卫生服务中心报告的时限。",
        least=1,
        most=72,
        topic=_HEALTH,
    ),
    Key.DEATH_NOTICE_DAYS: Default(
        15,
        "天",
        "国卫规划发〔2013〕57号规定医疗卫生机构15日内网络报告，居委会应及时提供在家死亡信息；当地另有规定的请按当地设定",
        "得知居民死亡后，向社区卫生服务中心报告的时限。",
        least=1,
        most=60,
        topic=_HEALTH,
    ),
    Key.CORRECTION_DAYS: Default(
        15,
        "天",
        "系统默认值；个人信息保护法第四十六条要求及时核实、更正，没有规定天数",
        "居民申请更正个人信息后，在多少天内答复，从收到次日起算。",
        least=1,
        most=30,
        topic="个人信息",
    ),
}


def value_of(community, key: str, day: datetime.date) -> int:
    """The value in force in `community` on `day`."""
    row = DatedRule.objects.of(community).in_force(key, day).first()
    return row.value if row else DEFAULTS[key].value


def values_of(community, keys: Collection[str], day: datetime.date) -> dict[str, int]:
    """The values in force of several rules, asked for at once."""
    found = {key: DEFAULTS[key].value for key in keys}
    set_here = DatedRule.objects.of(community).filter(key__in=keys, start__lte=day)
    return found | dict(set_here.order_by("start", "id").values_list("key", "value"))


def notice_until(community, posted_on: datetime.date) -> datetime.date:
    """The last day of the notice of a bulletin that is published on `posted_on`."""
    days = value_of(community, Key.BULLETIN_NOTICE_DAYS, posted_on)
    return posted_on + datetime.timedelta(days=days)


def correction_due(community, received_on: datetime.date) -> datetime.date:
    """The last day on which a correction request received on `received_on` is answered in time."""
    days = value_of(community, Key.CORRECTION_DAYS, received_on)
    return received_on + datetime.timedelta(days=days)
