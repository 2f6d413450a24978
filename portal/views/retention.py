from django.db.models import Max
from django.shortcuts import render

from portal import purging
from portal.models import PurgeLog
from portal.permissions import Permission
from portal.retention import all_kept
from portal.scoping import rows
from portal.views.base import needs


@needs(Permission.ACCESS_LOG_VIEW)
def retention(request):
    """Retention page (保存期限): period of each data category, number of expired rows, and the last purge."""
    community = request.community
    log = rows(PurgeLog, request.access, Permission.ACCESS_LOG_VIEW, community)
    newest = {entry.subject: entry for entry in log.order_by("day")}
    past = purging.past_counts(community.id)
    kinds = [
        {"kept": kept, "past": past.get(kept.label), "last": newest.get(kept.label)} for kept in all_kept()
    ]
    context = {"kinds": kinds, "last_day": log.aggregate(last=Max("day"))["last"]}
    return render(request, "generic/retention.html", context)
