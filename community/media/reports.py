"""Counts of publicity media."""

from decimal import Decimal

from django.db.models import Count, Sum

from community.media.models import Medium


def media_counts(community) -> dict[str, int | Decimal]:
    """Publicity media by kind; slogans in metres."""
    counts = dict.fromkeys(Medium.Kind.values, 0)
    for kind, number, metres in (
        Medium.objects.of(community)
        .order_by()
        .values_list("kind")
        .annotate(number=Count("id"), metres=Sum("length_m"))
    ):
        counts[kind] = metres if kind == Medium.Kind.SLOGAN else number
    return counts
