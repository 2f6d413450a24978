"""Dated rules of duty posts."""

from community.dated_rules.rules import Default, declare

NEGLECT_MONTHS = "duty_neglect_months"

declare(
    {
        NEGLECT_MONTHS: Default(
            "岗位多久没有签到算失管",
            2,
            "个月",
            "系统默认值，法规没有规定",
            "有人认领的岗位，满此期限没有签到的，在岗位台账、一览和待办中标出",
            1,
            12,
            "定岗定责",
        )
    }
)
