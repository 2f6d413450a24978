"""Hooks of profile: menu line."""

from portal.menu import page
from portal.permissions import Permission

page("社区", "社区概况", "community:profile_edit", Permission.PROFILE_EDIT, 10)
