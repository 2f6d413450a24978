"""Hooks of the population statistics: their page in the menu."""

from portal.access.permissions import Permission
from portal.hooks.menu import DeskArea, add_menu_page

add_menu_page(
    DeskArea.PEOPLE,
    "人口统计",
    "residents:statistics",
    Permission.FIGURES_VIEW,
    90,
    line="统计和体检",
    is_tool=True,
)
