"""Hooks of form filling: its page in the menu."""

from portal.access.permissions import Permission
from portal.hooks.menu import add_menu_page

add_menu_page("人口与房屋", "填表", "residents:filling_list", Permission.PEOPLE_EXPORT, 70)
