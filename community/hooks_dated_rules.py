"""Hooks of dated rules: menu line."""

from portal.menu import page
from portal.permissions import Permission

page("社区", "期限规定", "community:rule_list", Permission.PROFILE_EDIT, 15)
