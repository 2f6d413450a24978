"""Dated rules of agreements."""

from community.dated_rules.rules import Default, declare

NOTICE_DAYS = "agreement_notice_days"

declare(
    {
        NOTICE_DAYS: Default(
            "共建协议到期前多少天提醒续签",
            60,
            "天",
            "系统默认值，法规没有规定",
            "离结束日期不满此天数的生效协议列为待续签，在协议台账和待办中标出",
            1,
            365,
            "共建协议",
        )
    }
)
