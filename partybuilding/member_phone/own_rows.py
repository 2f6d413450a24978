"""What a party member may read and send on the phone: through functions of the database, which answer for the person of the session."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from community.activities.door_codes import is_door_code
from partybuilding.duties.models import DutyCheckIn, DutyPost
from partybuilding.members.choices import Stage, State
from portal.access.db_scope import set_change_context
from portal.attachments.kinds import FileRefused
from portal.attachments.store import attach_photos
from portal.forms.refusals import Refusal

RETENTION_DAYS = 7
"""How long a phone stores a check-in that could not be sent."""


@dataclass(frozen=True, slots=True)
class OwnMembership:
    """The own registration as a party member, with the state of the dues."""

    community_id: int
    member_id: int
    name: str
    branch: str
    stage: str
    state: str
    dues_from: datetime.date | None
    paid_until: datetime.date | None
    """First day of the last month that is paid."""
    unpaid: int
    """Months before the present one that are not paid."""

    @property
    def stage_words(self) -> str:
        return Stage(self.stage).label

    @property
    def is_lost(self) -> bool:
        return self.state == State.LOST


@dataclass(frozen=True, slots=True)
class OwnDuty:
    """A post that the member looks after, with the own last check-in."""

    community_id: int
    post: uuid.UUID
    kind: str
    place: str
    note: str
    start: datetime.date
    last_check_in: datetime.datetime | None

    @property
    def kind_words(self) -> str:
        return DutyPost.Kind(self.kind).label

    @property
    def days(self) -> int | None:
        """Days since the last check-in; None for never."""
        if self.last_check_in is None:
            return None
        return (timezone.localdate() - timezone.localdate(self.last_check_in)).days

    @property
    def token(self) -> uuid.UUID:
        """Token of the next check-in."""
        return uuid.uuid4()


@dataclass(frozen=True, slots=True)
class OwnActivity:
    """A meeting or study of today or later to which the member is called."""

    community_id: int
    activity: uuid.UUID
    title: str
    starts_at: datetime.datetime
    place: str
    state: str

    @property
    def on_leave(self) -> bool:
        return self.state == "leave"

    @property
    def is_present(self) -> bool:
        return self.state == "present"

    @property
    def is_today(self) -> bool:
        return timezone.localdate(self.starts_at) == timezone.localdate()


def own_memberships() -> list[OwnMembership]:
    return _answers(OwnMembership, "SELECT * FROM partybuilding_own_memberships()")


def own_duties() -> list[OwnDuty]:
    return _answers(OwnDuty, "SELECT * FROM partybuilding_own_duties()")


def own_activities() -> list[OwnActivity]:
    return _answers(OwnActivity, "SELECT * FROM partybuilding_own_activities()")


def _answers(kind: type, sql: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [kind(*line) for line in cursor.fetchall()]


def check_in(
    *,
    by,
    post: uuid.UUID,
    token: uuid.UUID,
    at: datetime.datetime | None,
    note: str = "",
    photos: Sequence[bytes] = (),
) -> str:
    """Check in at an own post; returns the sentence to show. Raises Refusal for a post that is not one's own on that day.

    The same token again changes nothing. A photo that cannot be opened is left out: the check-in counts without it.
    """
    set_change_context(action="岗位签到")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM partybuilding_check_in(%s, %s, %s, %s)",
            [post, at or timezone.now(), note.strip(), token],
        )
        line = cursor.fetchone()
    if line is None:
        raise Refusal("这个岗位当天不由您负责，没有签到；如有变动，请联系支部核对")
    *key, is_new = line
    if not is_new:
        return "已经收到，没有重复签到"
    row = DutyCheckIn(**dict(zip(("pk", "uuid", "community_id"), key, strict=True)))
    try:
        with transaction.atomic():
            attach_photos(row, photos, by, is_new=True)
    except FileRefused as refused:
        return f"已签到，照片没有保存：{refused.sentence}"
    return "已签到"


def attend(*, activity: uuid.UUID, code: str) -> str:
    """Sign in at a meeting of today by the code at its door; returns the sentence to show. Raises Refusal."""
    if not is_door_code(activity, code):
        raise Refusal("签到码不对，请看会场张贴的6位签到码", "code")
    set_change_context(action="扫码签到")
    with connection.cursor() as cursor:
        cursor.execute("SELECT partybuilding_attend(%s)", [activity])
        (before,) = cursor.fetchone()
    if before is None:
        raise Refusal("这次会议的名单上没有您，或者不在今天举行，请找会场的工作人员登记")
    return "已经签到，不用再签" if before == "present" else "已签到"


def time_of_tap(text: str) -> datetime.datetime | None:
    """Time of a check-in by the phone's clock, as it sends it; None for now: missing, in the future or too long ago."""
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    if not timezone.is_aware(at):
        return None
    now = timezone.now()
    return at if now - datetime.timedelta(days=RETENTION_DAYS) < at <= now else None
