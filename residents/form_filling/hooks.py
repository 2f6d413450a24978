"""Hooks of form filling: its page in the menu."""

from portal.access.permissions import Permission
from portal.hooks.menu import DeskArea, add_menu_page

add_menu_page(
    DeskArea.PEOPLE,
    "填表",
    "residents:filling_list",
    Permission.PEOPLE_EXPORT,
    80,
    line="填表和名单",
    is_tool=True,
)
