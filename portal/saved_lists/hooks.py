"""Menu line of saved lists."""

from portal.access.permissions import Permission
from portal.hooks.menu import add_menu_page

add_menu_page("人口与房屋", "常用名单", "portal:saved_lists", Permission.PEOPLE_NAMES, 60)
