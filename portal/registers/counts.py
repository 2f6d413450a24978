"""Numbers of rows of several querysets in one query."""

from collections.abc import Sequence

from django.db.models import Count, QuerySet, Value


def count_together(querysets: Sequence[QuerySet]) -> list[int]:
    """Number of rows of each queryset, all of them counted in one query."""
    first, *others = [
        _plain(rows).order_by().values(counted=Value(place)).annotate(counted_rows=Count("*"))
        for place, rows in enumerate(querysets)
    ]
    counts = {row["counted"]: row["counted_rows"] for row in first.union(*others, all=True)}
    # A queryset that is known to be empty is left out by Django.
    return [counts.get(place, 0) for place in range(len(querysets))]


def _plain(rows: QuerySet) -> QuerySet:
    """The same rows without DISTINCT and GROUP BY, which would change how they are counted."""
    if rows.query.distinct or rows.query.group_by is not None:
        return rows.model._default_manager.filter(pk__in=rows.order_by().values("pk"))
    return rows
