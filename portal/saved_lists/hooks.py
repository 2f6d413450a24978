"""Menu line of saved lists."""

from portal.access.permissions import Permission
from portal.hooks.menu import DeskArea, add_menu_page

add_menu_page(
    DeskArea.PEOPLE,
    "常用名单",
    "portal:saved_lists",
    Permission.PEOPLE_NAMES,
    81,
    line="填表和名单",
    is_tool=True,
)
