"""The menu of a community's pages: registers by their own declaration, other pages by `page`."""

from dataclasses import dataclass

from django.urls import reverse

from portal.access import Access, CommunityRef
from portal.permissions import Permission
from portal.registers import all_registers

GROUPS = ("日常", "人口与房屋", "重点人群", "组织", "公开", "社区")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the menu, shown to whoever holds `permission` in the community."""

    group: str
    label: str
    url_name: str
    permission: Permission
    order: int = 50


_pages: list[Item] = []


def page(group: str, label: str, url_name: str, permission: Permission, order: int = 50) -> None:
    """Put a page that is no register into the menu. `url_name` takes the community's code."""
    _pages.append(Item(group, label, url_name, permission, order))


def _items() -> list[Item]:
    registers = [
        Item(register.menu, register.heading, f"{register.label}_list", register.view, register.menu_order)
        for register in all_registers()
        if register.menu
    ]
    return sorted([*_pages, *registers], key=lambda item: (GROUPS.index(item.group), item.order))


def menu_of(access: Access, community: CommunityRef, path: str) -> list[tuple[str, list[dict]]]:
    """Groups with the lines this user may open; the line of the page that is open is marked."""
    groups: dict[str, list[dict]] = {}
    for item in _items():
        if access.can(item.permission, community):
            url = reverse(item.url_name, kwargs={"community": community.code})
            line = {"label": item.label, "url": url, "current": path.startswith(url)}
            groups.setdefault(item.group, []).append(line)
    return list(groups.items())
