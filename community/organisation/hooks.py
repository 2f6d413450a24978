"""Hooks of organisation: menu line."""

from portal.access.permissions import Permission
from portal.hooks.menu import DeskArea, add_menu_page

add_menu_page(
    DeskArea.PEOPLE, "组织网络", "community:organisation", Permission.PLACES_VIEW, 60, line="组织网络"
)
