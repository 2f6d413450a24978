"""Hooks of the public board: menu, tile of the public front page, section of the bulletin."""

from collections.abc import Iterator

from django.urls import reverse

from partybuilding.public_board.bulletin_section import drill_down_rows, sections
from partybuilding.public_board.queries import is_published
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.hooks.tracking import PublicTile

add_menu_page(DeskArea.PARTY, "党建公示", "partybuilding:party_board", P.PARTY, 80, is_tool=True)

hook(Hook.BULLETIN_SECTIONS)(sections)
hook(Hook.BULLETIN_ROWS)(drill_down_rows)


@hook(Hook.PUBLIC_TILES)
def board_tile(community) -> Iterator[PublicTile]:
    """The board, while it is published."""
    if is_published(community):
        url = reverse("partybuilding:public_party", kwargs={"code": community.code})
        yield PublicTile("党建公示", "党组织、职务和党员岗位", url, 35)
