"""Hooks of dated rules: menu line."""

from portal.access.permissions import Permission
from portal.hooks.menu import add_menu_page

add_menu_page("社区", "期限规定", "community:rule_list", Permission.PROFILE_EDIT, 15)
