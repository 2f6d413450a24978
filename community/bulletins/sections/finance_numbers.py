"""The numbers of the bulletin's financial section: each booked entry counts in one month, as it was then.

What was booked, changed or taken back after its month was published is late (补登) in the next bulletin. The opening
balance is the published closing of the month before, so that published numbers never move.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from community.bulletins import section_basis
from community.finance.balances import last_day, openings_of
from community.finance.models import FinanceCategory, FinanceEntry, FinanceMonth
from community.finance.models.book import Direction
from community.finance.report import days_of, last_year_of, sums_of_periods
from portal.values.months import month_after, month_before, months_later

SECTION = "community.finance"
_ZERO = Decimal(0)
_GONE_MONTHS = 24
"""For so long a published entry that is no longer booked counts as taken back; afterwards it may have been purged."""


@dataclass(frozen=True, slots=True)
class CountedEntry:
    """An entry as it counts: another day, category or amount makes it another one.

    is_gone: published so, and not booked so any more: it is taken off again.
    """

    pk: int
    on: datetime.date
    category: int
    direction: str
    amount: Decimal
    is_gone: bool = False

    @property
    def key(self) -> str:
        return f"{self.pk} {self.on} {self.category} {self.direction} {self.amount}"

    @classmethod
    def of_key(cls, key: str) -> "CountedEntry":
        pk, on, category, direction, amount = key.split()
        return cls(int(pk), datetime.date.fromisoformat(on), int(category), direction, Decimal(amount), True)

    @property
    def change(self) -> Decimal:
        """What it adds to the sum of its direction."""
        return -self.amount if self.is_gone else self.amount


@dataclass(frozen=True, slots=True)
class BulletinNumbers:
    """What the section of a month says. own: entries of the month; late: those of published months before.

    adjusted: by how much the opening balance of the book differs from the published closing besides what is late.
    """

    month: datetime.date
    opening: Decimal
    own: list[CountedEntry]
    late: list[CountedEntry]
    adjusted: Decimal
    is_closed: bool
    reopened: list[FinanceMonth]

    def sum(self, direction: str, *, late: bool = False) -> Decimal:
        entries = self.late if late else self.own
        return sum((entry.change for entry in entries if entry.direction == direction), _ZERO)

    def by_category(self) -> dict[int, Decimal]:
        sums: dict[int, Decimal] = {}
        for entry in self.own:
            sums[entry.category] = sums.get(entry.category, _ZERO) + entry.change
        return sums

    @property
    def closing(self) -> Decimal:
        sums = {
            late: self.sum(Direction.INCOME, late=late) - self.sum(Direction.EXPENSE, late=late)
            for late in (False, True)
        }
        return self.opening + self.adjusted + sums[False] + sums[True]

    def figures(self) -> dict:
        """What later months show of this one, and continue from."""
        return {
            "opening": str(self.opening),
            "closing": str(self.closing),
            "adjusted": str(self.adjusted),
            "categories": {str(category): str(amount) for category, amount in self.by_category().items()},
        }

    def counted(self) -> dict[str, list]:
        entries = [*self.own, *self.late]
        return {
            "entries": [entry.key for entry in entries if not entry.is_gone],
            "gone": [entry.key for entry in entries if entry.is_gone],
            "reopened": [closing.pk for closing in self.reopened],
        }


Openings = dict[datetime.date, Decimal | None]
"""First day of a month → balance of the book at its beginning."""


def openings_beside(community, month: datetime.date) -> Openings:
    """The balances that the section of a month shows: of the month, of the one before, and of last year's with its end."""
    last_year = last_year_of(month)
    return openings_of(community, {month, month_before(month), last_year, month_after(last_year)})


