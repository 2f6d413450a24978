"""Whose home visit is due (走访): people in the care registers, by the interval of their category.

A visit to a household counts for everybody who lives there, and one to a member counts for a household's entry.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import BigIntegerField, Count, F, Max, Min, Q, Value
from django.db.models.functions import Cast

from community.models import Person, User
from community.models.base import current_on
from community.rules import values_of
from portal.access import Access, CommunityRef
from portal.permissions import Permission as P
from portal.scoping import rows
from residents.care import MODELS
from residents.models import Household, Residence, Visit
from residents.models.care.kind import CareKind
from residents.rules_visits import Key

INTERVALS: dict[CareKind, str] = {kind: Key(f"visit_{kind}_days") for kind in CareKind}
"""The rule that says after how many days somebody of this register is visited again; 0 for never."""


@dataclass(frozen=True, slots=True)
class DueVisit:
    """An entry of a care register whose visit is due: whom it is about, and when somebody was last there.

    `with_people` adds the rows to those of a page.
    """

    kind: CareKind
    entry: uuid.UUID
    person_id: int
    household_id: int | None
    days: int
    """The interval of the category."""
    last: datetime.date | None
    planned_on: datetime.date | None
    """The day for which a visit is planned already."""
    person: Person | None = None
    household: Household | None = None

    @property
    def key(self) -> str:
        """Names it on the page where visits are planned."""
        return f"{self.kind}.{self.entry}"

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


def due_visits(access: Access, community: CommunityRef, day: datetime.date) -> list[DueVisit]:
    """Who is due on `day`: never visited first, then the longest unvisited.

    Four queries, whatever the number of people. What is a sub-query for each entry to the database (and takes the
    ORM longer to write than all of this) is a look into two small tables here.
    """
    asked = intervals(community, day)
    if not asked:
        return []
    entries = list(_entries(access, community, asked, day))
    visits = _Visits(access, community, asked, [household for *_, household in entries if household])
    found = []
    for care, entry, person, household in entries:
        kind = CareKind(care)
        last, planned_on = visits.of(kind, person, household)
        if last is None or last <= day - datetime.timedelta(days=asked[kind]):
            found.append(DueVisit(kind, entry, person, household, asked[kind], last, planned_on))
    return sorted(found, key=lambda due: (due.last or datetime.date.min, due.kind, due.person_id))


def with_people(access: Access, community: CommunityRef, dues: Iterable[DueVisit]) -> list[DueVisit]:
    """The same with their person and household, in two queries."""
    dues = list(dues)
    people = rows(Person, access, P.CARE, community).in_bulk({due.person_id for due in dues})
    homes = rows(Household, access, P.CARE, community).select_related("dwelling")
    homes = homes.in_bulk({due.household_id for due in dues if due.household_id})
    return [replace(d, person=people[d.person_id], household=homes.get(d.household_id)) for d in dues]


def _entries(access: Access, community: CommunityRef, kinds: Iterable[CareKind], day: datetime.date):
    """(kind, uuid, person, household) of everybody who is in these registers and lives."""
    parts = []
    for kind in kinds:
        entries = rows(MODELS[kind], access, P.CARE, community).filter(current_on(day)).order_by()
        if kind is CareKind.LOW_INCOME:
            entries = entries.filter(applicant__died_on=None).annotate(
                home=F("household"), who=F("applicant")
            )
        else:
            # No household: a typed null, for the parts of a union are of one type.
            entries = entries.filter(person__died_on=None).annotate(home=_NO_HOUSEHOLD, who=F("person"))
        parts.append(entries.annotate(care=Value(kind.value)).values_list("care", "uuid", "who", "home"))
    return parts[0].union(*parts[1:], all=True)


_NO_HOUSEHOLD = Cast(Value(None), BigIntegerField())


class _Visits:
    """The last visit made and the next one planned, by category, to people and to households."""

    def __init__(self, access: Access, community: CommunityRef, kinds: Iterable[CareKind], homes: list[int]):
        counted = (
            rows(Visit, access, P.CARE, community)
            .filter(category__in=list(kinds))
            .exclude(state=Visit.State.CANCELLED)
            .order_by()
            .values_list("category", "person", "household")
            .annotate(last=Max("done_on"), planned=Min("planned_on", filter=Q(state=Visit.State.PLANNED)))
        )
        self.last: dict[tuple[str, str, int], datetime.date] = {}
        self.planned: dict[tuple[str, str, int], datetime.date] = {}
        for category, person, household, last, planned in counted:
            for key in ((category, "person", person), (category, "household", household)):
                if key[2] is not None:
                    self._add(key, last, planned)
        visited = {pk for _, what, pk in (*self.last, *self.planned) if what == "household"}
        lives = rows(Residence, access, P.CARE, community).living().open()
        lives = lives.filter(household__in={*visited, *homes}).order_by().values_list("person", "household")
        self.members, self.homes = defaultdict(list), defaultdict(list)
        for person, household in lives:
            self.members[household].append(person)
            self.homes[person].append(household)

    def _add(self, key, last, planned) -> None:
        if last:
            self.last[key] = max(last, self.last.get(key, last))
        if planned:
            self.planned[key] = min(planned, self.planned.get(key, planned))

    def of(
        self, kind: CareKind, person: int, household: int | None
    ) -> tuple[datetime.date | None, datetime.date | None]:
        """The last and the next visit that count for an entry."""
        if household:
            people, homes = self.members[household], [household]
        else:
            people, homes = [person], self.homes[person]
        keys = [(kind, "person", pk) for pk in people] + [(kind, "household", pk) for pk in homes]
        last = max((self.last[key] for key in keys if key in self.last), default=None)
        planned = min((self.planned[key] for key in keys if key in self.planned), default=None)
        return last, planned


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
