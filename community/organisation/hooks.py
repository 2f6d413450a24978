"""Hooks of organisation: menu line."""

from portal.access.permissions import Permission
from portal.hooks.menu import page

page("组织", "组织网络", "community:organisation", Permission.PLACES_VIEW, 5)
