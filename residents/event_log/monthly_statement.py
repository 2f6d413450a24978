"""Population counts and monthly statements of change (人口变动月报)."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from community.bulletins.section_basis import published_figures, published_rows
from portal.hooks.bulletin import SectionBasis
from portal.hooks.registry import call_hooks
from portal.values.months import month_before
from residents.event_log.models import PastResidence, PopulationEvent
from residents.event_log.residence_causes import WITHIN, present, present_on, with_causes, with_entry_date
from residents.homes.models import Kind, Residence

MERGED_PEOPLE = "merged_people"
"""Hook: (community) -> iterable of (removed id, kept id), records of people that were merged, oldest merge first."""

_What = PopulationEvent.What


@dataclass(frozen=True, slots=True)
class PopulationCounts:
    """Households and people on one day, by living and registered (户籍) residences."""

    households: int
    residents: int
    households_registered: int
    residents_registered: int


def population_counts(community, on: datetime.date | None = None) -> PopulationCounts:
    """Households and people living and registered in `community` at the end of `on` (default: now).

    Households are those with members, residents are people with a residence in force. Counts of a past day
    include people purged since (`PastResidence`), but not their households.
    """
    today = timezone.localdate()
    residences = Residence.objects.of(community)
    present_residences = residences.open() if on is None or on >= today else present_on(residences, on)
    counts_by_kind = {
        row["kind"]: row
        for row in present_residences.order_by()
        .values("kind")
        .annotate(households=Count("household", distinct=True), people=Count("person", distinct=True))
    }
    living, registered = (
        {"households": 0, "people": 0} | counts_by_kind.get(kind, {}) for kind in Kind.values
    )
    if on is not None and on < today:
        month = on.replace(day=1)
        removed = PastResidence.objects.of(community).filter(_began_until(month), ended__gt=month).order_by()
        removed = dict(removed.values_list("kind").annotate(Sum("people")))
        living["people"] += removed.get(Kind.LIVING, 0)
        registered["people"] += removed.get(Kind.REGISTERED, 0)
    return PopulationCounts(
        living["households"], living["people"], registered["households"], registered["people"]
    )


@dataclass(frozen=True, slots=True)
class Statement:
    """A month's change of population (人口变动月报): opening + late + additions - reductions = closing."""

    month: datetime.date
    kind: str
    opening: int
    moved_in: int
    born: int
    entered: int
    """Entered into the register without a move in the month (建档), mostly by import."""
    moved_out: int
    died: int
    ended_otherwise: int
    """Ended without an event, e.g. by a corrected residence."""
    late_added: int
    """People missing in the published closing of the month before (补登)."""
    late_removed: int
    """People counted there wrongly."""
    closing: int

    @property
    def added(self) -> int:
        return self.moved_in + self.born + self.entered

    @property
    def removed(self) -> int:
        return self.moved_out + self.died + self.ended_otherwise

    def figures(self) -> dict[str, int]:
        """The numbers, as stored with a published bulletin."""
        return {name: value for name, value in asdict(self).items() if name in _FIGURES}

    @property
    def late(self) -> int:
        return self.late_added - self.late_removed

    @property
    def late_words(self) -> str:
        """Both directions separately: +3 and −3 do not cancel out."""
        words = [f"+{self.late_added}"] * bool(self.late_added) + [f"−{self.late_removed}"] * bool(
            self.late_removed
        )
        return " ".join(words) or "0"


_FIGURES = tuple(field.name for field in fields(Statement) if field.name not in ("month", "kind"))


def first_of_next_month(month: datetime.date) -> datetime.date:
    return (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)


def last_day_of(month: datetime.date) -> datetime.date:
    """The last day of the month, of the current one today."""
    return min(first_of_next_month(month) - datetime.timedelta(days=1), timezone.localdate())


CHANGE = "residents.change"
"""Key of the bulletin's section that publishes the statement."""


def monthly_statement(community, month: datetime.date, kind: str = Kind.LIVING) -> Statement:
    """The statement of the month that begins on `month`, for living or registered people."""
    return monthly_statements(community, month)[kind]


def monthly_statements(
    community, month: datetime.date, published: dict | None = None, *, anew: bool = False
) -> dict[str, Statement]:
    """Kind → the month's statement of change.

    A published month stays as published, and the next month opens with its closing: what was recorded, undone,
    deleted or merged since is late there (补登). A month between two published ones closes with the opening of
    the later one.

    published: `published_figures`, if the caller has them.
    anew: recompute the newest published month too, for a correction of its bulletin.
    """
    start, after = month.replace(day=1), first_of_next_month(month)
    before = month_before(start)
    published = published_figures(community, CHANGE) if published is None else published
    published_own = {} if anew and after not in published else published.get(start, {})
    people_before = published_rows(community, CHANGE, [before]).get(before, {}) if before in published else {}
    return {
        kind: _join_to_published(
            published_own.get(kind, {}),
            published.get(before, {}).get(kind, {}).get("closing"),
            published.get(after, {}).get(kind, {}).get("opening"),
            people_before.get(kind),
            (community, start, kind),
        )
        for kind in Kind.values
    }


