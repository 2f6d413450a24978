"""Dated rules of correction requests (期限规定): days to answer."""

import datetime
from enum import StrEnum

from community.dated_rules.rules import Default, declare, value_of


class Key(StrEnum):
    CORRECTION_DAYS = "correction_days"


declare(
    {
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


def correction_deadline(community, received_on: datetime.date) -> datetime.date:
    """Deadline to answer a correction request received on `received_on`."""
    days = value_of(community, Key.CORRECTION_DAYS, received_on)
    return received_on + datetime.timedelta(days=days)
