"""Hooks of notices: the scan of public texts for personal data."""

from collections.abc import Collection, Iterator

from community.communities.models import Community
from community.notices.personal_data import TextFinding, TextPiece, scan_texts
from portal.hooks.registry import Hook, hook


@hook(Hook.PERSONAL_DATA)
def personal_data_in(
    community: Community, label: str, text: str, phones: Collection[str] = ()
) -> Iterator[TextFinding]:
    """What looks like personal data in one text that others can read once it is saved."""
    yield from scan_texts(community, [TextPiece(label, text)], phones=phones)