def _join_to_published(
    published_own: dict, opening: int | None, closing: int | None, people_before: list | None, of
) -> Statement:
    """The statement of one kind, consistent with the published months around it.

    published_own: the figures with which the month itself was published; old ones have only opening and closing.
    people_before: ids of the people in the closing before.
    """
    if len(published_own) == len(_FIGURES):
        return Statement(of[1], of[2], **published_own)
    live = _statement_of_register(*of)
    figures = live.figures()
    for name, published_value in (("opening", opening), ("closing", closing)):
        figures[name] = published_own.get(name, figures[name] if published_value is None else published_value)
    late = figures["closing"] - figures["opening"] - live.added + live.removed
    late_removed = (_late_people(people_before, *of)[1]).total() if people_before is not None else 0
    late_removed = max(late_removed, -late)
    return Statement(
        of[1], of[2], **{**figures, "late_added": late + late_removed, "late_removed": late_removed}
    )


def _late_people(
    people_before: list[int], community, month: datetime.date, kind: str
) -> tuple[Counter, Counter]:
    """People missing in the closing before `month`, and people counted there wrongly. Merged records count as one."""
    for removed_id, kept_id in call_hooks(MERGED_PEOPLE, community):
        people_before = [kept_id if person == removed_id else person for person in people_before]
    counts_before, counts_now = (
        Counter(people_before),
        Counter(_people_at_end_of(month_before(month), community)[kind]),
    )
    return counts_now - counts_before, counts_before - counts_now


def basis_of(community, statements: dict[str, Statement], published: dict) -> SectionBasis | None:
    """What statements of later months continue from; None for a month whose published basis stays."""
    month = next(iter(statements.values())).month
    if month in published and first_of_next_month(month) in published:
        return None
    return SectionBasis(
        {kind: statement.figures() for kind, statement in statements.items()},
        _people_at_end_of(month, community),
    )


def _people_at_end_of(month: datetime.date, community) -> dict[str, list[int]]:
    """Kind → person ids in the closing of the month by the current register, with duplicates."""
    last = first_of_next_month(month) - datetime.timedelta(days=1)
    residences = present_on(Residence.objects.of(community), last).order_by()
    people: dict[str, list[int]] = {kind: [] for kind in Kind.values}
    for kind, person in residences.values_list("kind", "person_id"):
        people[kind].append(person)
    return people


def _statement_of_register(community, start: datetime.date, kind: str) -> Statement:
    """The statement by the current register.

    All numbers count residences by the dates they entered the register and ended, so it always balances. A move
    within the community ends one residence and begins another on the same day: neither an addition nor a
    reduction. Undone events do not count. Purged residences are counted by month (`PastResidence`).
    """
    after = first_of_next_month(start)
    residences = with_entry_date(Residence.objects.of(community).filter(kind=kind))
    totals = residences.aggregate(
        opening=Count("id", filter=present(start - datetime.timedelta(days=1))),
        closing=Count("id", filter=present(after - datetime.timedelta(days=1))),
        all_entered=Count("id", filter=Q(entered__gte=start, entered__lt=after)),
        all_ended=Count("id", filter=Q(end__gte=start, end__lt=after)),
    )
    began = residences.filter(start__gte=start, start__lt=after, entered=F("start"))
    began = _count_by_cause(began, "began_by") if totals["all_entered"] else {}
    ended = residences.filter(end__gte=start, end__lt=after)
    ended = _count_by_cause(ended, "ended_by") if totals["all_ended"] else {}
    moved_in, born, came = (began.get(cause, 0) for cause in (_What.MOVE_IN, _What.BIRTH, WITHIN))
    moved_out, died, went = (ended.get(cause, 0) for cause in (_What.MOVE_OUT, _What.DEATH, WITHIN))
    removed = _removed_numbers(community, start, kind)
    return Statement(
        month=start,
        kind=kind,
        opening=totals["opening"] + removed["opening"],
        moved_in=moved_in + removed["moved_in"],
        born=born + removed["born"],
        entered=totals["all_entered"] - moved_in - born - came + removed["entered"],
        moved_out=moved_out + removed["moved_out"],
        died=died + removed["died"],
        ended_otherwise=totals["all_ended"] - moved_out - died - went + removed["ended_otherwise"],
        late_added=0,
        late_removed=0,
        closing=totals["closing"] + removed["closing"],
    )


def _began_until(month: datetime.date) -> Q:
    """Condition on `PastResidence`: began by the end of `month`."""
    return Q(began__isnull=True) | Q(began__lte=month)


def _removed_numbers(community, month: datetime.date, kind: str) -> dict[str, int]:
    """The numbers of a statement for the residences purged since."""
    began, ended = Q(began=month), Q(ended=month)
    parts = {
        "opening": (Q(began__isnull=True) | Q(began__lt=month)) & Q(ended__gte=month),
        "closing": _began_until(month) & Q(ended__gt=month),
        "moved_in": began & Q(began_by=_What.MOVE_IN),
        "born": began & Q(began_by=_What.BIRTH),
        "entered": began & ~Q(began_by__in=[*_BEGAN_BY.values(), WITHIN]),
        "moved_out": ended & Q(ended_by=_What.MOVE_OUT),
        "died": ended & Q(ended_by=_What.DEATH),
        "ended_otherwise": ended & ~Q(ended_by__in=[*_ENDED_BY.values(), WITHIN]),
    }
    residences = PastResidence.objects.of(community).filter(kind=kind)
    return residences.aggregate(
        **{name: Sum("people", filter=condition, default=0) for name, condition in parts.items()}
    )


