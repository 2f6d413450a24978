"""Concurrency of undo and edits, in real transactions, with each lock and without.

The colleague has written and not yet committed when the undo comes. It has to wait, and then to leave alone and name
what was changed; the negative controls take the lock away and show that the test would see the fault.
"""

import datetime
import threading

import pytest
from django.db.models import F

from community.people.models import Person
from community.units.models import Unit
from portal.access.db_scope import APP, scope
from portal.access.user_access import Access
from portal.batches.kinds import BatchRefused
from portal.bulk_change import batches as bulk_batches
from portal.bulk_change import undo as bulk_undoing
from portal.bulk_change.models import BulkChange
from portal.forms.refusals import UndoRefused
from portal.hooks.departure import Departure
from portal.importing import undo as import_undoing
from portal.importing.importers import importer_for
from portal.importing.models import ImportBatch
from portal.registers.registry import get_register
from residents.events.actions import undo as undoing_event
from residents.events.actions.moves import endings, move_out
from residents.events.actions.undo import undo as undo_event
from residents.homes.models import Dwelling, Household, Residence
from residents.merging.actions import undo as merging_undo
from residents.merging.actions.merge import merge_people
from residents.merging.actions.undo import undo_merge
from residents.merging.preview import KEPT, merge_preview
from residents.people.actions import correct_person
from residents.people.refusals import PersonDeleted
from residents.people.registers import PersonRegister
from tests.imports import import_file, person, roster
from tests.residents.head_reports.test_race import _wait_for_lock, at_once

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "journal"])
DAY = datetime.date(2026, 3, 10)


def while_edited(house, cast, edit, take_back) -> str:
    """Run `edit`, which commits once the undo waits for it or has ended; return the message of the undo."""
    committed, over = threading.Event(), threading.Event()
    messages = []

    def colleague(by):
        edit(by)
        committed.set()
        _wait_for_lock(unless=over)

    def undo(by):
        committed.wait(timeout=10)
        try:
            messages.append(str(take_back(by)))
        except (BatchRefused, UndoRefused) as reason:
            messages.append(str(reason))
        finally:
            over.set()

    at_once(house, cast, staff=colleague, director=undo)
    return messages[0]


@pytest.fixture
def imported(house, cast, tmp_path, capsys):
    """An import that created 李明."""
    path = tmp_path / "花名册.xlsx"
    path.write_bytes(roster(person("李明", 与户主关系="户主")))
    assert import_file(path, capsys, "--apply", community="kuocang")[0] == 0
    return ImportBatch.objects.get()


@pytest.mark.parametrize("is_guarded", [True, False])
def test_import_undo_keeps_a_concurrent_edit(house, cast, imported, monkeypatch, is_guarded):
    if not is_guarded:
        monkeypatch.setattr(import_undoing, "_lock_rows", lambda all_changes, community_id: None)

    def edit(by):
        # As the edit form of a person saves.
        Person.objects.filter(name="李明").update(note="独居", version=F("version") + 1)

    message = while_edited(
        house,
        cast,
        edit,
        lambda by: import_undoing.undo(ImportBatch.objects.get(), importer_for(PersonRegister())),
    )
    notes = list(Person.objects.filter(name="李明").values_list("note", flat=True))
    if is_guarded:
        assert "导入之后又有改动" in message
        assert "李明" in message
        assert notes == ["独居"]
    else:
        assert notes == [], "the edit is lost without a word"


@pytest.mark.parametrize("is_guarded", [True, False])
def test_edit_after_the_undo_is_refused(house, cast, imported, is_guarded):
    """The other order: the undo locks the rows; an edit of one of them waits and is refused."""
    person = Person.objects.of(house.kuocang).get(name="李明")
    undone = threading.Event()

    def undo(by):
        import_undoing.undo(ImportBatch.objects.get(), importer_for(PersonRegister()))
        undone.set()
        _wait_for_lock()
        return "undone"

    def edit(by):
        undone.wait(timeout=10)
        if not is_guarded:
            # As a page that does not lock the person: it changes nothing, silently.
            return Person.objects.filter(pk=person.pk).update(note="独居")
        return correct_person(by=by, person=person, version=person.version, changes={"note": "独居"})

    results = at_once(house, cast, director=undo, staff=edit)
    assert "undone" in results
    assert any(isinstance(result, PersonDeleted) for result in results) == is_guarded
    assert not Person.objects.filter(pk=person.pk).exists()


