"""Dated rules of goods in store."""

from community.dated_rules.rules import Default, declare

EXPIRY_NOTICE_DAYS = "stock_expiry_notice_days"
STOCKTAKE_MONTHS = "stock_stocktake_months"

_SOURCE = "系统默认值，法规没有规定"

declare(
    {
        EXPIRY_NOTICE_DAYS: Default(
            "物资到期前多少天提醒",
            60,
            "天",
            _SOURCE,
            "还有库存的批次，离有效期不足此天数的，在库存台账和待办中标出",
            1,
            365,
            "物资",
        ),
        STOCKTAKE_MONTHS: Default(
            "物资多久盘点一次",
            12,
            "个月",
            _SOURCE,
            "有库存而满此期限没有盘点的，列入待办",
            1,
            36,
            "物资",
        ),
    }
)
