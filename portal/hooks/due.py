"""Hook DUE: items of the to-do."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from portal.access.user_access import CommunityRef


class DueKind(StrEnum):
    """What an item asks of the user."""

    WORK = "work"
    """To be done by the user."""
    DECISION = "decision"
    """Submitted by somebody else, and waiting for this user's decision (等我决定)."""
    WAITING = "waiting"
    """Submitted or handed on by this user, and waiting for somebody else; never counted, never reminded of."""


@dataclass(frozen=True, slots=True)
class Due:
    """An item due for a user: the community it belongs to, title, deadline, and the page where it is done.

    on: deadline (last day in time).
    since: date since when somebody waits for it. Without `on` it is due today; without both it has no date.
    count: number of things that the item stands for; the date is that of the first of them.
    key: stable name among the user's items where the URL is not enough (the title may contain a count).
        Another `on` is another occasion to remind.
    fold: what several items of one kind are called together (任务); they are folded into one line of that name.
    """

    community: CommunityRef
    title: str
    url: str
    action: str
    on: datetime.date | None = None
    count: int = 1
    since: datetime.date | None = None
    key: str = ""
    kind: DueKind = DueKind.WORK
    fold: str = ""

    @property
    def name(self) -> str:
        """The key, or else the URL."""
        return self.key or self.url
