"""Dated rules of donations."""

from community.dated_rules.rules import Default, declare

UNSPENT_MONTHS = "donation_unspent_months"

declare(
    {
        UNSPENT_MONTHS: Default(
            "捐款收到多久没有用完要提醒",
            12,
            "个月",
            "系统默认值，法规没有规定",
            "满此期限还有结余的捐款，在待办中列出",
            1,
            60,
            "捐赠",
        )
    }
)
