"""Hooks of dated rules: menu line."""

from portal.access.permissions import Permission
from portal.hooks.menu import DeskArea, add_menu_page

add_menu_page(DeskArea.SETTINGS, "期限规定", "community:rule_list", Permission.PROFILE_EDIT, 30)
