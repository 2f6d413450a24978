"""Requests of a demo community in memory: what is asked, what becomes of it, and how all of it is written at once."""

import datetime
import random
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from community.accounts.models import User
from community.demo.names import full_name
from community.demo.parts import DemoCommunity, analyze
from community.objections.tracking_codes import ALPHABET, LENGTH, code_hash
from community.places.models import Stairwell
from portal.cases.actions import set_clock
from portal.working_days.calendar import WorkingCalendar, working_calendar
from services.requests.choices import Category, Channel, Outcome, Rating
from services.requests.demo_texts import (
    ADDED,
    AGAIN,
    NOTES,
    PRAISE,
    QUESTIONS,
    STORIES,
    UNHAPPY,
    WEIGHTS,
    Story,
)
from services.requests.models import Request, RequestStep

_CHANNELS = {
    Channel.PHONE: 40,
    Channel.COUNTER: 24,
    Channel.WEB: 22,
    Channel.HEAD: 8,
    Channel.VISIT: 4,
    Channel.TASK: 2,
}


class DemoCourse:
    """A request in memory with its steps, taken as `portal.cases.actions` takes them."""

    def __init__(
        self,
        request: Request,
        category: Category,
        story: Story,
        calendar: WorkingCalendar,
        now: datetime.datetime,
    ):
        self.request, self.category, self.story = request, category, story
        self.calendar, self.now = calendar, now
        self.steps: list[RequestStep] = []
        self.merged_into: DemoCourse | None = None
        step = request.course.by_name["receive"]
        set_clock(request, step, request.received_at, calendar)
        self._record(
            step, "", request.taken_by, request.received_at, "", {"来源": Channel(request.channel).label}
        )

    @property
    def state(self) -> str:
        return self.request.state

    def take(
        self,
        name: str,
        by: User | None,
        at: datetime.datetime,
        text: str = "",
        details: dict | None = None,
        **changes: Any,
    ) -> bool:
        """Take a step, not before the last one and not in the future; whether it was taken."""
        at = max(at, self.steps[-1].at + datetime.timedelta(minutes=5))
        if at > self.now:
            return False
        request, step = self.request, self.request.course.by_name[name]
        if request.state not in step.sources:
            raise ValueError(f"{name} is not possible in {request.state}")
        before, request.state = request.state, step.target or request.state
        for field, value in changes.items():
            setattr(request, field, value)
        request.ended_at = at if request.course.state(request.state).is_end else None
        set_clock(request, step, at, self.calendar)
        request.version += 1
        self._record(step, before, by, at, text, details or {})
        return True

    def _record(self, step, before, by, at, text, details) -> None:
        self.steps.append(
            RequestStep(
                community=self.request.community,
                number=self.request.version,
                name=step.name,
                before=before,
                after=self.request.state,
                by=by,
                at=at,
                text=text,
                to_resident=step.to_resident,
                details=details,
                required_right=self.request.required_right,
            )
        )


