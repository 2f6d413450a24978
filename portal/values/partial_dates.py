"""Partial dates, which may be known only to the month or the year."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date with its precision: "y" (year), "m" (month) or "d" (day).

    An incomplete date is stored as the first day of its period, so that it sorts and fits a date column.
    """

    value: datetime.date
    precision: str = "d"

    @classmethod
    def of(cls, year: int, month: int | None = None, day: int | None = None) -> "PartialDate":
        """Partial date from the given parts. Raises ValueError for a day that does not exist."""
        if month is None:
            return cls(datetime.date(year, 1, 1), "y")
        if day is None:
            return cls(datetime.date(year, month, 1), "m")
        return cls(datetime.date(year, month, day), "d")

    def __str__(self) -> str:
        """Chinese date text: 1985年, 1985年3月, 1985年3月1日."""
        text = f"{self.value.year}年"
        if self.precision != "y":
            text += f"{self.value.month}月"
        if self.precision == "d":
            text += f"{self.value.day}日"
        return text

    def agrees_with(self, other: "PartialDate | datetime.date") -> bool:
        """Whether both can be the same day: equal to the precision of the less precise one."""
        if isinstance(other, datetime.date):
            other = PartialDate(other)
        if "y" in (self.precision, other.precision):
            return self.value.year == other.value.year
        if "m" in (self.precision, other.precision):
            return (self.value.year, self.value.month) == (other.value.year, other.value.month)
        return self.value == other.value

    def more_precise_of(self, other: "PartialDate") -> "PartialDate":
        """The more precise of the two; this one if both are equally precise."""
        return other if "ymd".index(other.precision) > "ymd".index(self.precision) else self


def years_before(day: datetime.date, years: int) -> datetime.date:
    """The same day `years` earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
