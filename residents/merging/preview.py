"""Side-by-side preview of two duplicate person records, before they are merged (合并重复人员)."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db import models

from community.accounts.actions import holds_exclusive_roles
from community.accounts.models import User
from community.people.models import Person
from portal.database.foreign_keys import ForeignKeyReference, RowReference, references_to
from portal.values.display import display
from residents.homes.models import Residence
from residents.merging.refusals import MergeRefused

KEPT, REMOVED = "kept", "removed"
"""Which of the two records a value comes from, or whose row of a conflict stays."""
_GROUPS = {
    "name": ("name", "name_key", "initials"),
    "birth": ("birth_date", "birth_precision"),
    "id_mask": ("id_kind", "id_mask"),
}
"""Columns that belong together, by the one that is shown."""
_NOT_COMPARED = {"id", "community", "uuid", "version", "id_cipher", "id_hash", "place_label"}
"""Columns that are not compared: technical, derived from other tables, or encrypted for their row."""


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """A field of both records, as displayed."""

    key: str
    label: str
    kept: str
    removed: str

    @property
    def differs(self) -> bool:
        """Two certificates always differ, also where their masks are equal."""
        return self.kept != self.removed or (self.key == "id_mask" and bool(self.kept))

    @property
    def proposed(self) -> str:
        """The record that is preselected: the only one with a value; empty where the user must choose."""
        if not (self.differs and self.removed):
            return KEPT
        return "" if self.kept else REMOVED


@dataclass(frozen=True)
class Conflict:
    """Conflict: each record has a row of which a person may have only one; the user chooses which stays.

    ends: the other one ends today; otherwise it is stored with the merge.
    """

    kept: models.Model
    removed: models.Model
    ends: bool

    @cached_property
    def key(self) -> str:
        return f"{self.kept.stored_label.lower()}-{self.kept.pk}-{self.removed.pk}"

    @property
    def label(self) -> str:
        return str(self.kept._meta.verbose_name)

    def loser(self, stays: str) -> models.Model:
        return self.removed if stays == KEPT else self.kept


@dataclass(frozen=True)
class MergePreview:
    """Merge preview: the fields of both records, the references that would move, and the conflicts."""

    kept: Person
    removed: Person
    values: tuple[ComparedValue, ...]
    moves: tuple[tuple[RowReference, tuple[int, ...]], ...]
    conflicts: tuple[Conflict, ...]

    @cached_property
    def fingerprint(self) -> str:
        """Hash of everything that the page of a merge shows, to detect an outdated page."""
        content = [
            [(person.pk, person.version) for person in (self.kept, self.removed)],
            [(reference.key, keys) for reference, keys in self.moves],
            [
                (conflict.key, *map(row_as_json, (conflict.kept, conflict.removed)))
                for conflict in self.conflicts
            ],
        ]
        return hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()


def merge_preview(kept: Person, removed: Person) -> MergePreview:
    """The preview of merging two records; writes nothing."""
    moves, conflicts = [], {}
    for reference in references_to(Person):
        keys = tuple(reference.of(removed).order_by("pk").values_list("pk", flat=True))
        if not keys or reference.is_void:
            continue
        moves.append((reference, keys))
        if isinstance(reference, ForeignKeyReference):
            conflicts |= {conflict.key: conflict for conflict in _conflicts(reference, kept, removed)}
    return MergePreview(kept, removed, tuple(_values(kept, removed)), tuple(moves), tuple(conflicts.values()))


def check_mergeable(preview: MergePreview) -> None:
    """Raise MergeRefused, with what to do first, where no choice on the page can resolve it."""
    kept, removed = preview.kept, preview.removed
    if kept.pk == removed.pk or kept.community_id != removed.community_id:
        raise MergeRefused("请选择两条不同的记录")
    for dead, alive in ((kept, removed), (removed, kept)):
        if dead.died_on and not alive.died_on and _residences_of(alive).open().exists():
            raise MergeRefused(
                f"一条记录已登记去世（{dead.died_on}），另一条仍有居住或户籍登记；请先为后者登记去世，再合并"
            )
    users = User.objects.filter(person__in=[kept.pk, removed.pk])
    if len(users) > 1 and holds_exclusive_roles(users):
        raise MergeRefused(
            "两条记录各有账号，合并后同一个人会既是居务监督委员又任其他职务；请先解除其中一个岗位"
        )
    for conflict in preview.conflicts:
        if not conflict.ends:
            for row in (conflict.kept, conflict.removed):
                _check_free(row, f"{conflict.label}“{row}”")


def _check_free(row: models.Model, name: str) -> None:
    for reference in references_to(type(row)):
        if not reference.is_void and reference.of(row).exists():
            raise MergeRefused(f"两条记录都有{name}，且都有下级记录，不能舍去；请先处理其中一条")


def _residences_of(person: Person):
    return Residence.objects.filter(community_id=person.community_id, person=person)


# Field values


def _values(kept: Person, removed: Person) -> Iterator[ComparedValue]:
    for key in value_keys():
        label = "出生日期" if key == "birth" else str(Person._meta.get_field(key).verbose_name)
        yield ComparedValue(key, label, *(_shown(person, key) for person in (kept, removed)))


def value_keys() -> Iterator[str]:
    """Keys of the compared fields, in the order of the register: a column, or the first of a group."""
    grouped = {column: key for key, columns in _GROUPS.items() for column in columns}
    fields = [f.name for f in Person._meta.concrete_fields if f.name not in _NOT_COMPARED and not f.generated]
    return iter(dict.fromkeys(grouped.get(name, name) for name in fields))


def columns_of(key: str) -> tuple[str, ...]:
    return _GROUPS.get(key, (key,))


def _shown(person: Person, key: str) -> str:
    if key == "birth":
        return str(person.birth or "")
    if key == "id_mask":
        # Together with the birth date, even the mask leaves one or two possible numbers.
        return f"{person.get_id_kind_display()}，已登记" if person.id_mask else ""
    return display(person, key)


def _conflicts(reference: ForeignKeyReference, kept: Person, removed: Person) -> Iterator[Conflict]:
    """Pairs of rows that a unique constraint does not allow for one person."""
    for rule in unique_rules(reference.model):
        if not _covers(rule, reference.column):
            continue
        kept_rows, removed_rows = (_by_rule(reference, rule, person) for person in (kept, removed))
        for values in kept_rows:
            if values not in removed_rows:
                continue
            ends = _ends_by(rule) and any(f.name == "end" for f in reference.model._meta.concrete_fields)
            yield Conflict(kept_rows[values], removed_rows[values], ends)


def unique_rules(model: type[models.Model]) -> list[models.UniqueConstraint]:
    declared = [rule for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]
    alone = [field.name for field in model._meta.concrete_fields if field.unique and not field.primary_key]
    return declared + [models.UniqueConstraint(fields=[name], name=name) for name in alone]


def _covers(rule: models.UniqueConstraint, column: str) -> bool:
    return column in rule.fields or any(
        isinstance(part, models.F) and part.name == column
        for expression in rule.expressions
        for part in _parts(expression)
    )


def _parts(expression) -> Iterator:
    yield expression
    if hasattr(expression, "get_source_expressions"):
        for part in expression.get_source_expressions():
            if part is not None:
                yield from _parts(part)


def _by_rule(
    reference: ForeignKeyReference, rule: models.UniqueConstraint, person: Person
) -> dict[tuple, models.Model]:
    """The rows of a person under a unique constraint, by its values besides the person."""
    rows = reference.of(person).order_by("pk")
    if rule.condition is not None:
        rows = rows.filter(rule.condition)
    columns = [models.F(name) for name in rule.fields] or list(rule.expressions)
    others = [c for c in columns if not (isinstance(c, models.F) and c.name == reference.column)]
    rows = rows.annotate(**{f"rule_{number}": column for number, column in enumerate(others)})
    rows_by_values = {tuple(getattr(row, f"rule_{n}") for n in range(len(others))): row for row in rows}
    distinct = rule.nulls_distinct is not False
    return {values: row for values, row in rows_by_values.items() if not (distinct and None in values)}


def _ends_by(rule: models.UniqueConstraint) -> bool:
    """Whether the constraint applies to rows that have not ended."""
    return rule.condition is not None and ("end__isnull", True) in rule.condition.children


def leaves_headless(conflict: Conflict, stays: str) -> bool:
    """Whether a household with other members loses its head when this side of a conflict stays."""
    loser = conflict.loser(stays)
    if not isinstance(loser, Residence) or not loser.is_head:
        return False
    others = Residence.objects.filter(community_id=loser.community_id, household=loser.household_id)
    return others.open().exclude(pk__in=[conflict.kept.pk, conflict.removed.pk]).exists()


def row_as_json(row: models.Model, leave_out: Iterable[str] = ()) -> dict:
    """Column → JSON value. Encrypted values stay encrypted, bound to their row."""
    fields = [f for f in row._meta.concrete_fields if not f.generated and f.attname not in leave_out]
    return {f.attname: None if getattr(row, f.attname) is None else f.value_to_string(row) for f in fields}
