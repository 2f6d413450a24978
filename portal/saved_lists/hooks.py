"""Menu line of saved lists."""

from portal.access.permissions import Permission
from portal.hooks.menu import page

page("人口与房屋", "常用名单", "portal:saved_lists", Permission.PEOPLE_NAMES, 60)
