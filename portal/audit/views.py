from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.shortcuts import render

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.audit.access_log import NOBODY
from portal.audit.models import AccessLog


@needs(Permission.ACCESS_LOG_VIEW)
def access_log(request):
    """Access log page: who saw, exported or printed what, and why; newest first, filtered by user or action."""
    entries = rows(AccessLog, request.access, Permission.ACCESS_LOG_VIEW, request.community)
    action, user = request.GET.get("action", ""), request.GET.get("user", "")
    if action in AccessLog.Action.values:
        entries = entries.filter(action=action)
    if user.isdecimal():
        entries = entries.filter(user_id=int(user))
    page = Paginator(entries.order_by("-id"), 50).get_page(request.GET.get("page"))
    return render(
        request,
        "portal/audit/access_log.html",
        {
            "page": page,
            "entries": entries_with_names(page),
            "actions": AccessLog.Action.choices,
            "action": action,
            "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        },
    )


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A log entry with the names of its user and of the affected accounts."""

    entry: AccessLog
    who: str
    accounts: str = ""


def entries_with_names(entries: Iterable[AccessLog]) -> list[LogEntry]:
    """Entries with the names of their users and of the affected accounts."""
    entries = list(entries)
    keys = {entry.user_id for entry in entries}
    keys |= {key for entry in entries if entry.action in AccessLog.ABOUT_ACCOUNTS for key in entry.ids}
    users = get_user_model()._default_manager.in_bulk(keys)
    return [_line(entry, users) for entry in entries]


def _line(entry: AccessLog, users: dict) -> LogEntry:
    user = users.get(entry.user_id)
    who = user.name if user else "系统" if entry.user_id == NOBODY else "（已停用）"
    if entry.action not in AccessLog.ABOUT_ACCOUNTS:
        return LogEntry(entry, who)
    accounts = [users[key] for key in entry.ids if key in users]
    return LogEntry(entry, who, "、".join(f"{account.name}（{account.username}）" for account in accounts))
