"""Taking a population event back by an entry that reverses it (撤销)."""

import uuid

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from community.people.models import Person
from portal.access.db_scope import set_change_context
from portal.forms.refusals import NoReason, UndoRefused
from residents.event_log.consequences import restore_consequences, stored_consequences
from residents.event_log.event_writer import as_json
from residents.event_log.models import PopulationEvent
from residents.homes.models import Household, Residence
from residents.people.actions import lock_people, update_place_label

_What = PopulationEvent.What


@transaction.atomic
def undo(*, by, event: PopulationEvent, reason: str) -> list[PopulationEvent]:
    """Take back the act that `event` is part of: everything is as before, the act and its reversal stay on record.

    Only while nothing later rests on it; UndoRefused names what does. What was ended elsewhere with a
    death or move-out begins again where nothing later stands on it: `titles_of_consequences` and `titles_not_restored` list it.
    """
    rows = list(PopulationEvent.objects.written_with(event).select_related("person", "residence", "former"))
    people = lock_people(row.person for row in rows)
    # Read again: whoever held the people may have taken it back, or built on it, meanwhile.
    rows = list(PopulationEvent.objects.written_with(event).select_related("person", "residence", "former"))
    _check_kind(rows)
    if not reason.strip():
        raise NoReason("请写明撤销的原因")
    households = _lock_households(rows)
    _check_no_later_event(rows, people, households)
    set_change_context(action=f"撤销{rows[0].get_what_display()}", reason=reason.strip()[:200])
    try:
        with transaction.atomic():
            for row in reversed(rows):
                _restore(row, people)
    except IntegrityError as error:
        # An import changes relations and heads without an event.
        raise UndoRefused("这一户或这个人后来由导入改动过（如换了户主），请先更正再撤销") from error
    for person in people.values():
        person.version += 1
        update_place_label(person, with_changes=True)
    stay_ended = restore_consequences(rows)
    today, group = timezone.localdate(), uuid.uuid4()
    entries = []
    for row in rows:
        entry = PopulationEvent.objects.create(
            community_id=row.community_id,
            what=_What.UNDO,
            kind=row.kind,
            person=row.person,
            residence=row.residence,
            on=today,
            note=f"撤销{row.on}{row.get_what_display()}：{reason.strip()}"[:200],
            by=by,
            group=group,
            changes={"stay_ended": stay_ended} if stay_ended and not entries else {},
        )
        row.undone_by = entry
        row.version += 1
        row.save(update_fields=["undone_by", "version"])
        entries.append(entry)
    return entries


def titles_of_consequences(event: PopulationEvent) -> list[str]:
    """Titles of what ended elsewhere with the act, by confirmation."""
    return [ended["title"] for ended in stored_consequences(PopulationEvent.objects.written_with(event))]


def titles_not_restored(entries: list[PopulationEvent]) -> list[str]:
    """Titles of what an undo did not begin again, of the entries that it wrote."""
    return [title for entry in entries for title in (entry.changes or {}).get("stay_ended", ())]


def _check_kind(rows: list[PopulationEvent]) -> None:
    first = rows[0]
    if first.what == _What.UNDO:
        raise UndoRefused("撤销登记不能再撤销；需要恢复的，请重新登记这项变动")
    if first.what == _What.DOUBLE:
        raise UndoRefused("重复人员的合并请在合并记录中撤销")
    if first.what == _What.ENTRY:
        raise UndoRefused("建档由导入登记，请在导入记录中撤销整批；只有此人不在的，请办理迁出")
    if any(row.undone_by_id for row in rows):
        raise UndoRefused("这项变动已经撤销")
    if first.what in (_What.CORRECTION, _What.HEAD) and any(row.changes is None for row in rows):
        raise UndoRefused("这项更正登记时没有保存原来的内容，请再办理一次更正")
    if any((row.changes or {}).get("person", {}).get("id_mask", [""])[0] for row in rows):
        raise UndoRefused("证件号码由另一个号码更正而来，原号码没有保存，请再办理一次更正")


