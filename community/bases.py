"""What computed parts of bulletins go on from (`BulletinBasis`): the opening of a month is the published closing of the one before."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from community.models import Bulletin, BulletinBasis


def published_figures(community, key: str) -> dict[datetime.date, dict]:
    """Month → the figures with which this section was published, in its newest version."""
    bases = BulletinBasis.objects.of(community).filter(key=key, is_published=True)
    return dict(bases.values_list("bulletin__month", "figures"))


def published_rows(community, key: str, months=None) -> dict[datetime.date, dict]:
    """Month → ids of the rows that this section counted when it was published; of all months, or of these."""
    bases = BulletinBasis.objects.of(community).filter(key=key, is_published=True)
    if months is not None:
        bases = bases.filter(bulletin__month__in=months)
    return dict(bases.values_list("bulletin__month", "counted"))


@dataclass(frozen=True, slots=True)
class Listing:
    """Which rows with a day a section lists that names each once: those of its month, and late ones (补登).

    What is dated in an earlier month and was not listed when that was published is late in the newest month.
    """

    month: datetime.date
    listed_elsewhere: frozenset
    listed_here: frozenset
    late_months: frozenset[datetime.date]

    @property
    def first_day(self) -> datetime.date:
        """From when on rows are to be looked at."""
        return min(self.late_months | {self.month})

    def is_listed(self, key: str | int, day: datetime.date) -> bool:
        """Whether the row of this key and day stands in the month, late or not."""
        if key in self.listed_elsewhere:
            return False
        month = day.replace(day=1)
        return (
            month == self.month
            or month in self.late_months
            or (month < self.month and key in self.listed_here)
        )


def listings(community, section: str, month: datetime.date, words: Iterable[str]) -> dict[str, Listing]:
    """What the published months say of the rows that this section counted by each word (`Basis.counted`). One query."""
    published = published_rows(community, section)
    counted_here = published.pop(month, {})
    is_newest = not any(other > month for other in published)
    return {
        word: Listing(
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
    """Whether its numbers were computed since it was last published, or for the first time."""
    return bulletin.bases.filter(is_published=False).exists()


def store(bulletin: Bulletin, sections: list[dict]) -> list[dict]:
    """Keep what these computed sections counted, until they are published; returns them as a bulletin keeps them."""
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
    """Forget what was computed and not published."""
    bulletin.bases.filter(is_published=False).delete()


def publish(bulletin: Bulletin) -> None:
    """What was computed is published now, in place of what an earlier version counted."""
    computed = bulletin.bases.filter(is_published=False)
    bulletin.bases.filter(is_published=True, key__in=list(computed.values_list("key", flat=True))).delete()
    computed.update(is_published=True)
