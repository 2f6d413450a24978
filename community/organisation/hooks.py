"""Hooks of organisation: menu line."""

from portal.access.permissions import Permission
from portal.hooks.menu import add_menu_page

add_menu_page("组织", "组织网络", "community:organisation", Permission.PLACES_VIEW, 5)
