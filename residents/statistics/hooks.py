"""Hooks of the population statistics: their page in the menu."""

from portal.access.permissions import Permission
from portal.hooks.menu import add_menu_page

add_menu_page("人口与房屋", "人口统计", "residents:statistics", Permission.FIGURES_VIEW, 52)
