"""Basis of computed bulletin sections (`BulletinBasis`): a month opens with the published closing of the one before."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from community.bulletins.models.bulletin import Bulletin, BulletinBasis


def published_figures(community, key: str) -> dict[datetime.date, dict]:
    """Month → figures with which this section was published, in its newest version."""
    bases = BulletinBasis.objects.of(community).filter(key=key, is_published=True)
    return dict(bases.values_list("bulletin__month", "figures"))


def published_rows(community, key: str, months=None) -> dict[datetime.date, dict]:
    """Month → ids of the rows that this section counted when published; of all months, or of `months`."""
    bases = BulletinBasis.objects.of(community).filter(key=key, is_published=True)
    if months is not None:
        bases = bases.filter(bulletin__month__in=months)
    return dict(bases.values_list("bulletin__month", "counted"))


@dataclass(frozen=True, slots=True)
class MonthListing:
    """Selects the dated rows that a section lists, each row in one month only: those of its month, and late ones (补登).

    A row of an earlier month that was not listed when that month was published is late in the newest month.
    """

    month: datetime.date
    listed_elsewhere: frozenset
    listed_here: frozenset
    late_months: frozenset[datetime.date]

    @property
    def first_day(self) -> datetime.date:
        """First day from which rows may be listed."""
        return min(self.late_months | {self.month})

    def is_listed(self, key: str | int, day: datetime.date) -> bool:
        """Whether the row of this key and day is listed in the month, late or not."""
        if key in self.listed_elsewhere:
            return False
        month = day.replace(day=1)
        return (
            month == self.month
            or month in self.late_months
            or (month < self.month and key in self.listed_here)
        )


def listings(community, section: str, month: datetime.date, words: Iterable[str]) -> dict[str, MonthListing]:
    """A `MonthListing` for each word of `SectionBasis.counted`, from the published months of this section. One query."""
    published = published_rows(community, section)
    counted_here = published.pop(month, {})
    is_newest = not any(other > month for other in published)
    return {
        word: MonthListing(
            month=month,
            listed_elsewhere=frozenset(
                key for rows_by_word in published.values() for key in rows_by_word.get(word, ())
            ),
            listed_here=frozenset(counted_here.get(word, ())),
            late_months=frozenset(published if is_newest else ()),
        )
        for word in words
    }


def is_recomputed(bulletin: Bulletin) -> bool:
    """Whether its numbers were recomputed since the last publication, or computed for the first time."""
    return bulletin.bases.filter(is_published=False).exists()


def store(bulletin: Bulletin, sections: list[dict]) -> list[dict]:
    """Store the basis of computed sections until publication; returns the sections without it."""
    discard(bulletin)
    BulletinBasis.objects.bulk_create(
        BulletinBasis(
            community_id=bulletin.community_id, bulletin=bulletin, key=section["key"], **section["basis"]
        )
        for section in sections
        if section["basis"]
    )
    return [{name: value for name, value in section.items() if name != "basis"} for section in sections]


def discard(bulletin: Bulletin) -> None:
    """Delete the basis that was computed and not published."""
    bulletin.bases.filter(is_published=False).delete()


def publish(bulletin: Bulletin) -> None:
    """Mark the computed basis as published, in place of an earlier version's."""
    computed = bulletin.bases.filter(is_published=False)
    bulletin.bases.filter(is_published=True, key__in=list(computed.values_list("key", flat=True))).delete()
    computed.update(is_published=True)
