"""Dated rule of bodies: how long before the end of its term the change of a body is due."""

from community.dated_rules.rules import Default, declare

TERM_NOTICE_MONTHS = "body_term_notice_months"

declare(
    {
        TERM_NOTICE_MONTHS: Default(
            "换届提前提醒",
            3,
            "个月",
            "系统默认值，换届筹备一般需要三个月",
            "组织任期届满前多久在待办中提醒换届",
            1,
            12,
            "组织换届",
        )
    }
)
