"""A merge of two people is taken back (撤销合并): they are two again, with what each of them had."""

import json
from collections.abc import Iterator, Mapping

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from community.models import Person
from community.models.person import ID_COLUMN
from portal import vault
from portal.references import Reference, references_to
from portal.refusals import NoReason, NotUndone
from portal.scope import note as say_why
from residents.actions.entry import as_json
from residents.actions.merging import PARKED, count_change
from residents.actions.people import lock_people, settle
from residents.doubles import KEPT, REMOVED
from residents.models import PersonMerge, PopulationEvent
from residents.models.merge import SEALED_COLUMN

_What = PopulationEvent.What
_MERGING = ("merge ", "undo-merge ")
"""How the history's actions of merges begin."""


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
    _lock_rows(merge, kept)
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


def _lock_rows(merge: PersonMerge, kept: Person) -> None:
    """Hold what will be written: an edit under way at this moment is waited for, and counts as a later change."""
    for reference, keys, _ in _moved(merge, kept):
        _lock(reference.model, keys)
    for label, key, _ in merge.ended:
        _lock(apps.get_model(label), [key])


def _lock(model: type[models.Model], keys: list[int]) -> None:
    list(
        model._base_manager.select_for_update(of=("self",))
        .filter(pk__in=keys)
        .order_by("pk")
        .values_list("pk")
    )


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
        yield known[key.removesuffix(PARKED)], keys, merge if key.endswith(PARKED) else kept


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
        count_change(row)
        row.save()
    for label, values in reversed(merge.aside):
        _put_back(_thawed(apps.get_model(label), values))
    return removed


def _put_back(row: models.Model) -> None:
    """The row as it was, also in columns that say when it was made."""
    count_change(row)
    row.save_base(raw=True, force_insert=True)


# Rows as they are kept


def _row(model: type[models.Model], key: int) -> models.Model | None:
    return model._base_manager.order_by("pk").filter(pk=key).first()


def _thawed(model: type[models.Model], values: Mapping) -> models.Model:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    known = {name: value for name, value in values.items() if name in fields}
    return model(**{name: None if v is None else fields[name].to_python(v) for name, v in known.items()})
