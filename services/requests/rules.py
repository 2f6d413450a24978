"""Dated rules of requests: the period of each category, and how long they wait for the resident."""

from community.dated_rules.rules import DEFAULTS, Default, declare
from services.requests.choices import Category

WAITING_DAYS = "request_waiting_days"
SILENT_DAYS = "request_silent_days"
REJECTED_DAYS = "request_rejected_days"
UNSORTED = "request_days"
"""Key of the period of a request without a category."""
TOPIC = "居民诉求"
_SOURCE = "系统默认值，参照信访和12345热线的办理期限"
_DAYS = {
    Category.SANITATION: 5,
    Category.REPAIR: 10,
    Category.PROPERTY: 10,
    Category.NOISE: 5,
    Category.PARKING: 10,
    Category.SAFETY: 3,
    Category.NEIGHBOURS: 15,
    Category.WELFARE: 10,
    Category.PAPERS: 3,
    Category.SUGGESTION: 15,
    Category.OTHER: 10,
}


def period_key(category: str) -> str:
    """Key of the dated rule of a category's period."""
    return f"{UNSORTED}_{category}" if category else UNSORTED


def period_words(key: str) -> str:
    """The rule of a period in words."""
    return f"{DEFAULTS[key].label}的期限"


def _days(label: str, value: int, explanation: str, most: int = 60) -> Default:
    return Default(label, value, "个工作日", _SOURCE, explanation, 1, most, TOPIC)


declare(
    {
        UNSORTED: _days("尚未分类的诉求", 10, "收到后还没有确定类别的，按这个期限提醒"),
        **{
            period_key(category): _days(f"{category.label}类诉求", days, "自收到次日起算，到期前答复居民")
            for category, days in _DAYS.items()
        },
        WAITING_DAYS: _days("等待居民补充", 10, "期间不计入办理期限；到期没有补充的，自动恢复办理", 30),
        SILENT_DAYS: _days("等待居民评价", 15, "答复后居民没有评价的，到期自动办结", 60),
        REJECTED_DAYS: Default(
            "撤销“不受理”", 7, "天", "系统默认值", "认定为垃圾信息后，在这几天内可以恢复", 1, 30, TOPIC
        ),
    }
)
