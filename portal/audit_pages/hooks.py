"""Menu line of the access log."""

from portal.access.permissions import Permission
from portal.hooks.menu import add_menu_page

add_menu_page("社区", "查阅记录", "portal:access_log", Permission.ACCESS_LOG_VIEW, 90)