def numbers_of_bulletin(
    community, month: datetime.date, published: dict, openings: Openings
) -> BulletinNumbers | None:
    """The numbers of a month; None before the book begins. published: figures of this section by month."""
    if openings[month] is None:
        return None
    listings = section_basis.listings(community, SECTION, month, ("entries", "gone", "reopened"))
    entries = listings["entries"]
    is_newest = not any(other > month for other in published)
    gone_since = months_later(month, -_GONE_MONTHS)
    first = min(entries.first_day, gone_since)
    booked = [
        CountedEntry(*values)
        for values in FinanceEntry.objects.of(community).booked().between(first, last_day(month)).order_by("on", "id")
        .values_list("pk", "on", "category_id", "direction", "amount")
    ]  # fmt: skip
    listed = [entry for entry in booked if entries.is_listed(entry.key, entry.on)]
    present = {entry.key for entry in booked}
    gone = [
        entry
        for entry in map(CountedEntry.of_key, sorted(entries.listed_elsewhere))
        if entry.key not in present
        and gone_since <= entry.on < month
        and entry.key not in listings["gone"].listed_elsewhere
        and (is_newest or entry.key in listings["gone"].listed_here)
    ]
    late = [entry for entry in listed if entry.on < month] + gone
    opening, adjusted = _opening(openings[month], month, published, late, is_newest=is_newest)
    closings = list(FinanceMonth.objects.of(community).filter(month__lte=month))
    return BulletinNumbers(
        month=month,
        opening=opening,
        own=[entry for entry in listed if entry.on >= month],
        late=late,
        adjusted=adjusted,
        is_closed=any(row.month == month and row.reopened_at is None for row in closings),
        reopened=_reopened(closings, month, listings["reopened"], published),
    )


def _opening(
    of_book: Decimal, month: datetime.date, published: dict, late: list[CountedEntry], *, is_newest: bool
) -> tuple[Decimal, Decimal]:
    """The opening balance, and what it differs by from the book besides what is late."""
    if not is_newest and month in published:
        return Decimal(published[month]["opening"]), Decimal(published[month]["adjusted"])
    live = of_book - sum(
        (entry.change if entry.direction == Direction.INCOME else -entry.change for entry in late), _ZERO
    )
    before = published.get(month_before(month))
    if before is None:
        return live, _ZERO
    opening = Decimal(before["closing"])
    return opening, live - opening if is_newest else _ZERO


def _reopened(closings, month: datetime.date, listing, published: dict) -> list[FinanceMonth]:
    """Closings that were reopened since the last bulletin; before the first one, since the month began."""
    reopened = [row for row in closings if row.reopened_at and row.pk not in listing.listed_elsewhere]
    if not any(other < month for other in published):
        reopened = [row for row in reopened if row.reopened_at.date() >= month]
    return sorted(reopened, key=lambda row: (row.month, row.pk))


@dataclass(frozen=True, slots=True)
class EarlierMonth:
    """An earlier month beside this one: as it was published, else by the book. Balances are None before the book."""

    categories: dict[int, Decimal]
    opening: Decimal | None
    closing: Decimal | None


def earlier_months(
    community, month: datetime.date, published: dict, openings: Openings
) -> list[EarlierMonth]:
    """The month before, and the same month of last year."""
    months = (month_before(month), last_year_of(month))
    live = [other for other in months if other not in published]
    sums = sums_of_periods(community, {f"{other:%Y-%m}": days_of(other) for other in live}) if live else {}
    return [
        _published_month(published[other]) if other in published else _month_of_book(openings, other, sums)
        for other in months
    ]


def _published_month(figures: dict) -> EarlierMonth:
    categories = {int(category): Decimal(amount) for category, amount in figures["categories"].items()}
    return EarlierMonth(categories, Decimal(figures["opening"]), Decimal(figures["closing"]))


def _month_of_book(openings: Openings, month: datetime.date, sums: dict[int, dict]) -> EarlierMonth:
    categories = {category: row[f"{month:%Y-%m}"] for category, row in sums.items() if row[f"{month:%Y-%m}"]}
    return EarlierMonth(categories, openings[month], openings[month_after(month)])


def names_of_categories(community) -> dict[int, FinanceCategory]:
    return {category.pk: category for category in FinanceCategory.objects.of(community)}
