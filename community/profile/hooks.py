"""Hooks of profile: menu line."""

from portal.access.permissions import Permission
from portal.hooks.menu import DeskArea, add_menu_page

add_menu_page(
    DeskArea.SETTINGS, "社区概况", "community:profile_edit", Permission.PROFILE_EDIT, 10, line="社区概况"
)
