"""To-do (待办): items due for a user, from every app (hook DUE), in every place where they hold a role."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.access.db_scope import APP, HEAD, STREET, scope
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
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
        return {"overdue": "逾期", "today": "今天", "soon": f"近{SOON_DAYS}天", "later": "以后或无期限"}[self]


@dataclass(frozen=True, slots=True)
class TodoItem:
    """A to-do item: what is due, in which community, how urgent it is."""

    due: Due
    community: CommunityRef
    urgency: Urgency
    date_words: str
    """Deadline or waiting since, in words."""

    @property
    def day(self) -> datetime.date | None:
        """Date that distinguishes this reminder from later ones."""
        return self.due.on or self.due.since


def todo_item(due: Due, community: CommunityRef, today: datetime.date) -> TodoItem:
    """The to-do item of something due, with its urgency today."""
    if due.on is None:
        if due.since is None:
            return TodoItem(due, community, Urgency.LATER, "")
        since = "今天起" if due.since >= today else f"{_day(due.since, today)}起"
        return TodoItem(due, community, Urgency.TODAY, f"{since}等待办理")
    days = (due.on - today).days
    if days < 0:
        return TodoItem(due, community, Urgency.OVERDUE, f"应于{_day(due.on, today)}前，已逾期{-days}天")
    if days == 0:
        return TodoItem(due, community, Urgency.TODAY, "今天到期")
    urgency = Urgency.SOON if days <= SOON_DAYS else Urgency.LATER
    return TodoItem(due, community, urgency, f"{_day(due.on, today)}前")


def _day(day: datetime.date, today: datetime.date) -> str:
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def community_todo(access: Access, community: CommunityRef, today: datetime.date) -> list[TodoItem]:
    """To-do of this user in one community, by the roles held there. Runs in the scope of the desk (`/c/…`)."""
    return _sorted(todo_item(due, community, today) for due in _dues(access.within(APP), community, today))


def todo_of(access: Access, today: datetime.date) -> list[TodoItem]:
    """To-do of this user in all places. Opens the scope of each URL space in which they hold a role, read-only."""
    entries = []
    for space in (APP, HEAD, STREET):
        access_in_space = access.within(space)
        if places := access_in_space.places(space):
            with scope(space, user_id=access.user.pk, **access_in_space.scope_arguments(space)):
                entries += [
                    todo_item(due, place, today)
                    for place in places
                    for due in _dues(access_in_space, place, today)
                ]
    return _sorted(entries)


def _dues(access: Access, community: CommunityRef, today: datetime.date) -> list[Due]:
    return list(call_hooks(Hook.DUE, access, community, today))


def _sorted(entries: Iterable[TodoItem]) -> list[TodoItem]:
    """By urgency, then by date; items without a date last."""
    order = list(Urgency)
    undated = datetime.date.max
    return sorted(entries, key=lambda e: (order.index(e.urgency), e.day or undated, e.community.id))


def grouped_by_urgency(entries: Iterable[TodoItem]) -> list[tuple[Urgency, list[TodoItem]]]:
    """The entries grouped by urgency, without empty groups."""
    entries = list(entries)
    groups = [(urgency, [entry for entry in entries if entry.urgency == urgency]) for urgency in Urgency]
    return [(urgency, members) for urgency, members in groups if members]


def count_urgent(entries: Iterable[TodoItem]) -> int:
    """Number of items overdue or due today, shown beside 待办."""
    return sum(entry.urgency in (Urgency.OVERDUE, Urgency.TODAY) for entry in entries)
