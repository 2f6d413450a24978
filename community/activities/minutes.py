"""Minutes of a meeting (会议记录) in official layout, with who came, resolutions and ballots."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from community.activities.models import Activity, Attendance
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.registry import call_hooks
from portal.pdf.rendering import render_pdf

MINUTES_PARTS = "minutes_parts"
"""Hook: (activity) -> iterable of MinutesPart: what features above add to the minutes."""

Came = Attendance.State


@dataclass(frozen=True, slots=True)
class MinutesPart:
    """A part of the minutes: paragraphs, then tables with caption, header and rows. `order` sorts the parts."""

    title: str
    paragraphs: Sequence[str] = ()
    tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence]]] = ()
    order: int = 50


def minutes_pdf(activity: Activity, access, community) -> bytes:
    """The minutes as PDF. Raises portal.pdf.rendering.PdfError."""
    lines = rows(Attendance, access, P.ACTIVITIES, community).filter(activity=activity).listed()
    lines = list(lines.select_related("person").order_by("person__name_key", "id"))
    parts = sorted(call_hooks(MINUTES_PARTS, activity), key=lambda part: part.order)
    context = {
        "title": "会议记录",
        "organisation": str(activity.body or f"{community.name}居民委员会"),
        "dated": timezone.localdate(activity.starts_at),
        "activity": activity,
        "agenda": activity.agenda.splitlines(),
        "minutes": activity.minutes.splitlines(),
        "attendance": _attendance(lines),
        "numbers": _numbers(activity, lines),
        "parts": parts,
    }
    return render_pdf("community/activities/minutes.html", context)


def _numbers(activity: Activity, lines: list[Attendance]) -> str:
    if activity.state != Activity.State.HELD:
        blank = "　　"
        return f"应到{len(lines) or blank}人，实到{blank}人"
    numbers = {state: sum(line.state == state for line in lines) for state in Came}
    words = [f"应到{len(lines)}人，实到{numbers[Came.PRESENT]}人"]
    missed = {"请假": Came.LEAVE, "缺席": Came.ABSENT, "会后补学": Came.MADE_UP}
    words += [f"{word}{numbers[state]}人" for word, state in missed.items() if numbers[state]]
    return "，".join(words)


def _attendance(lines: list[Attendance]) -> list[tuple[str, str]]:
    """(state, names) of everybody on the list."""
    labels = {
        Came.EXPECTED: "应到",
        Came.PRESENT: "到会",
        Came.LEAVE: "请假",
        Came.ABSENT: "缺席",
        Came.MADE_UP: "补学",
    }
    grouped = []
    for state, label in labels.items():
        if names := [_name(line) for line in lines if line.state == state]:
            grouped.append((label, "、".join(names)))
    return grouped


def _name(line: Attendance) -> str:
    return f"{line.person.name}（{line.reason}）" if line.reason else line.person.name
