"""To-do (待办): items due for a user, from every app (hook DUE), in every place where they hold a role."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.access.db_scope import APP, HEAD, STREET, scope
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due, DueKind
from portal.hooks.registry import Hook, call_hooks

SOON_DAYS = 7


class Urgency(StrEnum):
    """Urgency; the first three values are those of `Reminder.Kind`."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"

    @property
    def label(self) -> str:
        return {
            "overdue": "逾期",
            "today": "今天",
            "soon": f"未来{SOON_DAYS}天",
            "later": f"{SOON_DAYS}天以后",
        }[self]


@dataclass(frozen=True, slots=True)
class TodoItem:
    """A to-do item: what is due, and how urgent it is."""

    due: Due
    urgency: Urgency
    date_words: str
    """Deadline or waiting since, in words."""

    @property
    def community(self) -> CommunityRef:
        return self.due.community

    @property
    def day(self) -> datetime.date | None:
        """Date that distinguishes this reminder from later ones."""
        return self.due.on or self.due.since


def todo_item(due: Due, today: datetime.date) -> TodoItem:
    """The to-do item of something due, with its urgency today."""
    words = _date_words(due, today)
    if words and due.count > 1 and not words.startswith("今天"):
        words = f"最早{words}"
    return TodoItem(due, _urgency(due, today), words)


def _urgency(due: Due, today: datetime.date) -> Urgency:
    """Urgency by the deadline. Whoever waits for a decision waits today, whatever its deadline."""
    if due.kind is DueKind.WAITING:
        return Urgency.LATER
    if due.on and due.on < today:
        return Urgency.OVERDUE
    if due.kind is DueKind.DECISION or due.on == today or (due.since and not due.on):
        return Urgency.TODAY
    if due.on and (due.on - today).days <= SOON_DAYS:
        return Urgency.SOON
    return Urgency.LATER


def _date_words(due: Due, today: datetime.date) -> str:
    since, until = due.since and short_day(due.since, today), due.on and f"{short_day(due.on, today)}到期"
    if until and due.on < today:
        until += f"，逾期{(today - due.on).days}天"
    if due.kind is DueKind.WAITING and since:
        days = (today - due.since).days
        words = f"{since}起，已等{days}天" if days > 0 else "今天起等待"
        return f"{words}；{until}" if until else words
    if until:
        return until
    return f"{since}收到，待办理" if since else ""


def short_day(day: datetime.date, today: datetime.date) -> str:
    """A day near today, as the to-do writes it: without the year where it is this one."""
    if day == today:
        return "今天"
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def community_todo(access: Access, community: CommunityRef, today: datetime.date) -> list[TodoItem]:
    """To-do of this user in one community, by the roles held there. Runs in the scope of the desk (`/c/…`)."""
    return _sorted(call_hooks(Hook.DUE, access.within(APP), (community,), today), today)


def todo_of(
    access: Access, today: datetime.date, only: Collection[CommunityRef] | None = None
) -> list[TodoItem]:
    """To-do of this user in all places, or in those of `only`, in a fixed number of queries for each URL space.

    Opens the scope of each URL space in which they hold a role, read-only.
    """
    dues: list[Due] = []
    for space in (APP, HEAD, STREET):
        access_in_space = access.within(space)
        places = [ref for ref in access_in_space.places(space) if only is None or ref in only]
        if places:
            with scope(space, user_id=access.user.pk, **access_in_space.scope_arguments(space)):
                dues += call_hooks(Hook.DUE, access_in_space, places, today)
    return _sorted(dues, today)


def _sorted(dues: Iterable[Due], today: datetime.date) -> list[TodoItem]:
    """As items, by urgency, then by date; those without a date last. What waits for others by how long it waits."""
    order = list(Urgency)

    def key(item: TodoItem) -> tuple:
        waits = item.due.since if item.due.kind is DueKind.WAITING else None
        return order.index(item.urgency), waits or item.day or datetime.date.max, item.community.id

    return sorted([todo_item(due, today) for due in dues], key=key)
