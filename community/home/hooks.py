"""Menu line of the desk."""

from portal.access.permissions import Permission
from portal.hooks.menu import DeskArea, add_menu_page

add_menu_page(DeskArea.TODAY, "今天要办的事", "community:community_home", Permission.PROFILE_VIEW, 10)
