"""Two rows of the register that are one human become one (合并重复人员), and are two again when that was wrong.

What points at the row that goes is found by walking all models (`portal.references`), so nothing of an app above is
left behind. Where both have what one human has once, a person decides which one stays: the other ends, or is put
aside with the merge. Nothing is lost: the merge keeps what taking it back needs.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from community.actions.accounts import holds_exclusive_roles
from community.models import Person, User
from community.models.person import ID_COLUMN
from portal import vault
from portal.forms import display
from portal.references import Key, Named, Reference, forget_void, references_to
from portal.scope import note as say_why
from residents.actions.people import as_json, changes_of, lock_people, settle
from residents.actions.refusals import (
    BadIdNumber,
    ChangedMeanwhile,
    NoReason,
    NotChosen,
    NotMerged,
    NotUndone,
)
from residents.models import PersonMerge, PopulationEvent, Residence
from residents.models.merge import SEALED_COLUMN

KEPT, REMOVED = "kept", "removed"
"""From which of the two rows a value comes, or whose row of two stays."""
_What = PopulationEvent.What
_GROUPS = {
    "name": ("name", "name_key", "initials"),
    "birth": ("birth_date", "birth_precision"),
    "id_mask": ("id_kind", "id_mask"),
}
"""Columns that go together, by the one that is shown."""
_MERGING = ("merge ", "undo-merge ")
"""How the history's actions of merges begin."""
_PARKED = ":parked"
"""Of a reference whose rows stay with the merge itself, since both people had the same."""
_OWN = {"id", "community", "uuid", "version", "id_cipher", "id_hash", "place_label"}
"""What belongs to the row itself, follows from other tables, or is encrypted for it."""


@dataclass(frozen=True, slots=True)
class Value:
    """What the two rows say of one thing, as it is shown."""

    key: str
    label: str
    kept: str
    removed: str

    @property
    def differs(self) -> bool:
        """Two certificates are never the same one, also where they read alike."""
        return self.kept != self.removed or (self.key == "id_mask" and bool(self.kept))

    @property
    def proposed(self) -> str:
        """Where only one row says something, that one; empty where a person must choose."""
        if not (self.differs and self.removed):
            return KEPT
        return "" if self.kept else REMOVED


@dataclass(frozen=True)
class Clash:
    """Two rows of which one human has one: which of them stays?

    ends: the other one ends today; otherwise it is put aside with the merge.
    """

    kept: models.Model
    removed: models.Model
    ends: bool

    @cached_property
    def key(self) -> str:
        return f"{self.kept._meta.label_lower}-{self.kept.pk}-{self.removed.pk}"

    @property
    def label(self) -> str:
        return str(self.kept._meta.verbose_name)

    def loser(self, stays: str) -> models.Model:
        return self.removed if stays == KEPT else self.kept


@dataclass(frozen=True)
class Survey:
    """How two rows stand to one another: what they say, what would move, and where both have one of a thing."""

    kept: Person
    removed: Person
    values: tuple[Value, ...]
    moves: tuple[tuple[Reference, tuple[int, ...]], ...]
    clashes: tuple[Clash, ...]

    @cached_property
    def fingerprint(self) -> str:
        """Changes with anything that the page of a merge shows."""
        told = [
            [(person.pk, person.version) for person in (self.kept, self.removed)],
            [(reference.key, keys) for reference, keys in self.moves],
            [(clash.key, *map(_frozen, (clash.kept, clash.removed))) for clash in self.clashes],
        ]
        return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()


def survey(kept: Person, removed: Person) -> Survey:
    """Look at two rows without changing anything."""
    moves, clashes = [], {}
    for reference in references_to(Person):
        keys = tuple(reference.of(removed).order_by("pk").values_list("pk", flat=True))
        if not keys or reference.is_void:
            continue
        moves.append((reference, keys))
        if isinstance(reference, Key):
            clashes |= {clash.key: clash for clash in _clashes(reference, kept, removed)}
    return Survey(kept, removed, tuple(_values(kept, removed)), tuple(moves), tuple(clashes.values()))


