"""The frame of a community's page: areas in the page head, the area's menu, tabs, breadcrumbs and the pin."""

from dataclasses import dataclass
from functools import cached_property

from portal.hooks.menu import DeskArea
from portal.menu.menu import IMPORT_LINE, Entry, Line, area_url, entry_at, lines_of, pages_of
from portal.menu.own_links import key_of, links_of
from portal.registers.panels import Link


@dataclass(frozen=True, slots=True)
class AreaLink:
    """An area in the page head."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Pin:
    """The pin of the page: its key, and whether the user has pinned it."""

    key: str
    is_set: bool


class PageFrame:
    """Worked out when a template asks; everything but the pin without a query."""

    def __init__(self, request):
        self._request = request
        self._access, self._community = request.access, request.community

    @cached_property
    def _pages(self) -> list[Entry]:
        return pages_of(self._access, self._community)

    @cached_property
    def _entry(self) -> Entry | None:
        """The page of a menu at or above this one."""
        return entry_at(self._request.path, self._community.code)

    @cached_property
    def area(self) -> DeskArea | None:
        """The area of this page; None for a page of no area, beside which the menu of 今天 stands."""
        fronts = {area_url(area, self._community): area for area in DeskArea}
        return fronts.get(self._request.path) or (self._entry.area if self._entry else None)

    @cached_property
    def areas(self) -> list[AreaLink]:
        """The areas in which the user has anything."""
        used = {page.area for page in self._pages}
        return [
            AreaLink(area.label, area_url(area, self._community), area is self.area)
            for area in DeskArea
            if area in used
        ]

    @cached_property
    def lines(self) -> list[tuple[Line, bool]]:
        """The menu of the area, and which line the page belongs to."""
        area = self.area or DeskArea.TODAY
        return [
            (line, self._entry in line.tabs) for line in lines_of(p for p in self._pages if p.area is area)
        ]

    @cached_property
    def menu_label(self) -> str:
        return (self.area or DeskArea.TODAY).label

    @cached_property
    def _line(self) -> Line | None:
        return next((line for line, is_current in self.lines if is_current), None)

    @cached_property
    def tabs(self) -> list[tuple[Entry, bool]]:
        """The tabs of the page, where it is one, and which of them it is."""
        is_tab = self._line and len(self._line.tabs) > 1 and self._request.path == self._entry.url
        return [(tab, tab == self._entry) for tab in self._line.tabs] if is_tab else []

    @property
    def tabs_label(self) -> str:
        return self._line.label if self._line else ""

    @cached_property
    def crumbs(self) -> list[Link]:
        """Area, if the user has its front page, and menu line, before the page's own breadcrumbs, which begin with the list above a row."""
        if self.area is None or self._request.path == area_url(self.area, self._community):
            return []
        links = [Link(area.label, area.url) for area in self.areas if area.is_current]
        if self._entry is None or self._request.path == self._entry.url:
            return links
        line = self._line
        if line and len(line.tabs) > 1 and line.label not in (IMPORT_LINE, self._entry.label):
            links.append(Link(line.label, line.url))
        # 居民 / 居民: the list has the name of its area.
        return [link for link in links if link.label != self._entry.label]

    @cached_property
    def pin(self) -> Pin | None:
        """None for a page that cannot be pinned, and for what is not the page that was asked for."""
        match = self._request.resolver_match
        key = key_of(match.view_name, match.kwargs, self._community.code) if match else ""
        if not key:
            return None
        links = self._request.own_links = links_of(self._access.user.pk, self._community)
        return Pin(key, key in links.pins)
