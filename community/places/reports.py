"""Counts of the territory: buildings, stairwells, areas, groups and their heads."""

from functools import cached_property

from django.db.models import Count, Q

from community.places.models import Area, Building, HeadAppointment, Stairwell


class PlaceCounts:
    """Counts of the territory of `community` as it is now, without non-residential buildings.

    Each is counted when it is read: areas together with groups, and heads of groups with those of stairwells.
    """

    def __init__(self, community):
        self.community = community

    @cached_property
    def buildings(self) -> int:
        return Building.objects.of(self.community).filter(use=Building.Use.RESIDENTIAL).count()

    @cached_property
    def stairwells(self) -> int:
        return Stairwell.objects.of(self.community).filter(building__use=Building.Use.RESIDENTIAL).count()

    @cached_property
    def by_area_kind(self) -> dict[str, int]:
        """Number of areas by their kind."""
        kinds = Area.objects.of(self.community).order_by().values_list("kind").annotate(Count("id"))
        return dict.fromkeys(Area.Kind.values, 0) | dict(kinds)

    @cached_property
    def heads(self) -> dict[str, int]:
        """Groups and stairwells with a head today; a group counts once on the day its head changes."""
        return (
            HeadAppointment.objects.of(self.community)
            .current()
            .aggregate(
                groups=Count("area", filter=Q(area__kind=Area.Kind.GROUP), distinct=True),
                stairwells=Count(
                    "stairwell", filter=Q(stairwell__building__use=Building.Use.RESIDENTIAL), distinct=True
                ),
            )
        )
