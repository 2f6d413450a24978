"""Queries of a fixed shape, compiled to SQL once in a process."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.functional import cached_property


class CompiledQuery:
    """A query whose SQL is compiled at its first use; afterwards only its parameters change.

    For what every request asks: building such a query takes Django longer than PostgreSQL needs to answer it.

    build: called with `placeholders`, returns the queryset, by `values_list` of plain columns.
    placeholders: by name, values of the parameters' types that stand for nothing else in the query.
    """

    def __init__(self, build: Callable[..., QuerySet], **placeholders: Any):
        self.build = build
        self.placeholders = placeholders

    @cached_property
    def _compiled(self) -> tuple[str, list[tuple[str, Any]]]:
        """SQL, and for each of its parameters (name, "") or ("", constant)."""
        sql, parameters = self.build(**self.placeholders).query.sql_with_params()
        names = {(type(value), value): name for name, value in self.placeholders.items()}
        named = [(names.get((type(value), value), ""), value) for value in parameters]
        if unused := self.placeholders.keys() - {name for name, _ in named}:
            raise ValueError(f"the query has no parameter {', '.join(sorted(unused))}")
        return sql, named

    def fetch(self, **values: Any) -> list[tuple]:
        """The rows for these parameters."""
        sql, parameters = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[name] if name else constant for name, constant in parameters])
            return cursor.fetchall()