@transaction.atomic
def merge_people(
    *,
    by,
    kept: Person,
    removed: Person,
    seen: str,
    take: Mapping[str, str],
    stay: Mapping[str, str],
    note: str = "",
) -> PersonMerge:
    """Make `removed` part of `kept`: its rows move over, it goes, and the merge keeps what it said.

    seen: the fingerprint of the survey that was shown. take: key of a value → from which row, for those that differ.
    stay: key of a clash → whose row stays. What is left open raises NotChosen.
    """
    people = lock_people([kept, removed])
    kept, removed = people[kept.pk], people[removed.pk]
    found = survey(kept, removed)
    if found.fingerprint != seen:
        raise ChangedMeanwhile
    check_mergeable(found)
    open_ = [v.label for v in found.values if not v.proposed and take.get(v.key) not in (KEPT, REMOVED)]
    open_ += [clash.label for clash in found.clashes if stay.get(clash.key) not in (KEPT, REMOVED)]
    if open_:
        raise NotChosen(f"请选择保留哪一条的内容：{'、'.join(open_)}")
    merge = PersonMerge(
        community_id=kept.community_id,
        kept=kept,
        removed_id=removed.pk,
        removed_uuid=removed.uuid,
        removed_name=removed.name,
        by=by,
        note=note.strip()[:100],
        aside=[],
        ended=[],
    )
    say_why(action=merge.action, reason=f"合并重复人员：{removed.name}的另一条记录并入"[:200])
    taken = [v.key for v in found.values if (v.proposed or take.get(v.key)) == REMOVED and v.removed]
    merge.values = _frozen(removed, leave_out=("id_cipher", "id_hash"))
    _seal_numbers(merge, kept, removed, "id_mask" in taken)
    before = {name: getattr(kept, name) for key in taken for name in _columns(key)}
    merge.event = _record(merge, kept, removed)
    merge.moved, merge.written = {}, {}
    merge.save()
    try:
        with transaction.atomic():
            for clash in found.clashes:
                _give_way(clash, clash.loser(stay[clash.key]), merge)
            merge.moved = _move_all(found, merge)
            _drop(removed)
            _write(kept, removed, taken)
    except IntegrityError as error:
        raise NotMerged(_sentence(error)) from error
    merge.written = changes_of(kept, before, before.values())
    if "id_mask" in taken:
        # Said even where both numbers have one mask.
        merge.written["id_mask"] = [before["id_mask"], kept.id_mask]
    merge.event.changes = {"person": merge.written} if merge.written else {}
    merge.event.save(update_fields=["changes"])
    merge.save(update_fields=["moved", "written", "ended", "aside"])
    settle(kept)
    return merge


def check_mergeable(found: Survey) -> None:
    """Raise NotMerged, with what to do first, where no choice on the page could put it right."""
    kept, removed = found.kept, found.removed
    if kept.pk == removed.pk or kept.community_id != removed.community_id:
        raise NotMerged("请选择两条不同的记录")
    for dead, alive in ((kept, removed), (removed, kept)):
        if dead.died_on and not alive.died_on and _of(alive).open().exists():
            raise NotMerged(
                f"一条记录已登记死亡（{dead.died_on}），另一条仍有居住或户籍登记；请先为后者办理死亡登记，再合并"
            )
    users = User.objects.filter(person__in=[kept.pk, removed.pk], is_active=True)
    if len(users) > 1 and holds_exclusive_roles(users, kept.community_id):
        raise NotMerged(
            "两条记录各有账号，合并后同一个人会既是居务监督委员又任其他职务；请先结束其中一个角色"
        )
    for clash in found.clashes:
        if not clash.ends:
            for row in (clash.kept, clash.removed):
                _check_free(row, f"{clash.label}“{row}”")


# What the two say


def _values(kept: Person, removed: Person) -> Iterator[Value]:
    for key in value_keys():
        label = "出生日期" if key == "birth" else str(Person._meta.get_field(key).verbose_name)
        yield Value(key, label, *(_shown(person, key) for person in (kept, removed)))


def value_keys() -> Iterator[str]:
    """Names of what the rows are compared by, in the order of the register: columns, or the first of several."""
    grouped = {column: key for key, columns in _GROUPS.items() for column in columns}
    fields = [f.name for f in Person._meta.concrete_fields if f.name not in _OWN and not f.generated]
    return iter(dict.fromkeys(grouped.get(name, name) for name in fields))


def _columns(key: str) -> tuple[str, ...]:
    return _GROUPS.get(key, (key,))


def _shown(person: Person, key: str) -> str:
    if key == "birth":
        return str(person.birth or "")
    if key == "id_mask":
        # Beside the birth date even the mask would leave one or two candidates.
        return f"{person.get_id_kind_display()}，已登记" if person.id_mask else ""
    return display(person, key)


def _write(kept: Person, removed: Person, taken: list[str]) -> None:
    """The values of the other row that were chosen; the other one is gone by now, so its number is free."""
    for key in taken:
        for column in _columns(key):
            setattr(kept, column, getattr(removed, column))
        if key == "id_mask":
            kept.put_id(removed.id_kind, removed.read_id(), removed.id_mask)
    kept.version += 1
    kept.save()


