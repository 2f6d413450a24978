"""What a building head sends and reads: through functions of the database, as the role has no right to requests."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from community.places.models import Stairwell
from portal.access.db_scope import set_change_context
from portal.attachments.store import attach_photos
from portal.cases.actions import set_clock
from portal.working_days.calendar import working_calendar
from services.requests.choices import Channel
from services.requests.models import Request

_SEND = "SELECT * FROM services_send_head_request(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


@transaction.atomic
def send_request(
    *,
    by,
    stairwell: Stairwell,
    text: str,
    place: str,
    name: str = "",
    phone: str = "",
    photos: Sequence[bytes] = (),
    at: datetime.datetime | None = None,
) -> Request:
    """Send a request about a stairwell of the head. Runs in the head's scope; raises portal.attachments.kinds.FileRefused."""
    at = at or timezone.now()
    request = Request(community=stairwell.community, channel=Channel.HEAD, text=text.strip(), received_at=at)
    set_clock(request, request.course.by_name["receive"], at, working_calendar())
    clock = (request.clock_rule, request.clock_days, request.due, request.is_provisional)
    set_change_context(action="反映问题")
    with connection.cursor() as cursor:
        cursor.execute(_SEND, [stairwell.pk, request.text, place, name, phone, at, *clock])
        request.pk, request.uuid, request.community_id, request.year, request.number = cursor.fetchone()
    attach_photos(request, photos, by, is_new=True)
    return request


@dataclass(frozen=True, slots=True)
class SentRequest:
    """An own request as its head sees it: never who sent it to the committee besides, nor internal notes."""

    request: Request
    replies: list[tuple[str, datetime.datetime, str]]
    """(what happened, when, words that the resident was told)"""


def sent_requests() -> list[SentRequest]:
    """The signed-in head's own requests, newest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM services_head_requests()")
        names = [column.name for column in cursor.description]
        lines = [dict(zip(names, line, strict=True)) for line in cursor.fetchall()]
    return [_sent_request(**line) for line in lines]


def _sent_request(*, replies: str, **fields) -> SentRequest:
    return SentRequest(Request(**fields), _replies(json.loads(replies)))


def _replies(replies: list[dict]) -> list[tuple[str, datetime.datetime, str]]:
    by_name = Request.course.by_name
    return [(by_name[reply["name"]].done, parse_datetime(reply["at"]), reply["text"]) for reply in replies]
