"""The public board of the demo."""

from community.demo.parts import DemoCommunity, RunFor, demo_part
from partybuilding.public_board.models import PartyBoard


@demo_part(770, RunFor.SHOWCASE)
def publish_board(demo: DemoCommunity) -> None:
    """The board is published."""
    PartyBoard.objects.create(
        community=demo.community, is_published=True, introduction="党员有事找支部，居民有事找党员。"
    )
