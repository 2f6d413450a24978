"""The plan of a year (组织生活计划): for each branch and kind of meeting its windows, what was held, what is due."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils import timezone

from community.activities.kinds import ActivityKind
from community.activities.models import Activity
from community.bodies.kinds import BodyKind
from community.bodies.models import Body
from partybuilding.branch_life.rules import CODES, GROUP, KINDS
from partybuilding.branch_life.windows import LifeRules, Window
from portal.access.permissions import Permission as P
from portal.access.querysets import ScopedQuerySet, rows
from portal.access.user_access import Access, CommunityRef
from portal.values.months import months_later


class Standing(StrEnum):
    """How a window stands, the most urgent last."""

    EXEMPT = "exempt"
    AHEAD = "ahead"
    HELD = "held"
    PLANNED = "planned"
    DUE = "due"
    UNRECORDED = "unrecorded"
    OVERDUE = "overdue"

    @property
    def word(self) -> str:
        return _WORDS[self]

    @property
    def mark(self) -> str:
        """Sign beside the word."""
        return _MARKS.get(self, "")


_ORDER = list(Standing)
_WORDS = dict(
    zip(
        Standing,
        ("不要求", "未到期", "已举行", "已安排", "待安排", "待登记到会", "逾期未举行"),
        strict=True,
    )
)
_MARKS = {Standing.HELD: "✓", Standing.OVERDUE: "！"}
OPEN = (Standing.DUE, Standing.UNRECORDED, Standing.OVERDUE)
"""Standings in which something is to be done now."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A window of a kind of meeting at a branch.

    branch: whose plan it stands in.
    missing: the bodies that have not held it yet: the branch, or groups of it. needed: how many bodies hold it.
    """

    branch: Body
    kind: ActivityKind
    window: Window
    standing: Standing
    activities: Sequence[Activity]
    missing: Sequence[Body]
    needed: int

    @property
    def held(self) -> list[Activity]:
        return [each for each in self.activities if each.state == Activity.State.HELD]

    @property
    def word(self) -> str:
        """The standing in words; of groups with how many of them have met."""
        if self.needed > 1 and self.standing not in (Standing.EXEMPT, Standing.AHEAD):
            return f"{self.standing.word}（{self.needed - len(self.missing)}/{self.needed}个小组）"
        return self.standing.word


@dataclass
class BranchPlan:
    """A branch with its groups and the cells of a year by kind."""

    branch: Body
    groups: list[Body] = field(default_factory=list)
    cells: dict[str, list[Cell]] = field(default_factory=dict)

    @property
    def bodies(self) -> list[Body]:
        return [self.branch, *self.groups]

    def all_cells(self) -> Iterator[Cell]:
        for cells in self.cells.values():
            yield from cells

    def open_cells(self) -> list[Cell]:
        """What is to be done now, the first deadline first."""
        cells = [cell for cell in self.all_cells() if cell.standing in OPEN]
        return sorted(cells, key=lambda cell: (cell.window.last, KINDS.index(cell.kind)))


def branches_for(access: Access, community: CommunityRef | None = None, day=None):
    """Current branches whose life the user works on."""
    return branches_among(rows(Body, access, P.BRANCH, community), day)


def branches_among(bodies, day: datetime.date | None = None):
    """The current branches among these bodies, as they were entered (第一, 第二…); those of units in the area live elsewhere."""
    branches = bodies.current(day).filter(kind=BodyKind.BRANCH, unit__isnull=True)
    return branches.order_by("community_id", "id")


Visible = Callable[[type[models.Model]], ScopedQuerySet]
"""The rows of a model that are asked for."""


def visible_to(access: Access) -> Visible:
    """The rows of the branches on whose life the user works."""
    return lambda model: rows(model, access, P.BRANCH)


def all_of(community) -> Visible:
    """All rows of a community, for numbers without names."""
    return lambda model: model._default_manager.of(community)


def plans_of(
    visible: Visible, branches: Iterable[Body], year: int, today: datetime.date, rules: LifeRules
) -> list[BranchPlan]:
    """The plans of these branches in a year. Two queries, besides that of the rules."""
    plans = {branch.pk: BranchPlan(branch) for branch in branches}
    groups = visible(Body).filter(kind=BodyKind.PARTY_GROUP, parent__in=plans)
    for group in groups.current(today).order_by("name", "id"):
        plans[group.parent_id].groups.append(group)
    activities = _activities(visible, plans.values(), year)
    for plan in plans.values():
        for kind in KINDS:
            bodies = plan.groups if kind.code == GROUP else [plan.branch]
            if bodies:
                plan.cells[kind.code] = _cells(plan, kind, bodies, activities, year, today, rules)
    return list(plans.values())


def start_of_year(year: int) -> datetime.datetime:
    """The first moment of a year."""
    return datetime.datetime(year, 1, 1, tzinfo=timezone.get_current_timezone())


def in_year(year: int, path: str = "starts_at") -> Q:
    """Condition: activities that begin in a year."""
    return Q((f"{path}__gte", start_of_year(year)), (f"{path}__lt", start_of_year(year + 1)))


def _activities(visible: Visible, plans: Collection[BranchPlan], year: int) -> dict[tuple, list[Activity]]:
    """(body, kind) → activities of the year that were not cancelled, the first one first."""
    bodies = [body.pk for plan in plans for body in plan.bodies]
    listed = visible(Activity).filter(in_year(year), body__in=bodies, kind__in=CODES)
    listed = (
        listed.exclude(state=Activity.State.CANCELLED).order_by("starts_at", "id").defer("minutes", "agenda")
    )
    by_body = defaultdict(list)
    for activity in listed:
        by_body[activity.body_id, activity.kind].append(activity)
    return by_body


def _cells(plan: BranchPlan, kind, bodies, activities, year, today, rules) -> list[Cell]:
    cells = []
    for window in rules.windows(plan.branch.community_id, kind.code, year):
        inside = {
            body.pk: [
                each
                for each in activities[body.pk, kind.code]
                if timezone.localdate(each.starts_at) in window
            ]
            for body in bodies
        }
        needed = [body for body in bodies if body.founded_on is None or body.founded_on <= window.first]
        standings = {body.pk: _standing(inside[body.pk], window, today) for body in needed}
        missing = [body for body in needed if standings[body.pk] is not Standing.HELD]
        cells.append(
            Cell(
                plan.branch,
                kind,
                window,
                max(standings.values(), key=_ORDER.index, default=_without_need(inside)),
                sorted((each for listed in inside.values() for each in listed), key=lambda a: a.starts_at),
                missing,
                len(needed),
            )
        )
    return cells


def _without_need(inside: dict) -> Standing:
    """Standing of a window that began before the body: nothing is required, but what was held is shown."""
    is_held = any(each.state == Activity.State.HELD for listed in inside.values() for each in listed)
    return Standing.HELD if is_held else Standing.EXEMPT


def _standing(listed: Sequence[Activity], window: Window, today: datetime.date) -> Standing:
    if any(each.state == Activity.State.HELD for each in listed):
        return Standing.HELD
    if any(timezone.localdate(each.starts_at) < today for each in listed):
        return Standing.UNRECORDED
    if listed:
        return Standing.PLANNED
    if window.last < today:
        return Standing.OVERDUE
    return Standing.DUE if window.first <= today else Standing.AHEAD


def last_meetings(access: Access, plan: BranchPlan) -> dict[tuple[int, str], Activity]:
    """(body, kind) → its latest meeting, held or planned. One query."""
    bodies = [body.pk for body in plan.bodies]
    meetings = rows(Activity, access, P.BRANCH).filter(body__in=bodies, kind__in=CODES)
    meetings = meetings.exclude(state=Activity.State.CANCELLED).order_by("body_id", "kind", "-starts_at")
    return {
        (each.body_id, each.kind): each
        for each in meetings.distinct("body_id", "kind").defer("minutes", "agenda")
    }


def next_start(window: Window, last: Activity | None) -> datetime.datetime | None:
    """When the next meeting is likely: at the day and time of the last one, moved into the window; None if that is past."""
    if last is None:
        return None
    moment = timezone.localtime(last.starts_at)
    days = (months_later(moment.date(), n * window.months) for n in range(1, 1 + 24 // window.months))
    day = next((day for day in days if day in window), None)
    if day is None:
        return None
    likely = timezone.make_aware(datetime.datetime.combine(day, moment.time()))
    return likely if likely > timezone.now() else None
