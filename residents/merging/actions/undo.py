"""Undo the merge of two person records (撤销合并): restore both with what each of them had."""

import json
from collections.abc import Iterator, Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from community.people.models import ID_COLUMN, Person
from portal.access.db_scope import set_change_context
from portal.crypto import vault
from portal.database.foreign_keys import RowReference, model_of, references_to
from portal.forms.refusals import NoReason, UndoRefused
from residents.event_log.event_writer import as_json
from residents.event_log.models import PopulationEvent
from residents.merging.actions.merge import PARKED, count_change
from residents.merging.models import SEALED_COLUMN, PersonMerge
from residents.merging.preview import KEPT, REMOVED
from residents.people.actions import lock_people, update_place_label

_What = PopulationEvent.What
_MERGING = ("merge ", "undo-merge ")
"""Prefixes of the history's actions of merges."""


@transaction.atomic
def undo_merge(*, by, merge: PersonMerge, reason: str) -> Person:
    """Restore the removed record with its primary key, ID number and rows.

    Only while nothing that the merge wrote has changed since: UndoRefused names what has.
    """
    lock_people([merge.kept])
    merge = PersonMerge.objects.select_for_update().get(community_id=merge.community_id, pk=merge.pk)
    kept = Person.objects.get(community_id=merge.community_id, pk=merge.kept_id)
    if merge.undone_at:
        raise UndoRefused("这次合并已经撤销")
    if not reason.strip():
        raise NoReason("请写明撤销的原因")
    _lock_rows(merge, kept)
    _check_unchanged(merge, kept)
    set_change_context(action=f"undo-merge {merge.uuid}", reason=f"撤销合并：{reason.strip()}"[:200])
    try:
        with transaction.atomic():
            removed = _restore_both(merge, kept)
    except (IntegrityError, ValidationError) as error:
        raise UndoRefused("登记的其他内容已与合并前不符，不能撤销，没有改动任何内容") from error
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
        update_place_label(person)
    return removed


def _lock_rows(merge: PersonMerge, kept: Person) -> None:
    """Lock the rows to be written: wait for concurrent edits, which then count as later changes."""
    for reference, keys, _ in _moved_references(merge, kept):
        _lock(reference.model, keys)
    for label, key, _ in merge.ended:
        _lock(model_of(label), [key])


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
    # Corrections of fields that the merge did not write may stay; the comparison below detects the others.
    later = later.not_undone().exclude(what=_What.CORRECTION, residence__isnull=True).order_by("-pk").first()
    if later:
        raise UndoRefused(
            f"合并以后又为{kept.name}登记了{later.on}的{later.get_what_display()}，请先撤销那一项"
        )
    for name, (_, after) in merge.written.items():
        if as_json(getattr(kept, name)) != after:
            label = Person._meta.get_field(name).verbose_name
            raise UndoRefused(f"{kept.name}的{label}在合并以后又有改动，请先改回再撤销")
    if "id_mask" in merge.written:
        removed_hash = vault.blind_index(_stored_numbers(merge)[REMOVED], ID_COLUMN)
        if bytes(kept.id_hash or b"") != removed_hash:
            raise UndoRefused(f"{kept.name}的证件号码在合并以后又有改动，请先改回再撤销")
    for reference, keys, where in _moved_references(merge, kept):
        _check_rows(merge, reference, keys, where)
    for label, key, changes in merge.ended:
        model = model_of(label)
        row = _row_by_key(model, key)
        if row is None or any(as_json(getattr(row, name)) != after for name, (_, after) in changes.items()):
            raise UndoRefused(f"{model._meta.verbose_name}在合并以后又有改动，请先改回再撤销")


def _check_rows(merge: PersonMerge, reference: RowReference, keys: list[int], where: models.Model) -> None:
    """Check that the moved rows still point where they were moved, and only other merges wrote them since."""
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
        row = _row_by_key(model, min(changed))
        change_words = f"“{row}”在合并以后又有改动" if row is not None else "在合并以后被删除"
        raise UndoRefused(f"{model._meta.verbose_name}{change_words}，不能撤销，没有改动任何内容")


def _moved_references(
    merge: PersonMerge, kept: Person
) -> Iterator[tuple[RowReference, list[int], models.Model]]:
    """Moved rows: the reference, their keys, and the row that they point at now."""
    references = {reference.key: reference for reference in references_to(Person)}
    for key, keys in merge.moved.items():
        yield references[key.removesuffix(PARKED)], keys, merge if key.endswith(PARKED) else kept


def _stored_numbers(merge: PersonMerge) -> dict[str, str]:
    """The ID numbers stored with the merge. Raises UndoRefused when they cannot be decrypted."""
    if not merge.sealed:
        return {}
    try:
        return json.loads(vault.decrypt(merge.sealed, SEALED_COLUMN, merge.uuid))
    except vault.SecretUnreadable as error:
        raise UndoRefused("合并时保存的证件号码无法读取，请联系系统管理员检查密钥文件") from error


def _restore_both(merge: PersonMerge, kept: Person) -> Person:
    numbers = _stored_numbers(merge)
    for name, (before, _) in merge.written.items():
        setattr(kept, name, Person._meta.get_field(name).to_python(before))
    if "id_mask" in merge.written:
        if numbers.get(KEPT):
            kept.set_id(kept.id_kind, numbers[KEPT], kept.id_mask)
        else:
            kept.id_cipher = kept.id_hash = None
    kept.version += 1
    kept.save()
    removed = _from_json(Person, merge.values)
    if numbers.get(REMOVED):
        removed.set_id(removed.id_kind, numbers[REMOVED], removed.id_mask)
    _reinsert(removed)
    for reference, keys, where in _moved_references(merge, kept):
        reference.repoint(keys, where, removed)
    for label, key, changes in reversed(merge.ended):
        row = _row_by_key(model_of(label), key)
        for name, (before, _) in changes.items():
            setattr(row, name, row._meta.get_field(name).to_python(before))
        count_change(row)
        row.save()
    for label, values in reversed(merge.aside):
        _reinsert(_from_json(model_of(label), values))
    return removed


def _reinsert(row: models.Model) -> None:
    """Insert the row as it was, including its creation time."""
    count_change(row)
    row.save_base(raw=True, force_insert=True)


# Stored rows


def _row_by_key(model: type[models.Model], key: int) -> models.Model | None:
    return model._base_manager.order_by("pk").filter(pk=key).first()


def _from_json(model: type[models.Model], values: Mapping) -> models.Model:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    column_values = {name: value for name, value in values.items() if name in fields}
    return model(
        **{name: None if v is None else fields[name].to_python(v) for name, v in column_values.items()}
    )
