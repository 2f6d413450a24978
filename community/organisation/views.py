"""Organisation page (组织网络): tree of bodies, tree of areas, groups and stairwells with their heads, and units by kind."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import chain

from django.shortcuts import render

from community.organisation.bodies_tree import bodies_tree
from community.places.models import Area, HeadAppointment, Stairwell
from community.units.models import Unit
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs


@dataclass
class Branch:
    """Node of the tree: a place with its head and the places below it."""

    name: str
    url: str
    head: str
    below: list["Branch"] = field(default_factory=list)

    @property
    def stairwells(self) -> int:
        """Number of stairwells below; a stairwell counts itself."""
        return sum(branch.stairwells for branch in self.below) if self.below else 1


@needs(Permission.PLACES_VIEW)
def organisation(request):
    """The trees of the community, without absent levels (eight queries)."""
    permission, community = Permission.PLACES_VIEW, request.community
    appointments = (
        rows(HeadAppointment, request.access, permission, community).current().select_related("person")
    )
    heads = {(a.area_id, a.stairwell_id): a.person.name for a in appointments}
    area_url = community.url("community:area_list")
    stairwell_url = community.url("community:stairwell_list")

    below = defaultdict(list)
    for stairwell in rows(Stairwell, request.access, permission, community).order_by("sort", "id"):
        head = heads.get((None, stairwell.id), "")
        below[stairwell.area_id].append(Branch(stairwell.label, f"{stairwell_url}{stairwell.uuid}/", head))
    areas = list(rows(Area, request.access, permission, community).order_by("number", "name"))
    children = defaultdict(list)
    for area in areas:
        children[area.parent_id].append(area)

    def branch(area: Area) -> Branch:
        node = Branch(area.name, f"{area_url}{area.uuid}/", heads.get((area.id, None), ""))
        node.below = [*(branch(child) for child in children[area.id]), *below[area.id]]
        return node

    kinds_of_units = rows(Unit, request.access, Permission.UNITS_VIEW, community).order_by()
    units = Counter(chain.from_iterable(kinds_of_units.values_list("kinds", flat=True)))
    unit_url = community.url("community:unit_list")
    return render(
        request,
        "community/organisation/organisation.html",
        {
            "branches": [branch(area) for area in children[None]],
            "loose": below[None],
            "bodies": bodies_tree(request.access, community),
            "units": [(label, units[kind], f"{unit_url}?kind={kind}") for kind, label in Unit.Kind.choices],
        },
    )
