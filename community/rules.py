"""Numbers that law or local rule sets, with the defaults of the deployment (期限规定).

A community that sets its own value from a day on has rows of `DatedRule`; what is worked out asks here for
the value of a day.
"""

import datetime
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
    Key.CORRECTION_DAYS: Default(
        15,
        "天",
        "系统默认值；个人信息保护法第四十六条要求及时核实、更正，没有规定天数",
        "居民申请更正个人信息后，在多少天内答复，从收到次日起算。",
        least=1,
        most=30,
    ),
}


def value_of(community, key: str, day: datetime.date) -> int:
    """The value in force in `community` on `day`."""
    row = DatedRule.objects.of(community).in_force(key, day).first()
    return row.value if row else DEFAULTS[key].value


def notice_until(community, posted_on: datetime.date) -> datetime.date:
    """The last day of the notice of a bulletin that is published on `posted_on`."""
    days = value_of(community, Key.BULLETIN_NOTICE_DAYS, posted_on)
    return posted_on + datetime.timedelta(days=days)


def correction_due(community, received_on: datetime.date) -> datetime.date:
    """The last day on which a correction request received on `received_on` is answered in time."""
    days = value_of(community, Key.CORRECTION_DAYS, received_on)
    return received_on + datetime.timedelta(days=days)