def _seal_numbers(merge: PersonMerge, kept: Person, removed: Person, is_taken: bool) -> None:
    """The number of the row that goes, and the one that it replaces."""
    try:
        numbers = {REMOVED: removed.read_id(), KEPT: kept.read_id() if is_taken else ""}
    except vault.SecretUnreadable as error:
        raise BadIdNumber("证件号码无法读取，请先更正号码，再合并") from error
    if any(numbers.values()):
        merge.sealed = vault.encrypt(json.dumps(numbers), SEALED_COLUMN, merge.uuid)


def _record(merge: PersonMerge, kept: Person, removed: Person) -> PopulationEvent:
    """The entry by which the merge stands among the changes of the population."""
    where = removed.place_label or "不住本社区"
    parts = [f"{removed.name}（{where}）的记录并入", *([merge.note] if merge.note else [])]
    return PopulationEvent.objects.create(
        community_id=kept.community_id,
        what=_What.DOUBLE,
        person=kept,
        on=timezone.localdate(),
        note="；".join(parts)[:200],
        by=merge.by,
        changes={},
    )


# What points at them


def _move_all(found: Survey, merge: PersonMerge) -> dict[str, list[int]]:
    moved = {}
    forget_void(Person, [found.removed.pk], community_id=merge.community_id)
    gone = {(label, values["id"]) for label, values in merge.aside}
    for reference, keys in found.moves:
        left = [key for key in keys if (reference.model._meta.label, str(key)) not in gone]
        if isinstance(reference, Named) and (parked := _same_twice(reference, found.kept, found.removed)):
            reference.point(parked, found.removed, merge)
            moved[f"{reference.key}{_PARKED}"] = parked
            left = [key for key in left if key not in parked]
        if left:
            reference.point(left, found.removed, found.kept)
            moved[reference.key] = left
    return moved


def _same_twice(reference: Named, kept: Person, removed: Person) -> list[int]:
    """Rows that both have alike, as the same file attached to both: they stay with the merge."""
    rules = [rule.fields for rule in _unique_rules(reference.model) if reference.column in rule.fields]
    found = []
    for fields in rules:
        names = [name for name in fields if name not in (reference.column, "subject", "community_id")]
        have = set(reference.of(kept).values_list(*names))
        found += [
            key for key, *values in reference.of(removed).values_list("pk", *names) if tuple(values) in have
        ]
    return found


def _drop(removed: Person) -> None:
    """The row goes. Whatever still pointed at it would keep it (PROTECT): then a relation was missed."""
    Person.objects.get(community_id=removed.community_id, pk=removed.pk).delete()


def _clashes(reference: Key, kept: Person, removed: Person) -> Iterator[Clash]:
    """Pairs that a unique rule would not let stand side by side."""
    for rule in _unique_rules(reference.model):
        if not _names(rule, reference.column):
            continue
        mine, theirs = (_by_rule(reference, rule, person) for person in (kept, removed))
        for values in mine:
            if values not in theirs:
                continue
            ends = _ends_by(rule) and any(f.name == "end" for f in reference.model._meta.concrete_fields)
            yield Clash(mine[values], theirs[values], ends)


def _unique_rules(model: type[models.Model]) -> list[models.UniqueConstraint]:
    found = [rule for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]
    alone = [field.name for field in model._meta.concrete_fields if field.unique and not field.primary_key]
    return found + [models.UniqueConstraint(fields=[name], name=name) for name in alone]


def _names(rule: models.UniqueConstraint, column: str) -> bool:
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


def _by_rule(reference: Key, rule: models.UniqueConstraint, person: Person) -> dict[tuple, models.Model]:
    """The rows of a person under a rule, by what must be unique besides the person."""
    rows = reference.of(person).order_by("pk")
    if rule.condition is not None:
        rows = rows.filter(rule.condition)
    columns = [models.F(name) for name in rule.fields] or list(rule.expressions)
    others = [c for c in columns if not (isinstance(c, models.F) and c.name == reference.column)]
    rows = rows.annotate(**{f"rule_{number}": column for number, column in enumerate(others)})
    found = {tuple(getattr(row, f"rule_{n}") for n in range(len(others))): row for row in rows}
    distinct = rule.nulls_distinct is not False
    return {values: row for values, row in found.items() if not (distinct and None in values)}


def _ends_by(rule: models.UniqueConstraint) -> bool:
    """Whether the rule is about what has not ended."""
    return rule.condition is not None and ("end__isnull", True) in rule.condition.children