def _count_by_cause(residences, cause: str) -> dict[str | None, int]:
    """Cause → number of residences that it began or ended."""
    return dict(with_causes(residences).order_by().values_list(cause).annotate(Count("id")))


PARTS = {
    "opening": "期初",
    "born": "出生",
    "moved_in": "迁入",
    "entered": "新建档",
    "added": "增加",
    "moved_out": "迁出",
    "died": "死亡",
    "ended_otherwise": "其他减少",
    "removed": "减少",
    "late_added": "补登增加",
    "late_removed": "补登减少",
    "closing": "期末",
}
"""The numbers of a statement, in its order."""
_BEGAN_BY = {"born": _What.BIRTH, "moved_in": _What.MOVE_IN}
_ENDED_BY = {"moved_out": _What.MOVE_OUT, "died": _What.DEATH}


def residences_counted(community, month: datetime.date, kind: str, part: str):
    """Drill-down: the residences that a number of the month's statement counts; `part` is one of `PARTS`."""
    start, after = month.replace(day=1), first_of_next_month(month)
    residences = with_entry_date(Residence.objects.of(community).filter(kind=kind))
    if part in ("opening", "closing"):
        first = start if part == "opening" else after
        return residences.filter(present(first - datetime.timedelta(days=1)))
    if part in ("late_added", "late_removed"):
        return _late_residences(community, start, kind, part)
    if part in ("added", "entered", *_BEGAN_BY):
        entered = residences.filter(entered__gte=start, entered__lt=after)
        began = with_causes(entered.filter(start__gte=start, start__lt=after, entered=F("start")))
        if part in _BEGAN_BY:
            return began.filter(began_by=_BEGAN_BY[part])
        named_causes = (WITHIN,) if part == "added" else (WITHIN, *_BEGAN_BY.values())
        return entered.exclude(pk__in=began.filter(began_by__in=named_causes).values("pk"))
    ended = residences.filter(end__gte=start, end__lt=after)
    if part in _ENDED_BY:
        return with_causes(ended).filter(ended_by=_ENDED_BY[part])
    named_causes = (WITHIN,) if part == "removed" else (WITHIN, *_ENDED_BY.values())
    return ended.exclude(pk__in=with_causes(ended).filter(ended_by__in=named_causes).values("pk"))


def _late_residences(community, month: datetime.date, kind: str, part: str):
    """A residence of each person who is late in the month; deleted people have none."""
    before = month_before(month)
    residences = Residence.objects.of(community).filter(kind=kind)
    people_before = published_rows(community, CHANGE, [before]).get(before, {}).get(kind)
    if people_before is None or month in published_figures(community, CHANGE):
        return residences.none()
    missing, surplus = _late_people(people_before, community, month, kind)
    people = (missing if part == "late_added" else surplus).keys()
    newest = residences.filter(person__in=people).order_by("person_id", "annulled", "-start", "-id")
    return residences.filter(pk__in=newest.distinct("person_id").values("pk"))


@dataclass(frozen=True, slots=True)
class MonthlyChange:
    """People gained and lost by births, deaths and moves in a month, for a series of months."""

    month: datetime.date
    came: int
    """Born or moved in."""
    left: int
    """Moved out or died."""


def monthly_changes(
    community, months: Sequence[datetime.date], published: dict | None = None
) -> list[MonthlyChange]:
    """Living residents who came and left in each of the consecutive `months`; in three queries.

    Only by events: people merely entered into the register (建档) neither came nor left. Published months stay as
    published.
    """
    first, after = months[0], first_of_next_month(months[-1])
    residences = with_entry_date(Residence.objects.of(community).living())

    def by_month(residences, on: str, cause: str, causes) -> dict[datetime.date, int]:
        residences = with_causes(residences).filter(**{f"{cause}__in": causes}).annotate(month=TruncMonth(on))
        return dict(residences.order_by().values_list("month").annotate(Count("id")))

    began = residences.filter(start__gte=first, start__lt=after, entered=F("start"))
    came_by_month = by_month(began, "start", "began_by", list(_BEGAN_BY.values()))
    ended = residences.filter(end__gte=first, end__lt=after)
    left_by_month = by_month(ended, "end", "ended_by", list(_ENDED_BY.values()))
    published = published_figures(community, CHANGE) if published is None else published
    for month, figures in published.items():
        living = figures.get(Kind.LIVING, {})
        if len(living) == len(_FIGURES):
            came_by_month[month] = sum(living[name] for name in _BEGAN_BY)
            left_by_month[month] = sum(living[name] for name in _ENDED_BY)
    return [
        MonthlyChange(month, came_by_month.get(month, 0), left_by_month.get(month, 0)) for month in months
    ]
