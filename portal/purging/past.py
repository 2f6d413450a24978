"""Which rows are past, and in which order they go."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, models
from django.db.models import Exists, F, OuterRef
from psycopg import sql

from portal.references import Key
from portal.relations import has_community, relations_to
from portal.retention import Kept, Retention, all_kept


def purged() -> list[Kept]:
    """What has a period, in an order in which whatever points at a row goes before it."""
    waiting = [kept for kept in all_kept() if isinstance(kept.retention, Retention)]
    found: list[Kept] = []
    while waiting:
        free = next((k for k in waiting if not _pointed_at(k, waiting)), waiting[0])
        waiting.remove(free)
        found.append(free)
    return found


def _pointed_at(kept: Kept, others: list[Kept]) -> bool:
    pointing = {key.model for model in kept.models for key in relations_to(model)}
    return any(pointing & set(other.models) for other in others if other is not kept)


def past_counts(community_id: int) -> dict[str, int]:
    """Label of each `Kept` with a period -> rows of the community that are past it, as the caller may see them."""
    counts = {}
    with connection.cursor() as cursor:
        for kept in purged():
            found = dated_rows(kept).filter(community_id=community_id)
            cursor.execute(
                f"SELECT count(*) FROM ({literal(found)}) AS past (id, community_id, since)"
                f" WHERE past.since < now() - make_interval(months => {kept.retention.all_months})"
            )
            counts[kept.label] = cursor.fetchone()[0]
    return counts


def dated_rows(kept: Kept) -> models.QuerySet:
    """(id, community, day) of the rows that could go once their day is long enough ago."""
    root, rule = kept.models[0], kept.retention
    found = root._base_manager.order_by()
    since = F(rule.on) if isinstance(rule.on, str) else rule.on
    found = found.annotate(kept_since=since)
    if rule.unless is not None:
        found = found.filter(~rule.unless)
    if rule.erases:
        found = found.exclude(**{name: root._meta.get_field(name).get_default() for name in rule.erases})
    else:
        for holding in _holding(kept):
            found = found.filter(~Exists(holding))
    return found.values_list("pk", "community_id", "kept_since")


def _holding(kept: Kept) -> Iterator[models.QuerySet]:
    """The rows elsewhere that keep a row from going: those that point at it, or at one of its parts."""
    root = kept.models[0]
    paths = {part.model: part.path for part in parts_of(kept)}
    for model in (root, *paths):
        for key in relations_to(model):
            if key.remote_field.on_delete is not models.PROTECT or (key.model is root and model is root):
                continue
            if Key(key.model, key.name).is_void:
                continue  # it goes, whatever it says
            to_root = key.name if model is root else f"{key.name}__{paths[model]}"
            own = paths.get(key.model)
            if own == to_root:
                continue  # a part of the row itself
            found = key.model._base_manager.order_by().filter(**{to_root: OuterRef("pk")})
            if has_community(key.model):
                found = found.filter(community_id=OuterRef("community_id"))
            yield found.exclude(**{own: OuterRef("pk")}) if own else found


@dataclass(frozen=True)
class Part:
    """A table whose rows go with the rows of another one, to which `key` points; `parent` is that, if no noun."""

    model: type[models.Model]
    key: models.ForeignKey
    parent: "Part | None" = None

    @property
    def path(self) -> str:
        """The way to the noun, as a look-up."""
        return f"{self.key.name}__{self.parent.path}" if self.parent else self.key.name


def parts_of(kept: Kept) -> list[Part]:
    """The parts of the noun: as declared, and what the models say goes along (CASCADE)."""
    root, *declared = kept.models
    found = [Part(model, next(key for key in relations_to(root) if key.model is model)) for model in declared]
    for parent in (None, *found):
        _add_parts(found, parent.model if parent else root, parent)
    return found


def _add_parts(found: list[Part], model: type[models.Model], parent: Part | None) -> None:
    for key in relations_to(model):
        if key.remote_field.on_delete is models.CASCADE and key.model not in [part.model for part in found]:
            part = Part(key.model, key, parent)
            found.append(part)
            _add_parts(found, part.model, part)


def literal(queryset: models.QuerySet) -> str:
    """The query as SQL with its values in place; a text needs no connection for that."""
    statement, params = queryset.query.get_compiler("default").as_sql()
    return statement % tuple(sql.Literal(value).as_string(None) for value in params)
