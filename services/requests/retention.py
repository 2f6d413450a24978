"""Retention of the division of work among categories."""

from portal.access.permissions import Permission as P
from portal.retention.data_categories import DataCategory, Unlimited, declare
from services.requests.models import CategoryOwner

declare(
    DataCategory(
        "诉求分工", (CategoryOwner,), "分派居民诉求", Unlimited("改动时替换，不含居民信息"), right=P.REQUESTS
    )
)
