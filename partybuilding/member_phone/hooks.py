"""Hooks of members' phones: menu line."""

from partybuilding.duties.registers import LINE
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea, add_menu_page

add_menu_page(DeskArea.PARTY, "党员手机", "partybuilding:member_phones", P.BRANCH, 44, line=LINE)