def _give_way(clash: Clash, loser: models.Model, merge: PersonMerge) -> None:
    """Of two rows this one ends today, or is put aside with the merge."""
    label = loser._meta.label
    if not clash.ends:
        forget_void(type(loser), [loser.pk], community_id=merge.community_id)
        merge.aside.append([label, _frozen(loser)])
        loser.delete()
        return
    names = [name for name in ("end", "end_precision") if hasattr(loser, name)]
    before = [getattr(loser, name) for name in names]
    start = getattr(loser, "start", None)
    loser.end = max(timezone.localdate(), start) if start else timezone.localdate()
    if "end_precision" in names:
        loser.end_precision = "d"
    _count(loser)
    loser.save(update_fields=[*names, *(["version"] if hasattr(loser, "version") else [])])
    merge.ended.append([label, loser.pk, changes_of(loser, names, before)])


def _check_free(row: models.Model, name: str) -> None:
    for reference in references_to(type(row)):
        if not reference.is_void and reference.of(row).exists():
            raise NotMerged(f"两条记录都有{name}，其下还有其他内容，不能舍去；请先处理其中一条")


def leaves_headless(clash: Clash, stays: str) -> bool:
    """Whether a household with others in it is left without a head when this side of a clash stays."""
    loser = clash.loser(stays)
    if not isinstance(loser, Residence) or not loser.is_head:
        return False
    others = Residence.objects.filter(community_id=loser.community_id, household=loser.household_id)
    return others.open().exclude(pk__in=[clash.kept.pk, clash.removed.pk]).exists()


# Taking back


@transaction.atomic
def undo_merge(*, by, merge: PersonMerge, reason: str) -> Person:
    """Make two of what was merged: the row that went is there again, with its key, number and rows.

    Only while nothing that the merge wrote has changed since: NotUndone says what did.
    """
    lock_people([merge.kept])
    merge = PersonMerge.objects.select_for_update().get(community_id=merge.community_id, pk=merge.pk)
    kept = Person.objects.get(community_id=merge.community_id, pk=merge.kept_id)
    if merge.undone_at:
        raise NotUndone("这次合并已经撤销")
    if not reason.strip():
        raise NoReason("请写明撤销的原因")
    _check_unchanged(merge, kept)
    say_why(action=f"undo-merge {merge.uuid}", reason=f"撤销合并：{reason.strip()}"[:200])
    try:
        with transaction.atomic():
            removed = _take_apart(merge, kept)
    except (IntegrityError, ValidationError) as error:
        raise NotUndone("登记的其他内容已与合并前不符，不能撤销，没有改动任何内容") from error
    entry = PopulationEvent.objects.create(
        community_id=merge.community_id,
        what=_What.UNDO,
        person=kept,
        on=timezone.localdate(),
        note=f"撤销合并（{merge.removed_name}）：{reason.strip()}"[:200],
        by=by,
        changes={},
    )
    PopulationEvent.objects.filter(community_id=merge.community_id, pk=merge.event_id).update(
        undone_by=entry, version=models.F("version") + 1
    )
    merge.undone_by, merge.undone_at = by, timezone.now()
    merge.version += 1
    merge.save(update_fields=["undone_by", "undone_at", "version"])
    for person in (kept, removed):
        settle(person)
    return removed


def _check_unchanged(merge: PersonMerge, kept: Person) -> None:
    later = PopulationEvent.objects.filter(
        community_id=merge.community_id, person=kept, pk__gt=merge.event_id
    )
    # Corrections of what the merge did not write may stay; of the others the comparison below tells.
    later = later.standing().exclude(what=_What.CORRECTION, residence__isnull=True).order_by("-pk").first()
    if later:
        raise NotUndone(
            f"合并以后又为{kept.name}登记了{later.on}的{later.get_what_display()}，请先撤销那一项"
        )
    for name, (_, after) in merge.written.items():
        if as_json(getattr(kept, name)) != after:
            label = Person._meta.get_field(name).verbose_name
            raise NotUndone(f"{kept.name}的{label}在合并以后又有改动，请先改回再撤销")
    if "id_mask" in merge.written:
        taken = vault.blind_index(_numbers(merge)[REMOVED], ID_COLUMN)
        if bytes(kept.id_hash or b"") != taken:
            raise NotUndone(f"{kept.name}的证件号码在合并以后又有改动，请先改回再撤销")
    for reference, keys, where in _moved(merge, kept):
        _check_rows(merge, reference, keys, where)
    for label, key, changes in merge.ended:
        model = apps.get_model(label)
        row = _row(model, key)
        if row is None or any(as_json(getattr(row, name)) != after for name, (_, after) in changes.items()):
            raise NotUndone(f"{model._meta.verbose_name}在合并以后又有改动，请先改回再撤销")


