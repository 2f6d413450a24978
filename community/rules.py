"""Numbers that law or local rule sets, with the defaults of the deployment (期限规定).

A community that sets its own value from a day on has rows of `DatedRule`; what is worked out asks here for
the value of a day. Each feature declares its rules in its own `rules` module, which is found at start.
"""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from community.models import DatedRule


@dataclass(frozen=True, slots=True)
class Default:
    """What holds where a community has set nothing, and which values make sense at all.

    topic: what it is about; rules of one topic stand together on their page.
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
"""All rules by the key under which communities set their own values."""


def declare(rules: Mapping[str, Default]) -> None:
    """Make rules known to the page on which they are set."""
    DEFAULTS.update(rules)


def value_of(community, key: str, day: datetime.date) -> int:
    """The value in force in `community` on `day`."""
    row = DatedRule.objects.of(community).in_force(key, day).first()
    return row.value if row else DEFAULTS[key].value


def values_of(community, keys: Collection[str], day: datetime.date) -> dict[str, int]:
    """The values in force of several rules, asked for at once."""
    defaults = {key: DEFAULTS[key].value for key in keys}
    set_here = DatedRule.objects.of(community).filter(key__in=keys, start__lte=day)
    return defaults | dict(set_here.order_by("start", "id").values_list("key", "value"))
