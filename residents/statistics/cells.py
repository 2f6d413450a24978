"""Parts of the tables of the statistics: cells, lines, and the URLs of the lists behind the numbers."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from portal.access.user_access import Access
from portal.charts.chart import Chart
from portal.registers.registers import Register
from residents.homes.registers import DwellingRegister, HouseholdRegister
from residents.people.registers import PersonRegister
from residents.statistics.counts import StatisticsCounts


@dataclass(frozen=True, slots=True)
class StatisticsCell:
    """A number with the URL of its list, or words in its place where it is hidden."""

    value: int | None
    url: str = ""
    words: str = ""

    @property
    def shown(self) -> int | str:
        return self.words or self.value


@dataclass(frozen=True, slots=True)
class StatisticsLine:
    """A row of a table. `url` narrows the statistics to the row's place."""

    label: str
    cells: tuple[StatisticsCell, ...]
    url: str = ""
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class StatisticsTable:
    """A table with its chart. `header` begins with the label of the lines."""

    key: str
    title: str
    header: tuple[str, ...]
    lines: tuple[StatisticsLine, ...]
    note: str = ""
    chart: Chart | None = None


class ListLinks:
    """URLs of the lists of a place's rows; empty for a register that this user may not open."""

    def __init__(self, access: Access, numbers: StatisticsCounts):
        self.access, self.community, self.place = access, numbers.community, numbers.place

    def people(self, count: int, **conditions) -> StatisticsCell:
        """People by where they live."""
        return self._cell(count, PersonRegister(), self.place.parameters() | conditions)

    def registered(self, count: int, **conditions) -> StatisticsCell:
        """People by where their hukou stands."""
        return self._cell(count, PersonRegister(), self.place.parameters("hukou_") | conditions)

    def households(self, count: int, **conditions) -> StatisticsCell:
        """Households with somebody in them."""
        return self._cell(
            count, HouseholdRegister(), self.place.parameters() | {"state": "occupied"} | conditions
        )

    def dwellings(self, count: int, **conditions) -> StatisticsCell:
        return self._cell(count, DwellingRegister(), self.place.parameters() | conditions)

    def _cell(self, count: int, register: Register, conditions: dict) -> StatisticsCell:
        if not count or not self.access.can(register.view, self.community):
            return StatisticsCell(count)
        query = f"?{urlencode(conditions)}" if conditions else ""
        return StatisticsCell(count, f"{register.url('list', self.community)}{query}")

    def page(self, **place) -> str:
        """The statistics of a part."""
        kwargs = {"community": self.community.code}
        return f"{reverse('residents:statistics', kwargs=kwargs)}?{urlencode(place)}"
