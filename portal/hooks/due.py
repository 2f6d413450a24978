"""Hook DUE: items of the to-do."""

import datetime
from dataclasses import dataclass

from portal.access.user_access import CommunityRef


@dataclass(frozen=True, slots=True)
class Due:
    """An item due for a user: the community it belongs to, title, deadline, and the page where it is done.

    on: deadline (last day in time).
    since: date since when somebody waits for it. Without `on` it is due today; without both it has no date.
    key: stable name among the user's items where the URL is not enough (the title may contain a count).
        Another `on` is another occasion to remind.
    """

    community: CommunityRef
    title: str
    url: str
    action: str
    on: datetime.date | None = None
    count: int = 1
    since: datetime.date | None = None
    key: str = ""

    @property
    def name(self) -> str:
        """The key, or else the URL."""
        return self.key or self.url
