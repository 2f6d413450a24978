"""Menu lines of the portal's own pages."""

from portal.menu import page
from portal.permissions import Permission

page("社区", "查阅记录", "portal:access_log", Permission.ACCESS_LOG_VIEW, 90)
page("人口与房屋", "常用名单", "portal:saved_lists", Permission.PEOPLE_NAMES, 60)
page("社区", "保存期限", "portal:retention", Permission.ACCESS_LOG_VIEW, 95)
