from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.shortcuts import render

from portal.models import AccessLog
from portal.permissions import Permission
from portal.scoping import rows
from portal.views.base import needs


@needs(Permission.ACCESS_LOG_VIEW)
def access_log(request):
    """Who saw, exported or printed what, and why; newest first, by user or kind of act."""
    entries = rows(AccessLog, request.access, Permission.ACCESS_LOG_VIEW, request.community)
    action, user = request.GET.get("action", ""), request.GET.get("user", "")
    if action in AccessLog.Action.values:
        entries = entries.filter(action=action)
    if user.isdecimal():
        entries = entries.filter(user_id=int(user))
    page = Paginator(entries.order_by("-id"), 50).get_page(request.GET.get("page"))
    users = get_user_model()._default_manager.in_bulk({entry.user_id for entry in page})
    return render(
        request,
        "generic/access_log.html",
        {
            "page": page,
            "entries": [(entry, users.get(entry.user_id)) for entry in page],
            "actions": AccessLog.Action.choices,
            "action": action,
            "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        },
    )
