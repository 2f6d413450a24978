"""Areas of a community's desk: their menus, tabs and acts, as the features declare them (`portal.hooks.menu`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from django.urls import reverse

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.hooks.menu import Act, DeskArea, MenuPage, acts, menu_pages
from portal.registers.registry import all_registers

IMPORT_LINE = "导入"
_IMPORTS = 70
"""Order of the imports in an area: the first of its tools."""
MOST_LINES = 9
"""Lines of an area's menu; more of them are not taken in at a glance (`tests/portal/menu/`)."""


@cache
def all_pages() -> tuple[MenuPage, ...]:
    """Pages of all areas in the order of their menus: added ones, the lists of registers, and their imports."""
    pages = list(menu_pages)
    for register in all_registers():
        if register.menu is None:
            continue
        of = {"area": register.menu, "order": register.menu_order}
        pages.append(
            MenuPage(
                label=register.heading,
                url_name=f"{register.label}_list",
                permission=register.view,
                line=register.menu_line,
                **of,
            )
        )
        if register.import_right:
            pages.append(_import_page(register))
    areas = list(DeskArea)
    return tuple(sorted(pages, key=lambda page: (areas.index(page.area), page.order)))


def _import_page(register) -> MenuPage:
    return MenuPage(
        register.menu,
        f"导入{register.heading}",
        f"{register.label}_import",
        register.import_right,
        _IMPORTS + register.menu_order / 1000,
        line=IMPORT_LINE,
        is_tool=True,
    )


@cache
def all_acts() -> tuple[Act, ...]:
    """Acts of all areas in their order: added ones, and the registration of a new row in each register."""
    registrations = (
        Act(
            register.menu,
            register.create_label,
            f"{register.label}_create",
            register.edit,
            register.menu_order,
            other_name=f"登记{register.unit}",
        )
        for register in all_registers()
        if register.menu and register.edit
    )
    areas = list(DeskArea)
    return tuple(sorted((*acts, *registrations), key=lambda act: (areas.index(act.area), act.order)))


@dataclass(frozen=True, slots=True)
class Entry:
    """A page or an act with its address in a community. `name` is its URL name, which own links store."""

    area: DeskArea
    label: str
    name: str
    permission: Permission
    url: str
    line: str = ""
    is_tool: bool = False
    other_name: str = ""


@lru_cache(maxsize=512)
def page_entries(code: str) -> tuple[Entry, ...]:
    """All pages of the community with this code, whoever may open them."""
    return tuple(
        Entry(p.area, p.label, p.url_name, p.permission, _url(p.url_name, code), p.line, p.is_tool)
        for p in all_pages()
    )


@lru_cache(maxsize=512)
def _act_entries(code: str) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            act.area,
            act.label,
            act.url_name,
            act.permission,
            _url(act.url_name, code),
            other_name=act.other_name,
        )
        for act in all_acts()
    )


def _url(name: str, code: str) -> str:
    return reverse(name, kwargs={"community": code})


def pages_of(access: Access, community: CommunityRef) -> list[Entry]:
    """The pages that this user may open, in the order of the menus."""
    return [page for page in page_entries(community.code) if access.can(page.permission, community)]


def acts_of(access: Access, community: CommunityRef, area: DeskArea | None = None) -> list[Entry]:
    """The acts of all areas, or of one, that this user may do."""
    return [
        act
        for act in _act_entries(community.code)
        if area in (None, act.area) and access.can(act.permission, community)
    ]


def entry_at(path: str, code: str) -> Entry | None:
    """The page of a menu at or above this path, whoever may open it; the desk is above none but itself."""
    desk = _url("community:community_home", code)
    above = [
        page
        for page in page_entries(code)
        if path == page.url or (page.url != desk and path.startswith(page.url))
    ]
    return max(above, key=lambda page: len(page.url), default=None)


def area_of(url: str, community: CommunityRef) -> DeskArea | None:
    """The area to which the page at this address belongs; None for what stands in no menu."""
    entry = entry_at(url.partition("?")[0].partition("#")[0], community.code)
    return entry and entry.area


def area_url(area: DeskArea, community: CommunityRef) -> str:
    """The front page of an area; that of 今天 is the desk."""
    return _area_urls(community.code)[area]


@lru_cache(maxsize=512)
def _area_urls(code: str) -> dict[DeskArea, str]:
    """The front pages of all areas of the community with this code, which stand on each of its pages."""
    urls = {
        area: reverse("community:desk_area", kwargs={"community": code, "area": area.value})
        for area in DeskArea
    }
    return urls | {DeskArea.TODAY: _url("community:community_home", code)}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an area's menu, with its tabs."""

    label: str
    tabs: tuple[Entry, ...]
    is_tool: bool = False

    @property
    def url(self) -> str:
        return self.tabs[0].url


def lines_of(pages: Iterable[Entry]) -> list[Line]:
    """The lines of a menu: pages of one line are its tabs. A line with one tab has the name of that page."""
    lines: dict[str, list[Entry]] = {}
    for page in pages:
        lines.setdefault(page.line or page.name, []).append(page)
    menu = [
        Line(tabs[0].label if len(tabs) == 1 else name, tuple(tabs), any(page.is_tool for page in tabs))
        for name, tabs in lines.items()
    ]
    return sorted(menu, key=lambda line: line.is_tool)
