"""Pages that a feature puts into the menu; registers are there by their own declaration."""

from dataclasses import dataclass

from portal.access.permissions import Permission

GROUPS = ("日常", "人口与房屋", "重点人群", "组织", "公开", "社区")


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A menu entry, shown to holders of `permission` in the community."""

    group: str
    label: str
    url_name: str
    permission: Permission
    order: int = 50


menu_entries: list[MenuEntry] = []


def add_menu_page(group: str, label: str, url_name: str, permission: Permission, order: int = 50) -> None:
    """Add a page that is not a register to the menu. `url_name` takes the community's code."""
    menu_entries.append(MenuEntry(group, label, url_name, permission, order))
