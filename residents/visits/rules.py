"""Dated rules of home visits (期限规定): days between two visits."""

from enum import StrEnum

from community.dated_rules.rules import Default, declare


class Key(StrEnum):
    VISIT_LOW_INCOME_DAYS = "visit_low_income_days"
    VISIT_DISABLED_DAYS = "visit_disabled_days"
    VISIT_ELDERLY_DAYS = "visit_elderly_days"
    VISIT_SPECIAL_CARE_DAYS = "visit_special_care_days"
    VISIT_UNEMPLOYED_DAYS = "visit_unemployed_days"
    VISIT_RETIRED_DAYS = "visit_retired_days"
    VISIT_CHILD_DAYS = "visit_child_days"
    VISIT_MATERNAL_DAYS = "visit_maternal_days"


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
    (Key.VISIT_ELDERLY_DAYS, 30, "老年人"),
    (Key.VISIT_SPECIAL_CARE_DAYS, 180, "优抚对象"),
    (Key.VISIT_UNEMPLOYED_DAYS, 90, "失业人员"),
    (Key.VISIT_RETIRED_DAYS, 365, "退休人员"),
    (Key.VISIT_CHILD_DAYS, 30, "困境儿童"),
    (Key.VISIT_MATERNAL_DAYS, 0, "育龄妇女服务对象"),
)

declare(
    {
        **{key: _visits(days, whom) for key, days, whom in _VISITS},
    }
)
