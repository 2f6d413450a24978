"""Age bands: label, query parameter and database condition."""

import datetime
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, Value, When

from portal.values.partial_dates import years_before


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Range of ages in full years; without `high` open-ended."""

    low: int
    high: int | None = None

    @property
    def key(self) -> str:
        return f"{self.low}-{'' if self.high is None else self.high}"

    @property
    def words(self) -> str:
        return f"{self.low}岁以上" if self.high is None else f"{self.low}–{self.high}岁"

    def __contains__(self, age: int) -> bool:
        return self.low <= age and (self.high is None or age <= self.high)


FIVE_YEARS = (*(AgeBand(low, low + 4) for low in range(0, 100, 5)), AgeBand(100))
GROUPS = (AgeBand(0, 6), AgeBand(7, 17), AgeBand(18, 59), AgeBand(60, 79), AgeBand(80))
"""Small children, school age, working age, old, very old: the filter above the list has these."""
OLD = (AgeBand(60), AgeBand(65))
UNKNOWN = "none"
"""Query value for people without a birth date or with one in the future."""
_STARTS = sorted({band.low for band in (*FIVE_YEARS, *GROUPS, *OLD)})


def ages_condition(value: str, today: datetime.date) -> Q:
    """People of the ages `0-17` or `60-`, or of none that is known."""
    if value == UNKNOWN:
        return Q(birth_date__isnull=True) | Q(birth_date__gt=today)
    low, _, high = value.partition("-")
    condition = Q(birth_date__lte=years_before(today, int(low or 0)))
    if high:
        condition &= Q(birth_date__gt=years_before(today, int(high) + 1))
    return condition


def age_band_start(today: datetime.date, path: str) -> Case:
    """Expression for the start of the smallest age band of a person; larger bands are sums of these. -1 for unknown."""
    born = f"{path}birth_date"
    cases = [When(**{f"{born}__lte": years_before(today, low)}, then=Value(low)) for low in reversed(_STARTS)]
    return Case(*cases, default=Value(-1), output_field=IntegerField())
