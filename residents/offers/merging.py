"""Hooks of merging: which records of people were merged."""

from collections.abc import Iterator

from portal.offers import Kind, offer
from residents.models import PersonMerge


@offer(Kind.MERGED_PEOPLE)
def merged_people(community) -> Iterator[tuple[int, int]]:
    """Id of the removed record and of the kept one, of every merge that was not undone, oldest first."""
    merges = PersonMerge.objects.of(community).standing().order_by("id")
    yield from merges.values_list("removed_id", "kept_id")
