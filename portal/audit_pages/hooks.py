"""Menu line of the access log."""

from portal.access.permissions import Permission
from portal.hooks.menu import DeskArea, add_menu_page

add_menu_page(DeskArea.SETTINGS, "查阅记录", "portal:access_log", Permission.ACCESS_LOG_VIEW, 90)
