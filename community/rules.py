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


DEFAULTS: dict[str, Default] = {
    Key.BULLETIN_NOTICE_DAYS: Default(
        7,
        "天",
        "系统默认值；法律没有统一规定天数，请按街道或区县的规定设定",
        "每月公开发布后公示的天数，从发布次日起算，公示期内居民可以提出异议。",
        least=1,
        most=90,
    ),
    Key.ELDER_AGE: Default(
        60,
        "岁",
        "老年人权益保障法第二条",
        "年满这一年龄的居民，提示登记高龄老人台账和办理老年人优待。",
        least=50,
        most=80,
    ),
    Key.ALLOWANCE_AGE: Default(
        80,
        "岁",
        "老年人权益保障法第三十三条；起始年龄由各省规定，请按当地规定设定",
        "达到这一年龄的居民，提示申领高龄津贴。",
        least=60,
        most=100,
    ),
    Key.SCHOOL_AGE: Default(
        6,
        "岁",
        "义务教育法第十一条",
        "年满这一年龄的儿童，提示通知入学报名。",
        least=5,
        most=8,
    ),
    Key.CARE_NOTICE_DAYS: Default(
        30,
        "天",
        "系统默认值；没有统一规定，请按社区的工作安排设定",
        "生日、证件到期、复核和核实在多少天之内提前提示。",
        least=1,
        most=180,
    ),
    Key.CARE_LOOKBACK_DAYS: Default(
        90,
        "天",
        "系统默认值；没有统一规定，请按社区的工作安排设定",
        "年满老年人年龄和入学年龄之后，在多少天之内继续提示；高龄津贴一直提示到登记为止。",
        least=1,
        most=366,
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