@pytest.mark.parametrize("is_guarded", [True, False])
def test_bulk_change_undo_skips_a_concurrent_edit(house, cast, monkeypatch, is_guarded):
    """The edited row is kept and named, the other one restored; without the lock neither is."""
    register, community = get_register("community:unit"), house.kuocang.ref
    first = Unit.objects.get(community=house.kuocang)
    second = Unit.objects.create(community=house.kuocang, name="乙单位", kinds=["located"])
    access = Access.of(cast["director"])
    community_ids = [house.kuocang.id]
    with scope(APP, communities=community_ids, write=community_ids, user_id=cast["director"].id):
        batch = bulk_batches.start_batch(
            register,
            [first.pk, second.pk],
            community_id=community.id,
            user_id=cast["director"].id,
            chosen="两个",
        )
        batch.field, batch.given = "kinds", ["liaison"]
        bulk_batches.check(batch, register, access, community)
        bulk_batches.apply(batch, register, access, community, cast["director"])
    assert list(Unit.objects.order_by().values_list("kinds", flat=True).distinct()) == [["liaison"]]
    if not is_guarded:
        unlocked = lambda register, ids, community_id: dict(  # noqa: E731
            Unit.objects.filter(pk__in=ids).values_list("pk", "version")
        )
        monkeypatch.setattr(bulk_undoing, "versions_of", unlocked)

    def edit(by):
        Unit.objects.filter(pk=first.pk).update(contact="甲某", version=F("version") + 1)

    message = while_edited(
        house, cast, edit, lambda by: bulk_undoing.undo(BulkChange.objects.get(), register, community, by)
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.kinds, first.contact) == (["liaison"], "甲某")
    assert second.kinds == (["located"] if is_guarded else ["liaison"])
    assert ("没有改动任何内容" in message) != is_guarded
    if is_guarded:
        skipped = BulkChange.objects.get().rows.get(row_id=first.pk)
        assert skipped.reason == "修改后又有改动，保留当前内容"


@pytest.mark.parametrize("is_guarded", [True, False])
def test_merge_undo_keeps_a_concurrent_edit(house, cast, monkeypatch, is_guarded):
    double = Person.objects.create(
        community=house.kuocang, name="张三", birth_date=datetime.date(1970, 3, 1), birth_precision="d"
    )
    door = Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="201"
    )
    home = Household.objects.create(community=house.kuocang, kind="living", dwelling=door)
    stay = Residence.objects.create(community=house.kuocang, person=double, household=home, kind="living")
    ids = [house.kuocang.id]
    with scope(APP, communities=ids, write=ids, user_id=cast["staff"].id):
        preview = merge_preview(house.person, double)
        merge = merge_people(
            by=cast["staff"], kept=house.person, removed=double, seen_fingerprint=preview.fingerprint, sides_by_value={},
            sides_by_conflict={conflict.key: KEPT for conflict in preview.conflicts},
        )  # fmt: skip
    if not is_guarded:
        monkeypatch.setattr(merging_undo, "_lock_rows", lambda merge, kept: None)

    def edit(by):
        Residence.objects.filter(pk=stay.pk).update(other_address="松阳县", version=F("version") + 1)

    message = while_edited(
        house, cast, edit, lambda by: undo_merge(by=by, merge=merge, reason="不是同一人").name
    )
    assert ("在合并以后又有改动" in message) == is_guarded
    assert Person.objects.filter(name="张三").count() == (1 if is_guarded else 2)


@pytest.mark.parametrize("is_guarded", [True, False])
def test_event_undo_keeps_a_concurrent_change(house, cast, monkeypatch, is_guarded):
    """An import changes the destination of a person without locking them."""
    ids = [house.kuocang.id]
    with scope(APP, communities=ids, write=ids, user_id=cast["staff"].id):
        (event,) = move_out(
            by=cast["staff"], person=house.person, on=DAY, destination="松阳县",
            confirmed=[e.key for e in endings(house.person, Departure(DAY))],
        )  # fmt: skip
    if not is_guarded:
        monkeypatch.setattr(undoing_event, "_residence", lambda row, pk: Residence.objects.get(pk=pk))

    def edit(by):
        Residence.objects.filter(pk=house.residence.pk).update(
            other_address="遂昌县", version=F("version") + 1
        )

    message = while_edited(house, cast, edit, lambda by: undo_event(by=by, event=event, reason="录错"))
    house.residence.refresh_from_db()
    assert ("后来又有改动" in message) == is_guarded
    assert house.residence.other_address == ("遂昌县" if is_guarded else "")
