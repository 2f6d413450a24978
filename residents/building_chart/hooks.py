"""Links to the chart of a building from the pages of the building, its stairwells and dwellings."""

from community.places.models import Building, Stairwell
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link
from residents.homes.models import Dwelling


def _link(building: Building, community, *, primary: bool = True) -> list[Link]:
    url = community.url("residents:building_chart", building=building.uuid)
    return [Link("楼幢图", url, primary=primary)]


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


@extend
class DwellingChartLink(RegisterExtension):
    model = Dwelling

    def links(self, row, access, community):
        return _link(row.building, community, primary=False)
