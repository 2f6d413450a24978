"""What anybody may do without an account: send a request, and take the steps that its tracking code allows.

Runs in the public database role, which reaches requests through the functions of `public_site.sql` only. Deadlines are
reckoned here, by the same functions as those of the office's steps.
"""

import datetime
import json
from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from community.communities.models import Community
from community.objections.tracking_codes import code_hash
from portal.access.db_scope import set_change_context
from portal.attachments.store import delete_files_of, store_public_photos
from portal.cases.actions import CLOCK_FIELDS, StepRefused, apply_step, set_clock
from portal.forms.refusals import Refusal
from portal.working_days.calendar import working_calendar
from services.public_site.queries import CaseByCode, case_by_code
from services.requests.choices import Channel, Rating
from services.requests.models import Request
from services.requests.quota import photo_space

_TRIES = 3
"""How often a step is tried anew while others change the request at the same moment."""


def send_request(
    *,
    community: Community,
    text: str,
    code: str,
    place: str = "",
    name: str = "",
    phone: str = "",
    is_private: bool = False,
    photos: Sequence[bytes] = (),
    suspicion: str = "",
    at: datetime.datetime | None = None,
) -> bool:
    """Send a request; `code` is the tracking code by which its author finds it. A suspicious one waits apart.

    Returns False where there was no space left for its photos (`services.requests.quota`), which then are left out.

    Raises portal.attachments.kinds.FileRefused.
    """
    at = at or timezone.now()
    request = Request(
        community=community,
        channel=Channel.WEB,
        text=text.strip(),
        place=place.strip(),
        name=name.strip(),
        phone=phone.strip(),
        is_private=is_private,
        code_hash=code_hash(code),
        suspicion=suspicion[: Request._meta.get_field("suspicion").max_length],
        received_at=at,
    )
    set_clock(request, request.course.by_name["receive"], at, working_calendar())
    size = sum(map(len, photos))
    has_space = not size or size <= photo_space(community, is_suspected=bool(suspicion))
    attachments = store_public_photos(Request, community.id, photos if has_space else ())
    set_change_context(action="居民提交诉求")
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT FROM services_send_request(%s::jsonb, %s::jsonb)",
                [_as_json(request), _as_json(*attachments, many=True)],
            )
    except BaseException:
        # Rows are rolled back with the transaction; files are not.
        delete_files_of(attachments)
        raise
    return has_space


def step_by_code(hashed: bytes, act: str, text: str, *, at: datetime.datetime | None = None) -> None:
    """Take the step `act` (`portal.hooks.tracking.TrackedCase.acts`) of the request with this code. Raises Refusal."""
    at = at or timezone.now()
    for _ in range(_TRIES):
        found = case_by_code(hashed)
        if found is None:
            raise Refusal("没有找到这个查询码，或已经过期")
        result = _try_step(found, hashed, act, text, at)
        if result == "taken":
            return
        if result == "refused":
            break
    raise StepRefused("这件诉求刚刚有了新的进展，请看一看再决定是否提交")


def _try_step(found: CaseByCode, hashed: bytes, act: str, text: str, at: datetime.datetime) -> str:
    request, seen = found.request, found.request.version
    step = found.step_of(act)
    if step is None:
        raise StepRefused(f"这件诉求现在是“{found.state_words}”，不能再提交这一项")
    apply_step(request, step, at, _changes(request, act), working_calendar())
    clock = {field: getattr(request, field) for field in CLOCK_FIELDS}
    set_change_context(action=step.done)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT services_step_by_code(%s, %s, %s, %s, %s, %s::jsonb, %s)",
            [
                hashed,
                seen,
                step.name,
                text.strip(),
                at,
                json.dumps(clock, default=str),
                request.get_state_display(),
            ],
        )
        return cursor.fetchone()[0]


def _changes(request: Request, act: str) -> dict:
    """Fields that the step sets besides state and clock; the function sets the same."""
    if act == "satisfied":
        return {"rating": Rating.SATISFIED}
    if act == "dissatisfied":
        return {"rating": Rating.DISSATISFIED, "dissatisfied": request.dissatisfied + 1}
    return {}


def _as_json(*rows, many: bool = False) -> str:
    """The columns of rows that are not saved, as jsonb_populate_record takes them."""

    def value(row, field):
        value = getattr(row, field.attname)
        return rf"\x{value.hex()}" if isinstance(value, bytes) else value

    records = [{field.column: value(row, field) for field in row._meta.concrete_fields} for row in rows]
    return json.dumps(records if many else records[0], default=str)
