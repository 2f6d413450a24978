from django.db.models import Max
from django.shortcuts import render

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.retention import expired
from portal.retention.data_categories import categories
from portal.retention.models import PurgeLog


@needs(Permission.ACCESS_LOG_VIEW)
def retention(request):
    """Retention page (保存期限): period of each data category, number of expired rows, and the last purge."""
    community = request.community
    log = rows(PurgeLog, request.access, Permission.ACCESS_LOG_VIEW, community)
    newest = {entry.subject: entry for entry in log.order_by("day")}
    expired_by_label = expired.expired_counts(community.id)
    lines = [
        {
            "category": category,
            "expired": expired_by_label.get(category.label),
            "last": newest.get(category.label),
        }
        for category in categories()
    ]
    context = {"lines": lines, "last_day": log.aggregate(last=Max("day"))["last"]}
    return render(request, "portal/retention/retention.html", context)