class DemoRequests:
    """Makes the requests of one community, and writes them at once."""

    def __init__(self, demo: DemoCommunity):
        self.demo, self.community = demo, demo.community
        self.rng = random.Random(f"liren requests {demo.plan.code}")  # noqa: S311 - invented requests
        self.calendar, self.now = working_calendar(), timezone.now()
        self.staff, self.director = demo.users["staff"], demo.users["director"]
        # 民政 is the civil affairs worker's, where there is one.
        is_showcase = demo.plan.is_showcase
        self.civil = demo.users["civil"] if is_showcase else self.staff
        self.stairwells = list(
            Stairwell.objects.of(self.community).select_related("building").order_by("sort", "id")[:400]
        )
        self.hot = self.rng.sample(self.stairwells, min(4, len(self.stairwells)))
        self.callers: list[tuple[str, str]] = []
        self.courses: list[DemoCourse] = []
        self.used: dict[Category, int] = {}

    # What is asked

    def ask(
        self, day: datetime.date, *, channel: Channel | None = None, category=None, **fields
    ) -> DemoCourse:
        """A request received on a day, not triaged yet."""
        rng = self.rng
        channel = channel or rng.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]
        category = category or rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        stairwell = rng.choice(self.hot if rng.random() < 0.2 else self.stairwells)
        number = self.used[category] = self.used.get(category, -1) + 1
        story = STORIES[category][number % len(STORIES[category])]
        name, phone = self.caller()
        code = "".join(rng.choice(ALPHABET) for _ in range(LENGTH))
        by = None if channel is Channel.WEB else self.owner_of(category)
        values = {
            "text": story.text.format(place=stairwell.label),
            "place": stairwell.label,
            "building": stairwell.building,
            "name": name,
            "phone": phone,
            "taken_by": by,
            "code_hash": code_hash(code)
            if channel in (Channel.WEB, Channel.COUNTER, Channel.PHONE)
            else None,
            "state": "new",
        }
        request = Request(
            community=self.community,
            channel=channel,
            category="",
            received_at=self.at(day, rng.randint(8, 20) if by is None else rng.randint(8, 16)),
            **values | fields,
        )
        course = DemoCourse(request, category, story, self.calendar, self.now)
        self.courses.append(course)
        return course

    def caller(self) -> tuple[str, str]:
        """Name and phone; some call again, some leave neither."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.12 and self.callers:
            return rng.choice(self.callers)
        if kind < 0.2:
            return "", ""
        name = full_name(rng, rng.choice("MF"), rng.randint(1942, 1995))
        self.callers.append((name, self.demo.numbers.mobile()))
        return self.callers[-1]

    def at(self, day: datetime.date, hour: int) -> datetime.datetime:
        time = datetime.time(hour, self.rng.randrange(60))
        return timezone.make_aware(datetime.datetime.combine(day, time))

    def later(self, at: datetime.datetime, days: int) -> datetime.datetime:
        """Some working days after, in office hours; the same day a little later."""
        if days == 0:
            return at + datetime.timedelta(minutes=self.rng.randint(15, 90))
        day = self.calendar.add(timezone.localtime(at).date(), days)
        return self.at(day, self.rng.randint(9, 16))

    def back(self, days: int) -> datetime.date:
        """The working day so many before today."""
        day = self.demo.today
        while days:
            day -= datetime.timedelta(days=1)
            days -= self.calendar.is_working(day)
        return day

    def owner_of(self, category: Category) -> User:
        return self.civil if category in (Category.WELFARE, Category.NEIGHBOURS) else self.staff

    # What is done

    def receive(self, count: int, first: datetime.date, last: datetime.date, most: int = 99) -> None:
        """Requests over a span, each worked on to its end as far as the days allow; answered after `most` working days.

        In the first weeks of a year this year's span is empty.
        """
        days = (last - first).days
        if days <= 0:
            return
        for number in range(count):
            day = first + datetime.timedelta(days=days * number // count)
            while not self.calendar.is_working(day):
                day -= datetime.timedelta(days=1)
            self.work_off(self.ask(max(day, first)), most)

    def work_off(self, course: DemoCourse, most: int) -> None:
        """Triaged, perhaps with a unit or a question, answered in time or a little late, judged or not."""
        rng, request, story = self.rng, course.request, course.story
        owner = self.owner_of(course.category)
        at = self.assign(course, owner)
        period = request.clock_days
        if rng.random() < 0.35:
            course.take("note", owner, self.later(at, 0), rng.choice(NOTES))
        if rng.random() < 0.06:
            at = self.later(at, 1)
            course.take("ask", owner, at, rng.choice(QUESTIONS))
            at = self.later(at, 2)
            if not course.take("added", None, at, rng.choice(ADDED)):
                return
        days = max(1, period - 1 - rng.randint(0, max(1, period // 2)))
        if rng.random() < 0.04:
            days = period + rng.randint(1, 2)
        days = min(days, most)
        if story.unit:
            at = self.forward(course, owner, self.later(at, 0), story)
            if not self.unit_answers(course, owner, self.later(at, max(1, days - 2)), story):
                return
        at = max(self.later(request.received_at, days), self.later(course.steps[-1].at, 0))
        if not self.answer(course, owner, at, story.answer, story.outcome):
            return
        if rng.random() < 0.05 and self.dissatisfy(course, self.later(at, 1)):
            at = self.later(at, 3)
            if not self.answer(course, owner, at, rng.choice(AGAIN), Outcome.SOLVED):
                return
        if rng.random() < 0.76:
            self.satisfy(course, self.later(at, rng.randint(1, 6)))
        else:
            self.pass_in_silence(course, at)

    def assign(self, course: DemoCourse, owner: User, days: int | None = None) -> datetime.datetime:
        """Triage by whoever took it in, by the director if that was nobody of the office."""
        days = (self.rng.random() < 0.4) if days is None else days
        at = self.later(course.request.received_at, days)
        by = self.director if course.request.taken_by_id is None else course.request.taken_by
        by = self.staff if by not in (self.staff, self.civil, self.director) else by
        course.take("assign", by, at, details={"承办人": owner.name}, owner=owner, category=course.category)
        return at

    def forward(self, course, owner, at, story: Story) -> datetime.datetime:
        unit = story.unit or "物业公司"
        course.take(
            "forward", owner, at, "请派人到现场查看处理，并将结果告知我们。", {"承办单位": unit}, unit=unit
        )
        return at

    def unit_answers(self, course, owner, at, story: Story) -> bool:
        how = self.rng.choice(("纸质转办单", "电话", "电话"))
        details = {"承办单位": course.request.unit, "答复方式": how}
        return course.take("unit_answer", owner, at, f"已处理。{story.answer}", details)

    def answer(self, course, owner, at, text: str, outcome: Outcome) -> bool:
        details = {"结果": outcome.label}
        return course.take("answer", owner, at, text, details, outcome=outcome, rating="")

    def satisfy(self, course, at) -> bool:
        by = None if course.request.channel == Channel.WEB else course.request.owner
        return course.take("satisfied", by, at, self.rng.choice(PRAISE), rating=Rating.SATISFIED)

    def dissatisfy(self, course, at) -> bool:
        times = course.request.dissatisfied + 1
        return course.take(
            "dissatisfied", None, at, UNHAPPY[times % 2], rating=Rating.DISSATISFIED, dissatisfied=times
        )

    def pass_in_silence(self, course, at) -> bool:
        day = self.calendar.add(timezone.localtime(at).date(), 16)
        return course.take("silent", None, self.at(day, 3))

    # Writing

    def write(self) -> int:
        """Write all in the order of receipt, by which the database counts their numbers."""
        courses = sorted(self.courses, key=lambda course: course.request.received_at)
        Request.objects.bulk_create(course.request for course in courses)
        _merge(courses, self.staff, self.later)
        steps = [step for course in courses for step in course.steps]
        for course in courses:
            for step in course.steps:
                step.case = course.request
        RequestStep.objects.bulk_create(steps)
        analyze(Request, RequestStep)
        return len(courses)


def _merge(courses: Sequence[DemoCourse], by: User, later) -> None:
    """Doubles, which name the number of the other one."""
    for course in courses:
        if course.merged_into is None:
            continue
        into, request = course.merged_into.request, course.request
        into.refresh_from_db(fields=["year", "number"])
        at = later(request.received_at, 0)
        course.take("merge", by, at, details={"并入": str(into)}, merged_into=into)
        request.save(update_fields=["state", "ended_at", "merged_into", "version"])
