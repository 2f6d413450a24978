"""Menu of a community's pages: registers by their declaration, other pages by `add_menu_page`."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from portal.access.user_access import Access, CommunityRef
from portal.hooks.menu import GROUPS, MenuEntry, menu_entries
from portal.registers.registry import all_registers


def _items() -> list[MenuEntry]:
    registers = [
        MenuEntry(
            register.menu, register.heading, f"{register.label}_list", register.view, register.menu_order
        )
        for register in all_registers()
        if register.menu
    ]
    return sorted([*menu_entries, *registers], key=lambda item: (GROUPS.index(item.group), item.order))


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a community with its menu group, label and URL."""

    group: str
    label: str
    url: str


def pages_of(access: Access, community: CommunityRef) -> Iterator[Page]:
    """The pages that this user may open: menu entries, and the import pages of registers."""
    yield from _visible_pages(access, community)
    for register in all_registers():
        if register.import_right and access.can(register.import_right, community):
            yield Page(register.menu, f"导入{register.heading}", register.url("import", community))


def menu_of(access: Access, community: CommunityRef, path: str) -> list[tuple[str, list[dict]]]:
    """Menu groups with the entries this user may open; the entry of the current page is marked."""
    groups: dict[str, list[dict]] = {}
    for line in _visible_pages(access, community):
        entry = {"label": line.label, "url": line.url, "current": path.startswith(line.url)}
        groups.setdefault(line.group, []).append(entry)
    return list(groups.items())


def _visible_pages(access: Access, community: CommunityRef) -> Iterator[Page]:
    for item in _items():
        if access.can(item.permission, community):
            yield Page(item.group, item.label, reverse(item.url_name, kwargs={"community": community.code}))
