from partybuilding.public_board.models import PartyBoard
from portal.forms.forms import RowForm


class PartyBoardForm(RowForm):
    """Whether the board is published, and its introduction."""

    class Meta:
        model = PartyBoard
        fields = ("is_published", "introduction")
