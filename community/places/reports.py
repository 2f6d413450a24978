"""Counts of the territory: buildings, stairwells, areas, groups and their heads."""

from dataclasses import dataclass

from django.db.models import Count, Q

from community.places.models import Area, Building, HeadAppointment, Stairwell


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """Counts of the territory, without non-residential buildings."""

    buildings: int
    stairwells: int
    areas: int
    resident_groups: int
    resident_group_heads: int
    """Groups with a head today; a group counts once on the day its head changes."""
    stairwell_heads: int


def place_counts(community) -> PlaceCounts:
    """Count the territory of `community` as it is now, in four queries."""
    residential = Q(use=Building.Use.RESIDENTIAL)
    areas = Area.objects.of(community).aggregate(
        areas=Count("id", filter=Q(kind=Area.Kind.AREA)),
        resident_groups=Count("id", filter=Q(kind=Area.Kind.GROUP)),
    )
    heads = (
        HeadAppointment.objects.of(community)
        .current()
        .aggregate(
            resident_group_heads=Count("area", filter=Q(area__kind=Area.Kind.GROUP), distinct=True),
            stairwell_heads=Count(
                "stairwell", filter=Q(stairwell__building__use=Building.Use.RESIDENTIAL), distinct=True
            ),
        )
    )
    return PlaceCounts(
        buildings=Building.objects.of(community).filter(residential).count(),
        stairwells=Stairwell.objects.of(community).filter(building__use=Building.Use.RESIDENTIAL).count(),
        **areas,
        **heads,
    )
