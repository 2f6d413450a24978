"""Expired rows, and the order in which they are purged."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, models
from django.db.models import Exists, F, OuterRef
from psycopg import sql

from portal.database.foreign_keys import ForeignKeyReference, has_community, relations_to
from portal.retention.data_categories import DataCategory, Retention, categories


def expiring_categories() -> list[DataCategory]:
    """Categories with a retention period, ordered so that referencing rows are purged before referenced ones.

    One with several periods is there once for each (`DataCategory.by_period`).
    """
    waiting = [category for category in categories() if isinstance(category.retention, Retention)]
    ordered: list[DataCategory] = []
    while waiting:
        free = next((k for k in waiting if not _is_referenced(k, waiting)), waiting[0])
        waiting.remove(free)
        ordered += free.by_period
    return ordered


def _is_referenced(category: DataCategory, others: list[DataCategory]) -> bool:
    pointing = {key.model for model in category.models for key in relations_to(model)}
    return any(pointing & set(other.models) for other in others if other is not category)


def expired_counts(community_id: int) -> dict[str, int]:
    """Label of each category with a period -> number of expired rows that the caller may see, by any of its periods."""
    counts: Counter[str] = Counter()
    with connection.cursor() as cursor:
        for category in expiring_categories():
            dated = expirable_rows(category).filter(community_id=community_id)
            cursor.execute(
                f"SELECT count(*) FROM ({sql_literal(dated)}) AS past (id, community_id, since)"
                f" WHERE past.since < now() - make_interval(months => {category.retention.all_months})"
            )
            counts[category.label] += cursor.fetchone()[0]
    return counts


def expirable_rows(category: DataCategory) -> models.QuerySet:
    """(id, community, day) of rows that may be purged once their day is long enough ago: no other row protects them."""
    root, rule = category.models[0], category.retention
    queryset = root._base_manager.order_by()
    since = F(rule.on) if isinstance(rule.on, str) else rule.on
    queryset = queryset.annotate(kept_since=since)
    if rule.only is not None:
        queryset = queryset.filter(rule.only)
    if rule.unless is not None:
        queryset = queryset.filter(~rule.unless)
    if rule.erases:
        queryset = queryset.exclude(
            **{name: root._meta.get_field(name).get_default() for name in rule.erases}
        )
    else:
        for holding in _protecting_rows(category):
            queryset = queryset.filter(~Exists(holding))
    return queryset.values_list("pk", "community_id", "kept_since")


def _protecting_rows(category: DataCategory) -> Iterator[models.QuerySet]:
    """Querysets of rows that protect a row from being purged: they reference it, or one of its parts."""
    root = category.models[0]
    paths = {part.model: part.path for part in parts_of(category)}
    for model in (root, *paths):
        for key in relations_to(model):
            if key.remote_field.on_delete is not models.PROTECT or (key.model is root and model is root):
                continue
            if ForeignKeyReference(key.model, key.name).is_void:
                continue  # it is deleted along with the row
            to_root = key.name if model is root else f"{key.name}__{paths[model]}"
            path_to_part = paths.get(key.model)
            if path_to_part == to_root:
                continue  # a part of the row itself
            holders = key.model._base_manager.order_by().filter(**{to_root: OuterRef("pk")})
            if has_community(key.model):
                holders = holders.filter(community_id=OuterRef("community_id"))
            yield holders.exclude(**{path_to_part: OuterRef("pk")}) if path_to_part else holders


@dataclass(frozen=True)
class CategoryPart:
    """A table whose rows are purged with the rows that `key` references; `parent` is that table unless it is the main one."""

    model: type[models.Model]
    key: models.ForeignKey
    parent: "CategoryPart | None" = None

    @property
    def path(self) -> str:
        """Lookup path to the main model."""
        return f"{self.key.name}__{self.parent.path}" if self.parent else self.key.name


def parts_of(category: DataCategory) -> list[CategoryPart]:
    """Parts of a category: the declared ones, and those that models delete along with it (CASCADE).

    A declared one refers to the main model, or goes with another part (CASCADE).
    """
    root, *declared = category.models
    keys = {key.model: key for key in reversed(list(relations_to(root)))}
    parts = [CategoryPart(model, keys[model]) for model in declared if model in keys]
    for parent in (None, *parts):
        _add_parts(parts, parent.model if parent else root, parent)
    if missing := set(declared) - {part.model for part in parts}:
        raise ValueError(
            f"{root._meta.label} is not referred to by {missing}, which it declares as its parts"
        )
    return parts


def _add_parts(parts: list[CategoryPart], model: type[models.Model], parent: CategoryPart | None) -> None:
    for key in relations_to(model):
        if key.remote_field.on_delete is models.CASCADE and key.model not in [part.model for part in parts]:
            part = CategoryPart(key.model, key, parent)
            parts.append(part)
            _add_parts(parts, part.model, part)


def sql_literal(queryset: models.QuerySet) -> str:
    """SQL of the query with its parameters inlined; needs no connection."""
    statement, params = queryset.query.get_compiler("default").as_sql()
    return statement % tuple(sql.Literal(value).as_string(None) for value in params)
