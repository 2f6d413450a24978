"""Merge duplicate person records (合并重复人员).

Foreign keys to the removed record are found by walking all models (`portal.database.foreign_keys`), so those of apps above are
moved too. Where both records have a row that a person can have only once, the user chooses one: the other ends, or is
stored with the merge. The merge stores everything that undoing it needs.
"""

import json
from collections.abc import Mapping

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from community.accounts.actions import lock_accounts
from community.people.models import Person
from portal.access.db_scope import set_change_context
from portal.crypto import vault
from portal.database.foreign_keys import GenericReference, delete_void_references
from portal.forms.constraints import violation_of
from portal.forms.refusals import StaleForm
from residents.event_log.event_writer import changes_of
from residents.event_log.models import PopulationEvent
from residents.merging.models import SEALED_COLUMN, PersonMerge
from residents.merging.preview import (
    KEPT,
    REMOVED,
    Conflict,
    MergePreview,
    check_mergeable,
    columns_of,
    merge_preview,
    row_as_json,
    unique_rules,
)
from residents.merging.refusals import MergeRefused, UndecidedConflicts
from residents.people.actions import lock_people, update_place_label
from residents.people.refusals import BadIdNumber

PARKED = ":parked"
"""Suffix of a reference whose rows point at the merge itself, because both people had the same."""
_What = PopulationEvent.What


@transaction.atomic
def merge_people(
    *,
    by,
    kept: Person,
    removed: Person,
    seen_fingerprint: str,
    sides_by_value: Mapping[str, str],
    sides_by_conflict: Mapping[str, str],
    note: str = "",
) -> PersonMerge:
    """Merge `removed` into `kept`: move its rows, delete it, and store its values with the merge.

    seen_fingerprint: of the preview shown to the user. sides_by_value: key of a differing value → record to take it
    from. sides_by_conflict: key of a conflict → record whose row stays. Raises UndecidedConflicts for what is not
    decided.
    """
    lock_accounts()
    people = lock_people([kept, removed])
    kept, removed = people[kept.pk], people[removed.pk]
    preview = merge_preview(kept, removed)
    if preview.fingerprint != seen_fingerprint:
        raise StaleForm
    check_mergeable(preview)
    undecided = [
        v.label for v in preview.values if not v.proposed and sides_by_value.get(v.key) not in (KEPT, REMOVED)
    ]
    undecided += [
        conflict.label
        for conflict in preview.conflicts
        if sides_by_conflict.get(conflict.key) not in (KEPT, REMOVED)
    ]
    if undecided:
        raise UndecidedConflicts(f"请选择保留哪一条的内容：{'、'.join(undecided)}")
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
    set_change_context(action=merge.action, reason=f"合并重复居民：{removed.name}的另一条记录并入"[:200])
    taken_keys = [
        v.key for v in preview.values if (v.proposed or sides_by_value.get(v.key)) == REMOVED and v.removed
    ]
    merge.values = row_as_json(removed, leave_out=("id_cipher", "id_hash"))
    _encrypt_numbers(merge, kept, removed, "id_mask" in taken_keys)
    before = {name: getattr(kept, name) for key in taken_keys for name in columns_of(key)}
    merge.event = _record_event(merge, kept, removed)
    merge.moved, merge.written = {}, {}
    merge.save()
    try:
        with transaction.atomic():
            for conflict in preview.conflicts:
                _end_or_set_aside(conflict, conflict.loser(sides_by_conflict[conflict.key]), merge)
            merge.moved = _move_references(preview, merge)
            _delete_removed(removed)
            _write_chosen_values(kept, removed, taken_keys)
    except IntegrityError as error:
        raise MergeRefused(_constraint_message(error)) from error
    merge.written = changes_of(kept, before, before.values())
    if "id_mask" in taken_keys:
        # Recorded even where both numbers have the same mask.
        merge.written["id_mask"] = [before["id_mask"], kept.id_mask]
    merge.event.changes = {"person": merge.written} if merge.written else {}
    merge.event.save(update_fields=["changes"])
    merge.save(update_fields=["moved", "written", "ended", "aside"])
    return merge


