"""The place that is counted, as query condition and as query parameters."""

from dataclasses import dataclass

from django.db.models import Q

from community.models import Area, Stairwell


def in_area(area: Area | None, path: str) -> Q:
    """Condition: in an area or its groups; None: in no area. `path`: lookup path to the dwelling."""
    at = f"{path}stairwell__area"
    if area is None:
        return Q(**{f"{at}__isnull": True})
    return Q(**{at: area}) | Q(**{f"{at}__parent": area})


def in_stairwell(stairwell: Stairwell | None, path: str) -> Q:
    """Condition: at a stairwell; None: at none, like a shop or a collective household."""
    at = f"{path}stairwell"
    return Q(**{f"{at}__isnull": True}) if stairwell is None else Q(**{at: stairwell})


NOWHERE = "null"
"""Query value for no area or no stairwell."""


@dataclass(frozen=True, slots=True)
class Place:
    """An area, a stairwell, or with neither the whole community."""

    area: Area | None = None
    stairwell: Stairwell | None = None

    @property
    def is_whole(self) -> bool:
        return self.area is None and self.stairwell is None

    @property
    def name(self) -> str:
        return str(self.stairwell or self.area or "")

    def q(self, path: str) -> Q:
        """Condition on rows with the dwelling at lookup path `path`."""
        if self.stairwell:
            return in_stairwell(self.stairwell, path)
        return in_area(self.area, path) if self.area else Q()

    def parameters(self, before: str = "") -> dict[str, str]:
        """Query parameters of a list of this place; `before`: prefix such as `hukou_`."""
        if self.stairwell:
            return {f"{before}stairwell": str(self.stairwell.uuid)}
        return {f"{before}area": str(self.area.uuid)} if self.area else {}
