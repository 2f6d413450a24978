"""Kinds of activities (活动类别). Features above declare kinds of their own, e.g. the meetings of party branches."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from community.bodies.kinds import BodyKind
from community.dated_rules.rules import value_of
from portal.access.permissions import Permission as P


@dataclass(frozen=True, slots=True)
class ActivityKind:
    """A kind of activity. `code` is stored.

    right: whoever may see and record activities of this kind; held at a body, for those of the body.
    bodies: kinds of the bodies that hold it, and then it is always held by one; empty: any body, or none.
    period: key of the dated rule with the months within which it is held once; empty: no period.
    participants: (activity) -> ids of the people who are expected; None: the members and post holders of the body.
    """

    code: str
    label: str
    right: P = P.ACTIVITIES
    bodies: frozenset[BodyKind] = frozenset()
    period: str = ""
    participants: Callable[..., Collection[int]] | None = None

    def months(self, community, day: datetime.date) -> int:
        """Months within which it is held once in force on `day`; 0 without a period."""
        return value_of(community, self.period, day) if self.period else 0


_kinds: dict[str, ActivityKind] = {}


def declare(*kinds: ActivityKind) -> None:
    """Register kinds, in the order in which forms offer them. Called when a feature's `rules` module is imported."""
    for kind in kinds:
        if _kinds.setdefault(kind.code, kind) != kind:
            raise ValueError(f"two kinds of activities have the code {kind.code}")


def all_kinds() -> tuple[ActivityKind, ...]:
    return tuple(_kinds.values())


def kind_of(code: str) -> ActivityKind:
    """The kind with this code. Raises KeyError."""
    return _kinds[code]


def kind_choices() -> list[tuple[str, str]]:
    return [(kind.code, kind.label) for kind in _kinds.values()]


def codes_by_right() -> dict[P, list[str]]:
    """Codes of the kinds by the right that they ask."""
    codes = defaultdict(list)
    for kind in _kinds.values():
        codes[kind.right].append(kind.code)
    return codes


declare(
    ActivityKind("assembly", "居民会议"),
    ActivityKind("representatives", "居民代表会议"),
    ActivityKind("committee", "居委会会议", bodies=frozenset({BodyKind.COMMITTEE})),
    ActivityKind("deliberation", "议事协商会"),
    ActivityKind("talk", "楼道恳谈会"),
    ActivityKind("joint", "党建联席会议"),
    ActivityKind("meeting", "工作会议"),
    ActivityKind("culture", "文体活动"),
    ActivityKind("lecture", "讲座培训"),
    ActivityKind("volunteering", "志愿服务"),
    ActivityKind("other", "其他活动"),
)
