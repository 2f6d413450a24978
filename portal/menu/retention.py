"""Retention of pins and recently opened things."""

from portal.menu.models import OwnLinks
from portal.menu.own_links import MOST, RETENTION
from portal.retention.data_categories import DataCategory, DeletedWith, declare

declare(
    DataCategory(
        "收藏和最近打开",
        (OwnLinks,),
        "再次打开",
        DeletedWith(f"每人最多各{MOST}项，由新的代替；{RETENTION.days}天不用即删除"),
    )
)
