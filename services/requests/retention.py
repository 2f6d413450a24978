"""Retention of requests, and of the division of work among categories."""

from django.db.models import Q

from portal.access.permissions import Permission as P
from portal.retention.data_categories import (
    DataCategory,
    Retention,
    ShorterRetention,
    Unlimited,
    declare,
)
from services.requests.models import CategoryOwner

REQUEST_RETENTION = Retention(
    "办结",
    "ended_at",
    years=3,
    shorter=(
        ShorterRetention(
            "contact", "姓名和电话", Retention("办结", "ended_at", years=1, erases=("name", "phone"))
        ),
        ShorterRetention(
            "rejected", "不受理的", Retention("认定", "ended_at", months=1, only=Q(state="rejected"))
        ),
    ),
)
"""Whom to call is needed while the matter may come up again; the matter itself as long as complaints and audits ask for it.

A suspected request has no period of its own: it stays until somebody has looked at it.
"""

declare(
    DataCategory(
        "诉求分工", (CategoryOwner,), "分派居民诉求", Unlimited("改动时替换，不含居民信息"), right=P.REQUESTS
    )
)
