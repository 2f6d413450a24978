"""Whose home visit is due (走访): people in the care registers, by the interval of their category.

A visit to a household counts for everybody who lives there, and one to a member counts for a household's entry.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Greatest

from community.models import DatedRule, Person, User
from community.models.base import current_on
from community.rules import values_of
from portal.access import Access, CommunityRef
from portal.permissions import Permission as P
from portal.scoping import rows
from residents.care import MODELS
from residents.models import Household, Residence, Visit
from residents.models.care.kind import CareKind

INTERVALS: dict[CareKind, str] = {kind: DatedRule.Key(f"visit_{kind}_days") for kind in CareKind}
"""The rule that says after how many days somebody of this register is visited again; 0 for never."""


@dataclass(frozen=True, slots=True)
class DueVisit:
    """Somebody whose visit of a category is due: an entry of a care register, and when somebody was last there."""

    kind: CareKind
    person: Person
    household: Household | None
    last: datetime.date | None
    days: int
    """The interval of the category."""
    planned_on: datetime.date | None = None
    """The day for which a visit is planned already, and by whom it is to be made."""
    planned_for: str = ""

    @property
    def key(self) -> str:
        """Names it on the page where visits are planned."""
        return f"{self.kind}.{self.person.uuid}"

    @property
    def since(self) -> datetime.date | None:
        """The day from which the visit is due; None for somebody who was never visited."""
        return self.last + datetime.timedelta(days=self.days) if self.last else None


def intervals(community: CommunityRef, day: datetime.date) -> dict[CareKind, int]:
    """Category → days after which somebody is visited again, for the categories in which that is asked."""
    values = values_of(community, INTERVALS.values(), day)
    return {kind: values[key] for kind, key in INTERVALS.items() if values[key]}


def next_due(community: CommunityRef, category: str, on: datetime.date) -> datetime.date | None:
    """When the next visit of this category is due after one on `on`; None where no interval holds."""
    days = intervals(community, on).get(category)
    return on + datetime.timedelta(days=days) if days else None


def due_visits(
    access: Access, community: CommunityRef, day: datetime.date, kinds: Collection[CareKind] = ()
) -> list[DueVisit]:
    """Who is due on `day`, in these categories or in all: never visited first, then the longest unvisited.

    One query a category, and one for the visits that are planned.
    """
    found = []
    for kind, days in intervals(community, day).items():
        if kinds and kind not in kinds:
            continue
        whose = ("applicant", "household__dwelling") if kind is CareKind.LOW_INCOME else ("person",)
        for entry in _due_entries(access, community, kind, days, day).select_related(*whose):
            household = entry.household if kind is CareKind.LOW_INCOME else None
            planned = (entry.planned_on, entry.planned_for or "")
            found.append(DueVisit(kind, entry.whose, household, entry.last, days, *planned))
    never = datetime.date.min
    return sorted(found, key=lambda due: (due.last or never, due.person.name_key, due.kind))


def due_counts(access: Access, community: CommunityRef, day: datetime.date) -> dict[CareKind, int]:
    """How many are due on `day` by category and not planned yet, in one query."""
    parts = [
        _due_entries(access, community, kind, days, day)
        .filter(planned_on=None)
        .order_by()
        .annotate(care=Value(kind.value))
        .values("care")
        .annotate(count=Count("pk"))
        .values_list("care", "count")
        for kind, days in intervals(community, day).items()
    ]
    found = parts[0].union(*parts[1:], all=True) if parts else ()
    return {CareKind(kind): count for kind, count in found if count}


def _due_entries(access: Access, community: CommunityRef, kind: CareKind, days: int, day: datetime.date):
    """The entries of a register that are due, with `last`, and of the next planned visit `planned_on` and `planned_for`."""
    visits = rows(Visit, access, P.CARE, community).filter(category=kind)
    if kind is CareKind.LOW_INCOME:
        direct, around = _of_household()
        lives = "applicant__died_on"
    else:
        direct, around = _of_person()
        lives = "person__died_on"
    planned = visits.planned().filter(direct | around).order_by("planned_on", "id")
    entries = rows(MODELS[kind], access, P.CARE, community).filter(
        current_on(day), **{f"{lives}__isnull": True}
    )
    entries = entries.annotate(
        last=Greatest(_last(visits, direct), _last(visits, around)),
        planned_on=Subquery(planned.values("planned_on")[:1]),
        planned_for=Subquery(planned.values("worker__name")[:1]),
    )
    limit = day - datetime.timedelta(days=days)
    return entries.filter(Q(last__isnull=True) | Q(last__lte=limit))


def _last(visits, condition: Q) -> Subquery:
    """The day of the last visit made; in two parts, because each of them is found by an index."""
    return Subquery(visits.done().filter(condition).order_by("-done_on").values("done_on")[:1])


def _of_person() -> tuple[Q, Q]:
    """Of visits: those to the entry's person, and those to a household in which that person lives now."""
    homes = Residence.objects.filter(
        community=OuterRef("community"), household=OuterRef("household"), person=OuterRef(OuterRef("person"))
    )
    return Q(person=OuterRef("person")), Q(Exists(homes.living().open()), household__isnull=False)


def _of_household() -> tuple[Q, Q]:
    """Of visits: those to the entry's household, and those to somebody who lives there now."""
    members = Residence.objects.filter(
        community=OuterRef("community"), person=OuterRef("person"), household=OuterRef(OuterRef("household"))
    )
    return Q(household=OuterRef("household")), Q(Exists(members.open()), person__isnull=False)


@dataclass(frozen=True, slots=True)
class WorkerLine:
    """The visits of one worker: how many are planned, of these overdue, and made in this month."""

    worker: User
    planned: int
    overdue: int
    done: int
    oldest: datetime.date | None
    """The day of the oldest one that is overdue."""


def worker_lines(access: Access, community: CommunityRef, day: datetime.date) -> list[WorkerLine]:
    """Everybody with visits that are planned or were made this month; who is most behind comes first."""
    state = Visit.State
    planned, month = Q(state=state.PLANNED), Q(state=state.DONE, done_on__gte=day.replace(day=1))
    overdue = planned & Q(planned_on__lt=day)
    counted = list(
        rows(Visit, access, P.CARE, community)
        .filter(planned | month)
        .order_by()
        .values("worker")
        .annotate(
            planned=Count("pk", filter=planned),
            overdue=Count("pk", filter=overdue),
            done=Count("pk", filter=month),
            oldest=Min("planned_on", filter=overdue),
        )
    )
    users = User.objects.in_bulk([line["worker"] for line in counted])
    lines = [WorkerLine(**line | {"worker": users[line["worker"]]}) for line in counted]
    return sorted(lines, key=lambda line: (-line.overdue, -line.planned, line.worker.name))


def workers(community: CommunityRef):
    """The accounts of everybody who has or had visits in the community."""
    found = Visit.objects.of(community).order_by().values("worker")
    return User.objects.filter(pk__in=found).order_by("name", "pk")
