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
    """The value in force in `community` on `day`."""
    row = DatedRule.objects.of(community).in_force(key, day).first()
    return row.value if row else DEFAULTS[key].value


def values_of(community, keys: Collection[str], day: datetime.date) -> dict[str, int]:
    """Values of several rules in force on `day`, in one query."""
    defaults = {key: DEFAULTS[key].value for key in keys}
    set_here = DatedRule.objects.of(community).filter(key__in=keys, start__lte=day)
    return defaults | dict(set_here.order_by("start", "id").values_list("key", "value"))