def _lock_households(rows: list[PopulationEvent]) -> set[int]:
    stays = [stay for row in rows for stay in (row.residence, row.former) if stay]
    ids = {stay.household_id for stay in stays}
    locked = Household.objects.select_for_update().filter(community_id=rows[0].community_id, pk__in=ids)
    return {household.pk for household in locked.order_by("pk")}


def _check_no_later_event(rows: list[PopulationEvent], people, households: set[int]) -> None:
    """Nothing that was written later is about these people or households."""
    about = (
        models.Q(person__in=people)
        | models.Q(residence__household__in=households)
        | models.Q(former__household__in=households)
    )
    later = (
        PopulationEvent.objects.filter(about, community_id=rows[0].community_id, pk__gt=rows[0].pk)
        .not_undone()
        .exclude(pk__in=[row.pk for row in rows])
        .select_related("person")
        .order_by("-pk")
    )
    touched = {(row.person_id, field) for row in rows for field in (row.changes or {}).get("person", ())}
    for event in later:
        if event.what == _What.CORRECTION and not event.residence_id and event.changes is not None:
            corrected = {(event.person_id, field) for field in event.changes.get("person", ())}
            if not corrected & touched:
                continue
        event_words = f"{event.person.name}{event.on}的{event.get_what_display()}"
        where = {_What.ENTRY: "在导入记录中撤销那次导入", _What.DOUBLE: "在合并记录中撤销那次合并"}
        how = where.get(event.what, "撤销那一项")
        raise UndoRefused(f"此后又登记了{event_words}，请先{how}")


def _restore(row: PopulationEvent, people) -> None:
    """The values of before, each checked to be still what the event wrote."""
    person = people[row.person_id]
    changes = row.changes if row.changes is not None else _implied_changes(row, person)
    if row.begins:
        begun = _residence(row, row.residence_id)
        if begun.end is not None:
            raise UndoRefused(f"{person.name}的{begun.get_kind_display()}登记后来已终止")
        begun.annulled = True
        begun.version += 1
        begun.save(update_fields=["annulled", "version"])
        if changes.get("founded"):
            _annul_household(begun)
    for key, pk in (("residence", row.residence_id), ("former", row.former_id)):
        if changes.get(key):
            residence = _residence(row, pk)
            _restore_fields(residence, changes[key], person)
            residence.version += 1
            residence.save(update_fields=[*changes[key], "version"])
    if changes.get("person"):
        _restore_fields(person, changes["person"], person)
        if "id_mask" in changes["person"]:
            # There was no number before; the parts that no event keeps go with the mask.
            person.id_cipher = person.id_hash = None


def _residence(row: PopulationEvent, pk: int) -> Residence:
    """The residence as the database has it now, locked: an import changes it without the person."""
    return Residence.objects.select_for_update().get(pk=pk, community_id=row.community_id)


def _implied_changes(row: PopulationEvent, person: Person) -> dict:
    """What an event of an import, or of before changes were kept, wrote over: it follows from its kind."""
    end = {"end": [None, as_json(row.on)]}
    if row.former_id:
        return {"former": end}
    implied = {"residence": end} if row.ends else {}
    if row.what == _What.DEATH and person.died_on:
        implied["person"] = {"died_on": [None, as_json(row.on)]}
    return implied


def _restore_fields(target, fields: dict, person: Person) -> None:
    for name, (before, after) in fields.items():
        field = target._meta.get_field(name)
        if as_json(getattr(target, name)) != after:
            raise UndoRefused(f"{person.name}的{field.verbose_name}后来又有改动，请先改回再撤销")
        setattr(target, name, field.to_python(before))
    if isinstance(target, Residence) and target.end is None:
        target.end_precision = ""


def _annul_household(begun: Residence) -> None:
    """A household that the act founded goes with its last residence."""
    remaining = Residence.objects.filter(
        community_id=begun.community_id, household=begun.household_id
    ).valid()
    if not remaining.exists():
        Household.objects.filter(community_id=begun.community_id, pk=begun.household_id).update(
            annulled=True, version=models.F("version") + 1
        )
