"""Conditions of constraints, worked out in Python: for thousands of rows that are not saved yet (decision 0119).

`Q.check` asks the database once for every row and condition. What is not understood here is left to it.
"""

import datetime
import operator
from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.constants import LOOKUP_SEP

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_PARTS = ("year", "month", "day")
"""Transforms of dates."""


class _NotUnderstood(Exception):
    """The condition has something in it that only the database works out."""


def holds(condition: Q, row: models.Model) -> bool:
    """Whether the condition holds for the values of a row, as the database would say; unknown counts as true."""
    answer = without_database(condition, row)
    return condition.check(_values(condition, row)) if answer is None else answer


def without_database(condition: Q, row: models.Model) -> bool | None:
    """Likewise, as far as it can be told without the database; None where it has to be asked."""
    try:
        return _answer(condition, row) is not False
    except (_NotUnderstood, TypeError):
        return None


def _values(condition: Q, row: models.Model) -> dict[str, models.Value]:
    fields = [row._meta.get_field(name) for name in condition.referenced_base_fields]
    return {field.name: models.Value(getattr(row, field.attname), output_field=field) for field in fields}


def _answer(condition: Q, row: models.Model) -> bool | None:
    """True, False or None for unknown (SQL's logic of three values)."""
    answers = [
        _answer(child, row) if isinstance(child, Q) else _answer_of_lookup(child, row)
        for child in condition.children
    ]
    decides = condition.connector == Q.OR
    if condition.connector == Q.XOR:
        raise _NotUnderstood
    if decides in answers:
        answer: bool | None = decides
    else:
        answer = None if None in answers else not decides
    return answer if answer is None or not condition.negated else not answer


def _answer_of_lookup(child: Any, row: models.Model) -> bool | None:
    if not isinstance(child, tuple):
        raise _NotUnderstood
    path, wanted = child
    name, *lookups = path.split(LOOKUP_SEP)
    lookup = lookups.pop() if lookups and lookups[-1] not in _PARTS else "exact"
    value = _value(name, lookups, row)
    if lookup == "isnull":
        return (value is None) == wanted
    if lookup == "in" and not isinstance(wanted, models.QuerySet):
        return None if value is None else value in list(wanted)
    if lookup not in _COMPARED:
        raise _NotUnderstood
    if isinstance(wanted, F):
        wanted = _value(wanted.name, [], row)
    elif wanted is None and lookup == "exact":
        return value is None
    elif hasattr(wanted, "resolve_expression"):
        raise _NotUnderstood
    if value is None or wanted is None:
        return None
    return _COMPARED[lookup](value, wanted)


def _value(name: str, parts: list[str], row: models.Model) -> Any:
    """Value of a column, or the part of a date."""
    field = row._meta.get_field(name)
    if not field.concrete or (field.is_relation and parts):
        raise _NotUnderstood
    value = getattr(row, field.attname)
    for part in parts:
        # Moments are taken apart in the time zone of the database's session.
        if not isinstance(value, datetime.date | None) or isinstance(value, datetime.datetime):
            raise _NotUnderstood
        value = None if value is None else getattr(value, part)
    return value
