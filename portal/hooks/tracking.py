"""Hooks TRACK and PUBLIC_TILES: what the public site shows of features that it does not know."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TrackedStep:
    """A step as the holder of the code sees it: what happened, and a public reply; never personal data.

    has_time: whether the time of day is known besides the day.
    """

    at: datetime.datetime
    title: str
    text: str = ""
    has_time: bool = True


@dataclass(frozen=True, slots=True)
class TrackedCase:
    """What a tracking code opens: a title without personal data, the state in words, public steps, and what can be done.

    acts: what the holder of the code may do now: `add`, `withdraw`, `satisfied`, `dissatisfied`.
    take: (act, text) takes one of them in the public database role; raises Refusal.
    due: day until which an answer is due, or None.
    """

    title: str
    state: str
    received_at: datetime.datetime
    steps: tuple[TrackedStep, ...] = ()
    acts: tuple[str, ...] = ()
    due: datetime.date | None = None
    take: Callable[[str, str], None] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PublicTile:
    """A tile of a community's public front page: what a resident comes for."""

    title: str
    text: str
    url: str
    order: int = 50
