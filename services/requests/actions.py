"""Taking in requests: by staff at the phone or the counter, by hand-over, and by the portal when a period is over."""

import datetime

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.communities.models import Community
from community.dated_rules.rules import values_of
from community.objections.tracking_codes import code_hash
from portal.access.permissions import Permission
from portal.cases.actions import end_silent, record_receipt, take_step
from portal.cases.models import Case
from portal.hooks.receive import HandoverSource
from portal.working_days.calendar import working_calendar
from services.requests.choices import Channel
from services.requests.models import Request
from services.requests.rules import SILENT_DAYS, WAITING_DAYS


@transaction.atomic
def take_request(
    *,
    by: User,
    community_id: int,
    channel: str,
    text: str,
    code: str,
    owner: User | None = None,
    is_private: bool = False,
    source: HandoverSource | None = None,
    at: datetime.datetime | None = None,
    **fields,
) -> Request:
    """Take a request in; with `owner` it is in hand at once. `code` is the tracking code by which its author finds it.

    fields: category, place, building, name, phone, person. A private one asks the director's right, a hand-over that
    of its source.
    """
    at = at or timezone.now()
    right = Permission.REQUESTS_DECIDE if is_private else Permission.REQUESTS
    if source:
        fields |= {"source_label": source.label[:120], "source_url": source.url}
        right = source.right
    request = Request.objects.create(
        community_id=community_id,
        state="new",
        channel=channel,
        text=text.strip(),
        is_private=is_private,
        code_hash=code_hash(code) if code else None,
        taken_by=by,
        received_at=at,
        required_right=right,
        **fields,
    )
    request.refresh_from_db(fields=["year", "number"])
    record_receipt(request, "receive", by=by, at=at, details={"来源": Channel(channel).label})
    if owner:
        assign(request=request, by=by, owner=owner, category=request.category, at=at)
    return request


def assign(*, request: Request, by: User, owner: User, category: str, at=None, text: str = "") -> None:
    """Triage a request: its category, and who works on it."""
    changes, details = {"category": category, "owner": owner}, {"承办人": owner.name}
    take_step(request, "assign", by=by, text=text, details=details, changes=changes, at=at)


def replace_code(*, case: Case, by: User, code: str, checked: str) -> None:
    """Replace a lost tracking code, after the person was checked; the old one finds nothing any more.

    checked: how, in words. The course says so, and never the code.
    """
    take_step(case, "new_code", by=by, details={"核对方式": checked}, changes={"code_hash": code_hash(code)})


def end_periods(*, community: Community, now: datetime.datetime) -> int:
    """Take the steps that follow when the resident let a period pass; returns how many.

    Runs in a scope of the community with all rights.
    """
    calendar, today = working_calendar(), timezone.localdate(now)
    days = values_of(community, (WAITING_DAYS, SILENT_DAYS), today)
    steps = 0
    requests = Request.objects.of(community)
    for request in requests.filter(state="waiting", paused_on__isnull=False):
        if calendar.add(request.paused_on, days[WAITING_DAYS]) < today:
            take_step(request, "wait_over", by=None, at=now)
            steps += 1
    return steps + end_silent(requests.filter(state="answered"), days[SILENT_DAYS], now)
