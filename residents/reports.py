"""Numbers about people and doors, for pages, PDF and figures."""

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, F, Q
from django.utils import timezone

from residents.models import PopulationEvent, Residence
from residents.models.household import WITHIN, Kind, present

_What = PopulationEvent.What


@dataclass(frozen=True, slots=True)
class PopulationCounts:
    """Households and people on one day: the living ones and the registered (户籍) ones."""

    households: int
    residents: int
    households_registered: int
    residents_registered: int


def population_counts(community, on: datetime.date | None = None) -> PopulationCounts:
    """Who lives and who is registered in `community` at the end of `on` (default: now).

    Households are those with somebody in them, residents are people with a residence in force.
    """
    today = timezone.localdate()
    residences = Residence.objects.of(community)
    present = residences.open() if on is None or on >= today else residences.present_on(on)
    found = {
        row["kind"]: row
        for row in present.order_by()
        .values("kind")
        .annotate(households=Count("household", distinct=True), people=Count("person", distinct=True))
    }
    living, registered = ({"households": 0, "people": 0} | found.get(kind, {}) for kind in Kind.values)
    return PopulationCounts(
        living["households"], living["people"], registered["households"], registered["people"]
    )


@dataclass(frozen=True, slots=True)
class Statement:
    """A month's change of population (人口变动月报): opening + additions - reductions = closing."""

    month: datetime.date
    kind: str
    opening: int
    moved_in: int
    born: int
    entered: int
    """Taken into the register without a move in the month (建档), mostly by import."""
    moved_out: int
    died: int
    ended_otherwise: int
    """Ended without an event, e.g. by a corrected residence."""
    closing: int

    @property
    def added(self) -> int:
        return self.moved_in + self.born + self.entered

    @property
    def removed(self) -> int:
        return self.moved_out + self.died + self.ended_otherwise


def first_of_next_month(month: datetime.date) -> datetime.date:
    return (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)


def monthly_statement(community, month: datetime.date, kind: str = Kind.LIVING) -> Statement:
    """The statement of change of the month that begins on `month`, for living or registered people.

    All numbers count residences, by the day they entered the register and the day they ended, so it
    balances whatever the rows hold. Who moves within the community ends one and begins another on the
    same day: neither an addition nor a reduction. What was taken back counts as if it had never been.
    """
    start, after = month.replace(day=1), first_of_next_month(month)
    residences = Residence.objects.of(community).filter(kind=kind).dated()
    totals = residences.aggregate(
        opening=Count("id", filter=present(start - datetime.timedelta(days=1))),
        closing=Count("id", filter=present(after - datetime.timedelta(days=1))),
        all_entered=Count("id", filter=Q(entered__gte=start, entered__lt=after)),
        all_ended=Count("id", filter=Q(end__gte=start, end__lt=after)),
    )
    began = residences.filter(start__gte=start, start__lt=after, entered=F("start"))
    began = _counted(began, "began_by") if totals["all_entered"] else {}
    ended = residences.filter(end__gte=start, end__lt=after)
    ended = _counted(ended, "ended_by") if totals["all_ended"] else {}
    moved_in, born, came = (began.get(cause, 0) for cause in (_What.MOVE_IN, _What.BIRTH, WITHIN))
    moved_out, died, went = (ended.get(cause, 0) for cause in (_What.MOVE_OUT, _What.DEATH, WITHIN))
    return Statement(
        month=start,
        kind=kind,
        opening=totals["opening"],
        moved_in=moved_in,
        born=born,
        entered=totals["all_entered"] - moved_in - born - came,
        moved_out=moved_out,
        died=died,
        ended_otherwise=totals["all_ended"] - moved_out - died - went,
        closing=totals["closing"],
    )


def _counted(residences, cause: str) -> dict[str | None, int]:
    """How many residences each kind of event began or ended."""
    return dict(residences.caused_by().order_by().values_list(cause).annotate(Count("id")))


@dataclass(frozen=True, slots=True)
class DoorPerson:
    """Somebody who lives behind a door, with what a building head may see."""

    person_id: int
    person_uuid: uuid.UUID
    name: str
    sex: str
    birth_year: int | None
    relation_word: str
    is_head: bool


def door_people(dwelling_ids: Collection[int]) -> dict[int, list[DoorPerson]]:
    """Who lives behind the doors, by dwelling id, heads of household first.

    Building heads have no right on people: a database function answers for the doors of their
    stairwells, whatever is asked for.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dwelling_id, person_id, person_uuid, name, sex, birth_year, relation_word, is_head"
            " FROM residents_door_people() WHERE dwelling_id = ANY (%s)",
            [list(dwelling_ids)],
        )
        found: dict[int, list[DoorPerson]] = {}
        for dwelling_id, *fields in cursor.fetchall():
            found.setdefault(dwelling_id, []).append(DoorPerson(*fields))
    return found


def fresh_since(community) -> datetime.datetime:
    """From when on a verification still counts: the start of the day `fresh_days` ago."""
    day = timezone.localdate() - datetime.timedelta(days=community.fresh_days)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def coverage(dwellings, since: datetime.datetime) -> dict[int, tuple[int, int]]:
    """Stairwell id → (doors, doors verified since), for the given dwellings (入户核实覆盖)."""
    counted = (
        dwellings.with_last_verification()
        .order_by()
        .values("stairwell_id")
        .annotate(doors=Count("id"), fresh=Count("id", filter=Q(verified_at__gte=since)))
    )
    return {row["stairwell_id"]: (row["doors"], row["fresh"]) for row in counted}
