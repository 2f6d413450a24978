"""Hooks of the population statistics: their page in the menu."""

from portal.access.permissions import Permission
from portal.hooks.menu import page

page("人口与房屋", "人口统计", "residents:statistics", Permission.FIGURES_VIEW, 52)
