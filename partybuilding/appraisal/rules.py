"""Dated rules of the yearly appraisal of party members."""

from community.dated_rules.rules import Default, declare
from partybuilding.branch_life.rules import TOPIC

EXCELLENT_PERCENT = "party_excellent_percent"

declare(
    {
        EXCELLENT_PERCENT: Default(
            "民主评议优秀比例",
            33,
            "%",
            "系统默认值；一般不超过参加评议党员的三分之一，按上级当年的要求设定",
            "评定为优秀的党员占评定等次党员的比例，超过的在评议结果中提示",
            10,
            50,
            TOPIC,
        )
    }
)
