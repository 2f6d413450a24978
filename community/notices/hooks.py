"""Hooks of notices: the scan of public texts for personal data."""

from collections.abc import Iterator

from community.communities.models import Community
from community.notices.personal_data import Content, Found, findings
from portal.hooks.registry import Kind, offer


@offer(Kind.PERSONAL_DATA)
def personal_data_in(community: Community, label: str, text: str) -> Iterator[Found]:
    """What looks like personal data in one text that everybody can read once it is saved."""
    yield from findings(community, [Content(label, text)])
