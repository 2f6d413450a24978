"""Retention of what was forwarded to the street."""

from community.forwarded.models import Forwarded, ForwardedAnswer
from portal.access.permissions import Permission
from portal.retention.data_categories import DataCategory, Retention, declare

declare(
    DataCategory(
        "转街道事项",
        (Forwarded, ForwardedAnswer),
        "请街道办理社区不能办理的事项",
        Retention("转街道", "forwarded_at", years=3),
        right=Permission.STREET_FORWARDED,
    )
)
