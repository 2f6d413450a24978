"""Hooks of organisation: menu line."""

from portal.menu import page
from portal.permissions import Permission

page("组织", "组织网络", "community:organisation", Permission.PLACES_VIEW, 5)
