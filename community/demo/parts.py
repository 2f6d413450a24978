"""Hook of the demo data: each feature makes its own rows, and the loader names no feature.

A feature declares a part in its module for the demo with `@demo_part(order, run_for)`. These modules are imported by
`load_demo` alone. All parts run in the order of their numbers, whatever the feature; one number holds one part.
"""

import datetime
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from django.db import connection

from community.communities.models import Community
from community.demo.numbers import NumberGenerator
from community.demo.plans import CommunityPlan

T = TypeVar("T")


class RealData(Exception):
    """There are communities or accounts that are no demo: invented people must not stand beside real ones."""


class RunFor(StrEnum):
    """What a part is called with, and how often."""

    DEMO = "demo"
    """Once, with the `Demo`; also when every community exists already."""
    EACH = "each"
    """With each `DemoCommunity`, new or not."""
    NEW = "new"
    """With each community that this run adds."""
    PEOPLED = "peopled"
    """With each added community that has residents."""
    SHOWCASE = "showcase"
    """With the community that shows every feature, if this run adds it."""


@dataclass(slots=True)
class Demo:
    """One run of the loader: what all communities share."""

    today: datetime.date
    password: str
    """Of all demo accounts."""
    say: Callable[[str], None]
    """Prints a line of progress."""
    communities: "list[DemoCommunity]" = field(default_factory=list)
    users: dict[str, Any] = field(default_factory=dict)
    """Demo accounts by username, once they are loaded."""


@dataclass(slots=True)
class DemoCommunity:
    """The context of the parts that make one community: its plan, its random stream, what earlier parts made.

    The stream gives the same rows for the same day, so parts draw from it in a fixed order.
    """

    demo: Demo
    plan: CommunityPlan
    community: Community
    is_new: bool
    rng: random.Random
    numbers: NumberGenerator
    _results: dict[type, Any] = field(default_factory=dict)

    @property
    def today(self) -> datetime.date:
        return self.demo.today

    @property
    def users(self) -> dict[str, Any]:
        return self.demo.users

    @property
    def recorder(self):
        """The account whose user keeps the register of this community."""
        return self.users[self.plan.recorder]

    def put(self, result: Any) -> None:
        """Leave a result for later parts, which `get` it by its class."""
        self._results[type(result)] = result

    def get(self, kind: type[T]) -> T:
        return self._results[kind]


@dataclass(frozen=True, slots=True)
class Part:
    order: int
    run_for: RunFor
    run: Callable[[Any], None]

    def targets(self, demo: Demo) -> Iterator[Demo | DemoCommunity]:
        """What this part is called with."""
        if self.run_for is RunFor.DEMO:
            yield demo
            return
        for each in demo.communities:
            if self._concerns(each):
                yield each

    def _concerns(self, each: DemoCommunity) -> bool:
        if self.run_for is RunFor.EACH:
            return True
        if self.run_for is RunFor.PEOPLED:
            return each.is_new and each.plan.mix is not None
        if self.run_for is RunFor.SHOWCASE:
            return each.is_new and each.plan.is_showcase
        return each.is_new


_parts: dict[int, Part] = {}


def demo_part(order: int, run_for: RunFor):
    """Decorator: this function makes a part of the demo data."""

    def declare(function: Callable[[Any], None]) -> Callable[[Any], None]:
        if order in _parts:
            raise ValueError(f"demo parts {_parts[order].run} and {function} both have number {order}")
        _parts[order] = Part(order, run_for, function)
        return function

    return declare


def demo_parts() -> list[Part]:
    """All declared parts in the order in which they run."""
    return [_parts[order] for order in sorted(_parts)]


def analyze(*models) -> None:
    """Update the planner's statistics after a bulk insert; until then it takes the tables for empty and joins them row by row."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in models)}")
