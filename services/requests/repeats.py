"""Repeat callers: requests with the same phone."""

import datetime
from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone

from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from services.requests.models import Request

_SHOWN = 10
_SINCE = datetime.timedelta(days=365)


def requests_of_phones(access: Access, community: CommunityRef, numbers: Sequence[str]) -> list[Request]:
    """The requests of the last year whose phone is one of these, newest first."""
    if not numbers:
        return []
    same = reduce(or_, (Q(phone__contains=number) for number in numbers))
    received = rows(Request, access, P.REQUESTS, community).filter(received_at__gte=timezone.now() - _SINCE)
    return list(received.filter(same).order_by("-received_at", "-id")[:_SHOWN])
