"""Links to the chart of a building from the pages of the building and of its stairwells."""

from community.places.models import Building, Stairwell
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link


def _link(building: Building, community) -> list[Link]:
    return [Link("楼幢图", community.url("residents:building_chart", building=building.uuid), primary=True)]


@extend
class BuildingChartLink(RegisterExtension):
    model = Building

    def links(self, row, access, community):
        return _link(row, community)


@extend
class StairwellChartLink(RegisterExtension):
    model = Stairwell

    def links(self, row, access, community):
        return _link(row.building, community)
