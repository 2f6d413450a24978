"""Concurrency of merging, in real transactions, with the locks and without."""

import datetime
import threading

import pytest

from community.people.models import Person
from portal.forms.refusals import StaleForm
from residents.merging.actions import merge as merging_merge
from residents.merging.actions.merge import merge_people
from residents.merging.preview import MergePreview, merge_preview
from residents.people.actions import correct_person
from residents.people.refusals import PersonDeleted
from tests.residents.head_reports.test_race import _wait_for_lock, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def race(house, cast):
    """Two duplicate records, and their merge as its page showed it."""
    double = Person.objects.create(
        community=house.kuocang, name="张三", birth_date=datetime.date(1970, 3, 1), birth_precision="d"
    )
    seen = merge_preview(house.person, double).fingerprint

    def merge(by):
        return merge_people(
            by=by,
            kept=house.person,
            removed=double,
            seen_fingerprint=seen,
            sides_by_value={},
            sides_by_conflict={},
        ).removed_name

    return house, cast, double, merge


@pytest.mark.parametrize("is_guarded", [True, False])
def test_concurrent_correction_is_not_lost(race, monkeypatch, is_guarded):
    """The record that stays is corrected while the merge waits for it; the control neither locks nor compares."""
    house, cast, double, merge = race
    if not is_guarded:
        monkeypatch.setattr(MergePreview, "fingerprint", property(lambda preview: "same"))
        seen = "same"
        as_seen = merge_preview(house.person, double)
        monkeypatch.setattr(merging_merge, "lock_people", lambda people: {p.pk: p for p in people})
        monkeypatch.setattr(merging_merge, "merge_preview", lambda kept, removed: as_seen)

        def merge(by):
            return merge_people(
                by=by,
                kept=house.person,
                removed=double,
                seen_fingerprint=seen,
                sides_by_value={},
                sides_by_conflict={},
            ).removed_name

    written = threading.Event()

    def correct(by):
        correct_person(by=by, person=house.person, version=1, changes={"note": "常年在外"})
        written.set()
        _wait_for_lock()
        return "corrected"

    def merge_afterwards(by):
        written.wait(timeout=10)
        return merge(by)

    results = at_once(house, cast, staff=correct, director=merge_afterwards)
    assert any(isinstance(r, StaleForm) for r in results) == is_guarded
    notes = list(Person.objects.of(house.kuocang).values_list("note", flat=True))
    assert ("常年在外" in notes) == is_guarded


def test_second_of_two_concurrent_merges_is_refused(race):
    house, cast, _, merge = race
    results = at_once(house, cast, staff=merge, director=merge)
    assert "张三" in results
    assert any(isinstance(r, PersonDeleted) for r in results)
