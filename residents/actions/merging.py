"""Two rows of the register that are one human become one (合并重复人员).

What points at the row that goes is found by walking all models (`portal.references`), so nothing of an app above is
left behind. Where both have what one human has once, a person decides which one stays: the other ends, or is put
aside with the merge. Nothing is lost: the merge keeps what taking it back needs.
"""

import json
from collections.abc import Mapping

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from community.actions.accounts import lock_accounts
from community.models import Person
from portal import vault
from portal.constraints import violation_of
from portal.references import Named, forget_void
from portal.refusals import ChangedMeanwhile
from portal.scope import note as say_why
from residents.actions.entry import changes_of
from residents.actions.people import lock_people, settle
from residents.actions.refusals_merging import NotChosen, NotMerged
from residents.actions.refusals_people import BadIdNumber
from residents.doubles import (
    KEPT,
    REMOVED,
    Clash,
    Survey,
    check_mergeable,
    columns_of,
    frozen,
    survey,
    unique_rules,
)
from residents.models import PersonMerge, PopulationEvent
from residents.models.merge import SEALED_COLUMN

PARKED = ":parked"
"""Of a reference whose rows stay with the merge itself, since both people had the same."""
_What = PopulationEvent.What


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
    lock_accounts()
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
    merge.values = frozen(removed, leave_out=("id_cipher", "id_hash"))
    _seal_numbers(merge, kept, removed, "id_mask" in taken)
    before = {name: getattr(kept, name) for key in taken for name in columns_of(key)}
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
    return merge


def _write(kept: Person, removed: Person, taken: list[str]) -> None:
    """The values of the other row that were chosen; the other one is gone by now, so its number is free."""
    for key in taken:
        for column in columns_of(key):
            setattr(kept, column, getattr(removed, column))
        if key == "id_mask":
            kept.put_id(removed.id_kind, removed.read_id(), removed.id_mask)
    kept.version += 1
    settle(kept, with_changes=True)


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
            moved[f"{reference.key}{PARKED}"] = parked
            left = [key for key in left if key not in parked]
        if left:
            reference.point(left, found.removed, found.kept)
            moved[reference.key] = left
    return moved


def _same_twice(reference: Named, kept: Person, removed: Person) -> list[int]:
    """Rows that both have alike, as the same file attached to both: they stay with the merge."""
    rules = [rule.fields for rule in unique_rules(reference.model) if reference.column in rule.fields]
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


def _give_way(clash: Clash, loser: models.Model, merge: PersonMerge) -> None:
    """Of two rows this one ends today, or is put aside with the merge."""
    label = loser._meta.label
    if not clash.ends:
        forget_void(type(loser), [loser.pk], community_id=merge.community_id)
        merge.aside.append([label, frozen(loser)])
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


def _sentence(error: IntegrityError) -> str:
    """What a rule of some table says, where merging would break it."""
    violation = violation_of(error)
    rule = f"（{violation.sentence}）" if violation else ""
    return f"合并后有登记不符合规则{rule}，请先处理其中一条"
