"""What the holder of a tracking code sees of a complaint, and does."""

from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from portal.cases.actions import StepRefused
from portal.crypto.vault import SecretUnreadable
from portal.hooks.registry import Hook, hook
from portal.hooks.tracking import TrackedCase, TrackedStep
from services.complaints.actions import act_by_code
from services.complaints.course import COURSE, WORKED
from services.complaints.models import StaffComplaintStep


@hook(Hook.TRACK)
def tracked_complaint(hashed: bytes) -> Iterator[TrackedCase]:
    """The complaint of this code, without personal data: the words are the public replies and those of the complainant."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM services_complaint_by_code(%s)", [hashed])
        lines = cursor.fetchall()
    if not lines:
        return
    community_id, state, received_at, due, answered_at, *_ = lines[0]
    acts = ("add", "withdraw") if state in WORKED else ()
    acts = ("satisfied", "dissatisfied") if state == "answered" else acts

    def take(act: str, text: str) -> None:
        if act not in acts or not act_by_code(hashed=hashed, community_id=community_id, act=act, text=text):
            raise StepRefused("这件反映有了新的进展，请重新查询后再提交")

    yield TrackedCase(
        "反映工作人员的意见",
        COURSE.state(state).label,
        received_at,
        tuple(_step(*line[5:]) for line in lines),
        acts,
        timezone.localdate(due) if due and answered_at is None and state in WORKED else None,
        take,
    )


def _step(uuid, name: str, at, sealed: bytes | None) -> TrackedStep:
    return TrackedStep(at, COURSE.by_name[name].done, _words(uuid, sealed))


def _words(uuid, sealed: bytes | None) -> str:
    if sealed is None:
        return ""
    try:
        return StaffComplaintStep(uuid=uuid, sealed=bytes(sealed)).read()["text"]
    except SecretUnreadable as problem:
        return str(problem)
