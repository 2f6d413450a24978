"""Hooks of the population statistics: their page in the menu."""

from portal.menu import page
from portal.permissions import Permission

page("人口与房屋", "人口统计", "residents:statistics", Permission.FIGURES_VIEW, 52)