def _write_chosen_values(kept: Person, removed: Person, taken_keys: list[str]) -> None:
    """Write the values chosen from the removed record; it is deleted already, so its ID number is free."""
    for key in taken_keys:
        for column in columns_of(key):
            setattr(kept, column, getattr(removed, column))
        if key == "id_mask":
            kept.set_id(removed.id_kind, removed.read_id(), removed.id_mask)
    kept.version += 1
    update_place_label(kept, with_changes=True)


def _encrypt_numbers(merge: PersonMerge, kept: Person, removed: Person, is_taken: bool) -> None:
    """Encrypt the ID number of the removed record, and of the kept one if it is replaced."""
    try:
        numbers = {REMOVED: removed.read_id(), KEPT: kept.read_id() if is_taken else ""}
    except vault.SecretUnreadable as error:
        raise BadIdNumber("证件号码无法读取，请先更正号码，再合并") from error
    if any(numbers.values()):
        merge.sealed = vault.encrypt(json.dumps(numbers), SEALED_COLUMN, merge.uuid)


def _record_event(merge: PersonMerge, kept: Person, removed: Person) -> PopulationEvent:
    """The population event of the merge."""
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


# References to them


def _move_references(preview: MergePreview, merge: PersonMerge) -> dict[str, list[int]]:
    moved = {}
    delete_void_references(Person, [preview.removed.pk], community_id=merge.community_id)
    set_aside = {(label, values["id"]) for label, values in merge.aside}
    for reference, keys in preview.moves:
        remaining = [key for key in keys if (reference.model.stored_label, str(key)) not in set_aside]
        if isinstance(reference, GenericReference) and (
            parked := _shared_rows(reference, preview.kept, preview.removed)
        ):
            reference.repoint(parked, preview.removed, merge)
            moved[f"{reference.key}{PARKED}"] = parked
            remaining = [key for key in remaining if key not in parked]
        if remaining:
            reference.repoint(remaining, preview.removed, preview.kept)
            moved[reference.key] = remaining
    return moved


def _shared_rows(reference: GenericReference, kept: Person, removed: Person) -> list[int]:
    """Keys of rows that equal one of the kept person, such as the same file attached to both; they stay with the merge."""
    rules = [rule.fields for rule in unique_rules(reference.model) if reference.column in rule.fields]
    shared_keys = []
    for fields in rules:
        names = [name for name in fields if name not in (reference.column, "subject", "community_id")]
        kept_values = set(reference.of(kept).values_list(*names))
        shared_keys += [
            key
            for key, *values in reference.of(removed).values_list("pk", *names)
            if tuple(values) in kept_values
        ]
    return shared_keys


def _delete_removed(removed: Person) -> None:
    """Delete the removed record. PROTECT raises if a reference to it was missed."""
    Person.objects.get(community_id=removed.community_id, pk=removed.pk).delete()


def _end_or_set_aside(conflict: Conflict, loser: models.Model, merge: PersonMerge) -> None:
    """End the row not chosen today, or store it with the merge and delete it."""
    label = loser.stored_label
    if not conflict.ends:
        delete_void_references(type(loser), [loser.pk], community_id=merge.community_id)
        merge.aside.append([label, row_as_json(loser)])
        loser.delete()
        return
    names = [name for name in ("end", "end_precision") if hasattr(loser, name)]
    before = [getattr(loser, name) for name in names]
    start = getattr(loser, "start", None)
    loser.end = max(timezone.localdate(), start) if start else timezone.localdate()
    if "end_precision" in names:
        loser.end_precision = "d"
    count_change(loser)
    loser.save(update_fields=[*names, *(["version"] if hasattr(loser, "version") else [])])
    merge.ended.append([label, loser.pk, changes_of(loser, names, before)])


def count_change(row: models.Model) -> None:
    if hasattr(row, "version"):
        row.version += 1


def _constraint_message(error: IntegrityError) -> str:
    """Error message for a constraint that the merge would violate."""
    violation = violation_of(error)
    rule = f"（{violation.sentence}）" if violation else ""
    return f"合并后有登记不符合规则{rule}，请先处理其中一条"
