"""Hooks of phones: menu line."""

from portal.access.permissions import Permission
from portal.hooks.menu import DeskArea, add_menu_page

add_menu_page(
    DeskArea.PEOPLE, "楼道长手机", "community:phone_list", Permission.PLACES_EDIT, 63, line="组织网络"
)
