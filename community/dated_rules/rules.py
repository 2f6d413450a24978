"""Dated rules (期限规定): numbers set by law or local rule, with the defaults of the deployment.

A community's own values are rows of `DatedRule`, each from a day on; `value_of` gives the value in force on a day. Each feature declares its rules in its own `rules` module, which is found at start.
"""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from community.dated_rules.models import DatedRule


@dataclass(frozen=True, slots=True)
class Default:
    """Declaration of a rule: its default value, and the limits for values of communities.

    topic: groups the rules on their page.
    """

    label: str
    value: int
    unit: str
    source: str
    explanation: str
    least: int
    most: int
    topic: str


DEFAULTS: dict[str, Default] = {}
"""All declared rules by key."""


def declare(rules: Mapping[str, Default]) -> None:
    """Register rules."""
    DEFAULTS.update(rules)


def value_of(community, key: str, day: datetime.date) -> int:
    """The value in force in `community` on `day`. The public role may ask, too: only the number is read."""
    value = DatedRule.objects.of(community).in_force(key, day).values_list("value", flat=True).first()
    return DEFAULTS[key].value if value is None else value


def values_of(community, keys: Collection[str], day: datetime.date) -> dict[str, int]:
    """Values of several rules in force on `day`, in one query."""
    return values_by_community([community.id], keys, day)[community.id]


def values_by_community(
    ids: Collection[int], keys: Collection[str], day: datetime.date
) -> dict[int, dict[str, int]]:
    """Community id → values of several rules in force there on `day`, in one query."""
    values = {pk: {key: DEFAULTS[key].value for key in keys} for pk in ids}
    set_there = DatedRule.objects.in_communities(ids).filter(key__in=keys, start__lte=day)
    for pk, key, value in set_there.order_by("start", "id").values_list("community_id", "key", "value"):
        values[pk][key] = value
    return values


def values_on_days(
    community, keys: Collection[str], days: Collection[datetime.date]
) -> dict[datetime.date, dict[str, int]]:
    """Day → values of several rules in force then, in one query."""
    set_there = list(
        DatedRule.objects.of(community)
        .filter(key__in=keys, start__lte=max(days, default=datetime.date.min))
        .order_by("start", "id")
        .values_list("start", "key", "value")
    )
    defaults = {key: DEFAULTS[key].value for key in keys}
    return {day: defaults | {key: value for start, key, value in set_there if start <= day} for day in days}
