"""Home visits due (走访): people in the care registers, by the interval of their category.

A visit to a household counts for everybody who lives there, and one to a member counts for a household's entry.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.db.models import BigIntegerField, Count, F, Max, Min, Q, Value
from django.db.models.functions import Cast

from community.accounts.models import User
from community.communities.models import current_on
from community.dated_rules.rules import values_by_community
from community.people.models import Person
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from residents.care.models.kind import CareKind
from residents.care.queries import MODELS
from residents.homes.models import Household, Residence
from residents.visits.models import Visit
from residents.visits.rules import Key

INTERVALS: dict[CareKind, str] = {kind: Key(f"visit_{kind}_days") for kind in CareKind}
"""Key of the dated rule with the days between two visits, by care kind; 0 for never."""


@dataclass(frozen=True, slots=True)
class DueVisit:
    """A care entry whose visit is due: whom it is about, and the last and the planned visit.

    `with_people` adds the rows to those of a page.
    """

    community_id: int
    kind: CareKind
    entry: uuid.UUID
    person_id: int
    household_id: int | None
    days: int
    """The interval of the category."""
    last: datetime.date | None
    planned_on: datetime.date | None
    """The day of the next planned visit."""
    person: Person | None = None
    household: Household | None = None

    @property
    def key(self) -> str:
        """Key of its row on the page where visits are planned."""
        return f"{self.kind}.{self.entry}"

    @property
    def since(self) -> datetime.date | None:
        """The day from which the visit is due; None for somebody who was never visited."""
        return self.last + datetime.timedelta(days=self.days) if self.last else None


def intervals(ids: Collection[int], day: datetime.date) -> dict[tuple[int, CareKind], int]:
    """Days between two visits by community id and category, for categories that require visits."""
    values = values_by_community(ids, INTERVALS.values(), day)
    return {(pk, kind): values[pk][key] for pk in ids for kind, key in INTERVALS.items() if values[pk][key]}


def next_due(community: CommunityRef, category: str, on: datetime.date) -> datetime.date | None:
    """Due day of the next visit of a category after one on `on`; None if the category requires none."""
    days = intervals([community.id], on).get((community.id, category))
    return on + datetime.timedelta(days=days) if days else None


def due_visits(access: Access, communities: Collection[int], day: datetime.date) -> list[DueVisit]:
    """Visits due on `day` in these communities (ids): never visited first, then the longest unvisited.

    Four queries for any number of people and communities. Two dictionaries replace a sub-query for each entry, which
    the ORM takes longer to write than all of this.
    """
    interval = intervals(communities, day)
    kinds = sorted({kind for _, kind in interval})
    if not kinds:
        return []
    entries = list(_current_entries(access, communities, kinds, day))
    visits = _VisitDates(access, communities, kinds, [household for *_, household in entries if household])
    dues = []
    for community_id, care, entry, person, household in entries:
        kind = CareKind(care)
        days = interval.get((community_id, kind))
        if days is None:
            continue
        last, planned_on = visits.of(kind, person, household)
        if last is None or last <= day - datetime.timedelta(days=days):
            dues.append(DueVisit(community_id, kind, entry, person, household, days, last, planned_on))
    return sorted(dues, key=lambda due: (due.last or datetime.date.min, due.kind, due.person_id))


def with_people(access: Access, community: CommunityRef, dues: Iterable[DueVisit]) -> list[DueVisit]:
    """The dues with their person and household, in two queries."""
    dues = list(dues)
    people = rows(Person, access, P.CARE, community).in_bulk({due.person_id for due in dues})
    homes = rows(Household, access, P.CARE, community).select_related("dwelling")
    homes = homes.in_bulk({due.household_id for due in dues if due.household_id})
    return [replace(d, person=people[d.person_id], household=homes.get(d.household_id)) for d in dues]


def _current_entries(
    access: Access, communities: Collection[int], kinds: Iterable[CareKind], day: datetime.date
):
    """(community id, kind, uuid, person, household) of the current entries of living people in these registers."""
    parts = []
    for kind in kinds:
        entries = rows(MODELS[kind], access, P.CARE).in_communities(communities)
        entries = entries.filter(current_on(day)).order_by()
        if kind is CareKind.LOW_INCOME:
            entries = entries.filter(applicant__died_on=None).annotate(
                home=F("household"), who=F("applicant")
            )
        else:
            # A typed null for the household: the parts of a union must have one type.
            entries = entries.filter(person__died_on=None).annotate(home=_NO_HOUSEHOLD, who=F("person"))
        entries = entries.annotate(care=Value(kind.value))
        parts.append(entries.values_list("community_id", "care", "uuid", "who", "home"))
    return parts[0].union(*parts[1:], all=True)


_NO_HOUSEHOLD = Cast(Value(None), BigIntegerField())


class _VisitDates:
    """Last and next planned visit by category, of people and of households."""

    def __init__(
        self, access: Access, communities: Collection[int], kinds: Iterable[CareKind], homes: list[int]
    ):
        last_and_planned = (
            rows(Visit, access, P.CARE)
            .in_communities(communities)
            .filter(category__in=list(kinds))
            .exclude(state=Visit.State.CANCELLED)
            .order_by()
            .values_list("category", "person", "household")
            .annotate(last=Max("done_on"), planned=Min("planned_on", filter=Q(state=Visit.State.PLANNED)))
        )
        self.last: dict[tuple[str, str, int], datetime.date] = {}
        self.planned: dict[tuple[str, str, int], datetime.date] = {}
        for category, person, household, last, planned in last_and_planned:
            for key in ((category, "person", person), (category, "household", household)):
                if key[2] is not None:
                    self._add(key, last, planned)
        visited = {pk for _, target, pk in (*self.last, *self.planned) if target == "household"}
        lives = rows(Residence, access, P.CARE).in_communities(communities).living().open()
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
class WorkerCounts:
    """Visit counts of one worker: planned, overdue among them, made this month."""

    worker: User
    planned: int
    overdue: int
    done: int
    oldest: datetime.date | None
    """The planned day of the oldest overdue visit."""


def counts_by_worker(access: Access, community: CommunityRef, day: datetime.date) -> list[WorkerCounts]:
    """Workers with planned visits or visits this month, the most overdue first."""
    state = Visit.State
    planned, month = Q(state=state.PLANNED), Q(state=state.DONE, done_on__gte=day.replace(day=1))
    overdue = planned & Q(planned_on__lt=day)
    counts = list(
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
    users = User.objects.in_bulk([line["worker"] for line in counts])
    lines = [WorkerCounts(**line | {"worker": users[line["worker"]]}) for line in counts]
    return sorted(lines, key=lambda line: (-line.overdue, -line.planned, line.worker.name))


def workers(community: CommunityRef):
    """Users with visits in the community, present and past."""
    worker_ids = Visit.objects.of(community).order_by().values("worker")
    return User.objects.filter(pk__in=worker_ids).order_by("name", "pk")
