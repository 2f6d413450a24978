"""Receiving check-ins from phones, also those made without signal and sent later."""

import datetime
import uuid
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.checkins.models import CheckInBase
from community.people.models import Person
from portal.attachments.store import attach_photos
from portal.forms.refusals import Refusal
from portal.values.dates import prose_moment

Row = TypeVar("Row", bound=CheckInBase)
OLDEST = datetime.timedelta(days=30)
"""How long after it was made a check-in may be sent."""
FAST_CLOCK = datetime.timedelta(minutes=5)
"""By how much the clock of a phone may be fast; such a check-in counts as made when it arrives."""


class WrongTime(Refusal):
    """The time of a check-in is in the future or too long ago."""

    field = "at"


@transaction.atomic
def receive_check_in(
    model: type[Row],
    *,
    by: User,
    community_id: int,
    person: Person,
    token: uuid.UUID,
    at: datetime.datetime,
    note: str = "",
    photo: bytes | None = None,
    **subject,
) -> tuple[Row, bool]:
    """Store a check-in of `model`, and whether it is new: one sent twice, by its `token`, is one row.

    at: by the clock of the phone. subject: what the model adds, e.g. the post. The photo is re-encoded and attached.
    Raises WrongTime, Refusal, and FileRefused for what is no photo; then nothing is stored.
    """
    present = model.objects.filter(community_id=community_id, token=token).first()
    if present is not None:
        return _of_person(present, person), False
    now = timezone.now()
    fields = {
        "person": person,
        "at": _checked_time(at, now),
        "received_at": now,
        "note": note.strip()[:200],
        "sent_by": by,
        **subject,
    }
    # Two requests with one token at the same time: the later one waits for the unique key, and reads the row.
    row, is_new = model.objects.get_or_create(community_id=community_id, token=token, defaults=fields)
    if is_new and photo:
        attach_photos(row, [photo], by, is_new=True)  # last, because files are not rolled back
    return _of_person(row, person), is_new


def _checked_time(at: datetime.datetime, now: datetime.datetime) -> datetime.datetime:
    if at > now + FAST_CLOCK:
        raise WrongTime(f"签到时间{prose_moment(at)}晚于现在，请检查手机的日期和时间")
    if at < now - OLDEST:
        raise WrongTime(f"签到时间{prose_moment(at)}已超过{OLDEST.days}天，不能再补交，请告知负责人")
    return min(at, now)


def _of_person(row: Row, person: Person) -> Row:
    """The row, if it is this person's: a token chosen by another phone tells nothing of theirs."""
    if row.person_id != person.pk:
        raise Refusal("这次签到没有提交成功，请重新签到")
    return row
