"""Areas of the desk, and what features put into them: pages, tools and acts. Registers stand there by their declaration."""

from dataclasses import dataclass
from enum import StrEnum

from portal.access.permissions import Permission


class DeskArea(StrEnum):
    """An area (工作区) of a community's desk, in the order of the page head. The value stands in addresses."""

    TODAY = "today"
    PEOPLE = "people"
    WELFARE = "welfare"
    SERVICES = "services"
    PARTY = "party"
    SAFETY = "safety"
    COUNCIL = "council"
    PUBLICITY = "publicity"
    SETTINGS = "settings"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = dict(
    zip(
        DeskArea,
        ("今天", "居民", "民生", "服务", "党建", "平安", "议事财务", "公开", "社区设置"),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class MenuPage:
    """A page of an area, shown to holders of `permission` in the community. `url_name` takes the community's code.

    line: menu line of which the page is a tab; a page without one is a line of its own.
    is_tool: stands below the pages of daily use.
    """

    area: DeskArea
    label: str
    url_name: str
    permission: Permission
    order: int = 50
    line: str = ""
    is_tool: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """An act of an area (新增低保户, 上月公开), for the area's front page and the search box. `url_name` as for a page.

    other_name: by which the search box finds it besides (登记低保).
    """

    area: DeskArea
    label: str
    url_name: str
    permission: Permission
    order: int = 50
    other_name: str = ""


menu_pages: list[MenuPage] = []
acts: list[Act] = []


def add_menu_page(
    area: DeskArea,
    label: str,
    url_name: str,
    permission: Permission,
    order: int = 50,
    *,
    line: str = "",
    is_tool: bool = False,
) -> None:
    """Add a page that is not the list of a register to an area."""
    menu_pages.append(MenuPage(area, label, url_name, permission, order, line, is_tool))


def add_act(area: DeskArea, label: str, url_name: str, permission: Permission, order: int = 50) -> None:
    """Add an act besides the registration of a new row, which each register of an area has."""
    acts.append(Act(area, label, url_name, permission, order))
