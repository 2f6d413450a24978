"""Groups of the to-do: what waits for the user's decision, what is due when, and what waits for others."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.access.user_access import CommunityRef
from portal.hooks.due import DueKind
from portal.todo.todo import SOON_DAYS, TodoItem, Urgency

FOLD_FROM = 3
"""Number of items of one kind from which they are folded into one line."""


class Group(StrEnum):
    """Group of the to-do, in the order of the page."""

    DECISION = "decision"
    NOW = "now"
    SOON = "soon"
    LATER = "later"
    UNDATED = "undated"
    WAITING = "waiting"

    @property
    def label(self) -> str:
        return {
            "decision": "等我决定",
            "now": "逾期和今天",
            "soon": f"未来{SOON_DAYS}天",
            "later": f"{SOON_DAYS}天以后",
            "undated": "不限时间",
            "waiting": "我提交的，等别人",
        }[self]

    @property
    def needs_user(self) -> bool:
        """Whether its lines count beside 待办."""
        return self in (Group.DECISION, Group.NOW)


def group_of(item: TodoItem) -> Group:
    """The group of an item."""
    if item.due.kind is DueKind.DECISION:
        return Group.DECISION
    if item.due.kind is DueKind.WAITING:
        return Group.WAITING
    if item.urgency is Urgency.LATER:
        return Group.LATER if item.day else Group.UNDATED
    return Group.SOON if item.urgency is Urgency.SOON else Group.NOW


@dataclass(frozen=True, slots=True)
class TodoLine:
    """A line of the to-do: one item, or several of one kind in one community folded together, the first one first."""

    items: tuple[TodoItem, ...]

    @property
    def first(self) -> TodoItem:
        return self.items[0]

    @property
    def community(self) -> CommunityRef:
        return self.first.community

    @property
    def is_folded(self) -> bool:
        return len(self.items) > 1

    @property
    def title(self) -> str:
        return f"{self.first.due.fold} {len(self.items)}项" if self.is_folded else self.first.due.title

    @property
    def date_words(self) -> str:
        words = self.first.date_words
        return (
            f"最早{words}" if self.is_folded and words and not words.startswith(("今天", "最早")) else words
        )


@dataclass(frozen=True, slots=True)
class TodoGroup:
    """A group with its lines; never empty."""

    group: Group
    lines: list[TodoLine]

    @property
    def label(self) -> str:
        return self.group.label

    @property
    def needs_user(self) -> bool:
        return self.group.needs_user


def todo_groups(items: Iterable[TodoItem]) -> list[TodoGroup]:
    """The items by group, without empty groups, lines of one kind folded."""
    by_group: dict[Group, list[TodoItem]] = defaultdict(list)
    for item in items:
        by_group[group_of(item)].append(item)
    return [TodoGroup(group, _folded(by_group[group])) for group in Group if by_group[group]]


def _folded(items: list[TodoItem]) -> list[TodoLine]:
    """The items as lines, in their order; a folded line stands where its first item stood."""
    by_kind: dict[tuple, list[TodoItem]] = defaultdict(list)
    for item in items:
        by_kind[item.community.id, item.due.fold].append(item)
    lines = []
    for item in items:
        of_kind = by_kind[item.community.id, item.due.fold]
        if not item.due.fold or len(of_kind) < FOLD_FROM:
            lines.append(TodoLine((item,)))
        elif item is of_kind[0]:
            lines.append(TodoLine(tuple(of_kind)))
    return lines
