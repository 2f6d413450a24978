"""Hooks of phones: menu line."""

from portal.access.permissions import Permission
from portal.hooks.menu import add_menu_page

add_menu_page("组织", "楼道长手机", "community:phone_list", Permission.PLACES_EDIT, 25)
