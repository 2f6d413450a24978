"""Where somebody stands on the way to membership: which steps are done, which is next, from when and until when."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from partybuilding.members import rules
from partybuilding.members.choices import Stage
from partybuilding.members.models import Member, MemberStep
from partybuilding.members.path import NUMBERS, PROBATION, STEPS, After, Step
from portal.values.dates import prose_date
from portal.values.months import months_later
from portal.working_days.calendar import WorkingCalendar

RULES = (
    rules.APPLICANT_AGE,
    rules.TALK_MONTHS,
    rules.ACTIVIST_MONTHS,
    rules.LOOK_MONTHS,
    rules.TRAINING_DAYS,
    rules.APPROVAL_MONTHS,
    rules.APPROVAL_MONTHS_MOST,
    rules.PROBATION_MONTHS,
    rules.PROBATION_NOTICE_DAYS,
    rules.EXTENSION_LEAST,
    rules.EXTENSION_MOST,
    rules.FULL_MEETING_DAYS,
)
"""Dated rules of the way, which callers read at once."""
_ENTERS = {step.enters: step.code for step in STEPS if step.enters}


class Progress(StrEnum):
    DONE = "已办"
    BEFORE = "登记前已办"
    NEXT = "下一步"
    OVERDUE = "已逾期"
    LATER = "未到"


@dataclass(frozen=True, slots=True)
class PathLine:
    """A step of somebody's way. rows: how often it was taken. earliest, latest: of the step that is next, or of a repetition.

    note: sentence on the days, where the end of probation falls on a holiday.
    """

    step: Step
    progress: Progress
    rows: Sequence[MemberStep] = ()
    earliest: datetime.date | None = None
    latest: datetime.date | None = None
    note: str = ""

    @property
    def number(self) -> int:
        return NUMBERS[self.step.code]

    @property
    def is_open(self) -> bool:
        return self.progress in (Progress.NEXT, Progress.OVERDUE)


class MemberPath:
    """The way of one person. rows: their steps. values: the dated rules `RULES` in force."""

    def __init__(
        self,
        member: Member,
        rows: Iterable[MemberStep],
        values: Mapping[str, int],
        calendar: WorkingCalendar,
        today: datetime.date,
    ):
        self.member, self.values, self.calendar, self.today = member, values, calendar, today
        self.rows: dict[str, list[MemberStep]] = {}
        for row in sorted(rows, key=lambda row: (row.on, row.pk)):
            self.rows.setdefault(row.step, []).append(row)

    @property
    def before(self) -> int:
        """Number of the last step that was taken before the registration here: those of earlier stages."""
        entered = _ENTERS.get(Stage(self.member.stage))
        return NUMBERS[entered] if entered else 0

    @property
    def next(self) -> Step | None:
        """The step that is to be taken; None at the end, also of those who were full members when they came here."""
        if self.member.stage == Stage.FULL and not self.rows:
            return None
        return next((s for s in STEPS if s.code not in self.rows and NUMBERS[s.code] > self.before), None)

    def day_of(self, code: str) -> datetime.date | None:
        """When a step was first taken; from the register where it was before the registration."""
        if code == PROBATION:
            return self.member.probation_ends_on
        if code in self.rows:
            return self.rows[code][0].on
        if NUMBERS[code] > self.before:
            return None
        return {"apply": self.member.applied_on, "meeting": self.member.joined_on}.get(code)

    def _after(self, after: After | None) -> datetime.date | None:
        day = self.day_of(after.step) if after else None
        if after is None or day is None:
            return None
        length = self.values[after.rule] if after.rule else 0
        return day + datetime.timedelta(days=length) if after.in_days else months_later(day, length)

    def earliest(self, step: Step) -> datetime.date | None:
        """The first day on which it may be taken: by its own rule, and not before the step in front of it."""
        days = [self._after(step.earliest), self._last_before(step)]
        return max((day for day in days if day), default=None)

    def _last_before(self, step: Step) -> datetime.date | None:
        """When the step in front of it was first taken."""
        number = NUMBERS[step.code]
        return self.day_of(STEPS[number - 2].code) if number > 1 else None

    def latest(self, step: Step) -> datetime.date | None:
        """The last day in time; of a step that is repeated, of its next time. Around the end of probation a working day."""
        if step.repeats and step.code in self.rows:
            return months_later(self.rows[step.code][-1].on, self.values[step.repeats])
        day = self._after(step.latest)
        if day and step.latest.step == PROBATION:
            return self.calendar.add(day, 0)
        return day

    def repeats_until_next(self, step: Step) -> bool:
        """Whether a repeated step is still to be taken again: until the step behind it is taken."""
        number = NUMBERS[step.code]
        return bool(step.repeats) and step.code in self.rows and STEPS[number].code not in self.rows

    def lines(self) -> list[PathLine]:
        """All steps in order."""
        return [self._line(step) for step in STEPS]

    def _line(self, step: Step) -> PathLine:
        rows, upcoming = self.rows.get(step.code, ()), self.next
        if rows:
            latest = self.latest(step) if self.repeats_until_next(step) else None
            progress = Progress.OVERDUE if latest and latest < self.today else Progress.DONE
            return PathLine(step, progress, rows, latest=latest)
        if NUMBERS[step.code] <= self.before or upcoming is None:
            return PathLine(step, Progress.BEFORE)
        earliest, latest = self.earliest(step), self.latest(step)
        if step is upcoming:
            progress = Progress.OVERDUE if latest and latest < self.today else Progress.NEXT
            return PathLine(step, progress, (), earliest, latest, self.holiday_note(step))
        return PathLine(step, Progress.LATER, (), self._after(step.earliest), latest, self.holiday_note(step))

    def holiday_note(self, step: Step) -> str:
        """What to say where probation ends on a day off."""
        end = self.member.probation_ends_on
        if step.code != "full_meeting" or end is None or self.calendar.is_working(end):
            return ""
        day = prose_date(self.calendar.add(end, 0))
        return f"预备期满的{prose_date(end)}是休息日，支部大会可以在其后第一个工作日{day}召开，党龄仍从期满之日算起"

    def due(self) -> list[PathLine]:
        """Steps with a last day, which is still to come or over: the next one, and looks that are repeated."""
        return [line for line in self.lines() if line.latest and (line.is_open or line.rows)]
