"""Dated rule of finance: until when a month is to be closed."""

from community.dated_rules.rules import Default, declare

CLOSE_DAYS = "finance_close_days"

declare(
    {
        CLOSE_DAYS: Default(
            "月结期限",
            10,
            "天",
            "系统默认值，以街道会计代理的报账日为准",
            "每月结束后多少天内月结，在待办中提醒",
            1,
            60,
            "财务",
        )
    }
)
