"""Hooks of phones: menu line."""

from portal.menu import page
from portal.permissions import Permission

page("组织", "楼道长手机", "community:phone_list", Permission.PLACES_EDIT, 25)