def _check_rows(merge: PersonMerge, reference: Reference, keys: list[int], where: models.Model) -> None:
    """The rows that were moved are still where they were moved to, and nobody but another merge wrote them since."""
    model = reference.model
    changed = set(keys) - set(reference.of(where).filter(pk__in=keys).values_list("pk", flat=True))
    if hasattr(model, "pgh_event_model"):
        events = model.pgh_event_model.objects.filter(community_id=merge.community_id, pgh_obj_id__in=keys)
        moved: set[int] = set()
        for key, context in events.order_by("pgh_id").values_list("pgh_obj_id", "pgh_context"):
            action = (context or {}).get("action", "")
            if action == merge.action:
                moved.add(key)
            elif key in moved and not action.startswith(_MERGING):
                changed.add(key)
    if changed:
        row = _row(model, min(changed))
        said = f"“{row}”在合并以后又有改动" if row is not None else "在合并以后被删除"
        raise NotUndone(f"{model._meta.verbose_name}{said}，不能撤销，没有改动任何内容")


def _moved(merge: PersonMerge, kept: Person) -> Iterator[tuple[Reference, list[int], models.Model]]:
    """What was moved: by which reference, the keys, and the row that they point at since."""
    known = {reference.key: reference for reference in references_to(Person)}
    for key, keys in merge.moved.items():
        yield known[key.removesuffix(_PARKED)], keys, merge if key.endswith(_PARKED) else kept


def _numbers(merge: PersonMerge) -> dict[str, str]:
    """The numbers that the merge keeps. Raises NotUndone when they cannot be read."""
    if not merge.sealed:
        return {}
    try:
        return json.loads(vault.decrypt(merge.sealed, SEALED_COLUMN, merge.uuid))
    except vault.SecretUnreadable as error:
        raise NotUndone("合并时保存的证件号码无法读取，请联系系统管理员检查密钥文件") from error


def _take_apart(merge: PersonMerge, kept: Person) -> Person:
    numbers = _numbers(merge)
    for name, (before, _) in merge.written.items():
        setattr(kept, name, Person._meta.get_field(name).to_python(before))
    if "id_mask" in merge.written:
        if numbers.get(KEPT):
            kept.put_id(kept.id_kind, numbers[KEPT], kept.id_mask)
        else:
            kept.id_cipher = kept.id_hash = None
    kept.version += 1
    kept.save()
    removed = _thawed(Person, merge.values)
    if numbers.get(REMOVED):
        removed.put_id(removed.id_kind, numbers[REMOVED], removed.id_mask)
    _put_back(removed)
    for reference, keys, where in _moved(merge, kept):
        reference.point(keys, where, removed)
    for label, key, changes in reversed(merge.ended):
        row = _row(apps.get_model(label), key)
        for name, (before, _) in changes.items():
            setattr(row, name, row._meta.get_field(name).to_python(before))
        _count(row)
        row.save()
    for label, values in reversed(merge.aside):
        _put_back(_thawed(apps.get_model(label), values))
    return removed


def _put_back(row: models.Model) -> None:
    """The row as it was, also in columns that say when it was made."""
    _count(row)
    row.save_base(raw=True, force_insert=True)


# Rows as they are kept


def _row(model: type[models.Model], key: int) -> models.Model | None:
    return model._base_manager.order_by("pk").filter(pk=key).first()


def _frozen(row: models.Model, leave_out: Iterable[str] = ()) -> dict:
    """Column → value as JSON holds it. What is encrypted stays as it is, bound to its row."""
    fields = [f for f in row._meta.concrete_fields if not f.generated and f.attname not in leave_out]
    return {f.attname: None if getattr(row, f.attname) is None else f.value_to_string(row) for f in fields}


def _thawed(model: type[models.Model], values: Mapping) -> models.Model:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    known = {name: value for name, value in values.items() if name in fields}
    return model(**{name: None if v is None else fields[name].to_python(v) for name, v in known.items()})


def _count(row: models.Model) -> None:
    if hasattr(row, "version"):
        row.version += 1


def _of(person: Person):
    return Residence.objects.filter(community_id=person.community_id, person=person)


def _sentence(error: IntegrityError) -> str:
    """What a rule of some table says, where merging would break it."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    for model in apps.get_models():
        for rule in model._meta.constraints:
            if rule.name == name:
                said = rule.violation_error_message
                return f"合并后{model._meta.verbose_name}不符合规则（{said}），请先处理其中一条"
    return "合并后有登记不符合规则，请先处理其中一条"
