"""Reports in real transactions: accepted once by two at the same moment, and compared with history.

The negative control takes the lock away and shows that the test would see the fault.
"""

import datetime
import threading

import pytest
from django.db import connections

from community.models import Person
from portal.scope import APP, scope
from residents import actions
from residents.actions import Said, refusals, reviews
from residents.differences import differences, fingerprint
from residents.models import ChangeReport, PopulationEvent
from tests.house import build_cast, build_house

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def race():
    """A report that waits, with two members of staff; built anew, since these tests really commit."""
    house = build_house()
    cast = build_cast(house)
    report = ChangeReport.objects.create(
        community=house.kuocang,
        stairwell=house.first,
        dwelling=house.dwelling,
        what="move_in",
        on=datetime.date(2026, 3, 10),
        name="李四",
        before={"people": ["张三"]},
        proposer=cast["head"],
    )
    return house, cast, report


def accept_at_once(house, cast, report) -> list:
    """Both press the button; what each got: the state, or the refusal."""
    seen = fingerprint(differences(report))
    start = threading.Barrier(2)
    results = []

    def press(name: str) -> None:
        ids = [house.kuocang.id]
        try:
            with scope(APP, communities=ids, write=ids, user_id=cast[name].id):
                mine = ChangeReport.objects.get(pk=report.pk)
                start.wait(timeout=10)
                results.append(actions.accept_report(by=cast[name], report=mine, seen=seen).state)
        except refusals.Refusal as refusal:
            results.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(name,)) for name in ("staff", "director")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def test_one_wins_and_the_other_is_told(race):
    house, cast, report = race
    results = accept_at_once(house, cast, report)
    (refused,) = [result for result in results if isinstance(result, Exception)]
    assert isinstance(refused, refusals.AlreadyReviewed)
    report.refresh_from_db()
    assert report.reviewer.name in str(refused)
    assert Person.objects.filter(name="李四").count() == 1
    assert PopulationEvent.objects.filter(what="move_in").count() == 1


def test_without_the_lock_it_would_be_applied_twice(race, monkeypatch):
    """Both read the state before either writes: what the lock prevents."""
    house, cast, report = race
    both_have_read = threading.Barrier(2)

    def read_only(found: ChangeReport) -> ChangeReport:
        fresh = ChangeReport.objects.get(pk=found.pk)
        both_have_read.wait(timeout=10)
        return fresh

    monkeypatch.setattr(reviews, "_lock", read_only)
    results = accept_at_once(house, cast, report)
    assert results == ["accepted", "accepted"]
    assert Person.objects.filter(name="李四").count() == 2


def test_two_taps_at_once_are_one_verification(race):
    house, cast, _ = race
    start = threading.Barrier(2)

    def tap() -> None:
        ids = [house.kuocang.id]
        try:
            with scope(
                "liren_head", communities=ids, write=ids, stairwells=[house.first.id], user_id=cast["head"].id
            ):
                start.wait(timeout=10)
                actions.verify_door(by=cast["head"], dwelling=house.dwelling)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert house.dwelling.verifications.count() == 1


def test_a_phone_changed_after_the_report_is_a_conflict(race):
    """Heads see no phones: what stood there comes out of history, which needs real transactions."""
    house, cast, _ = race
    person, ids = house.person, [house.kuocang.id]
    Person.objects.filter(pk=person.pk).update(phone="13800000001")
    head = {"communities": ids, "write": ids, "stairwells": [house.first.id], "user_id": cast["head"].id}
    with scope("liren_head", **head):
        said = Said(
            on=datetime.date(2026, 3, 10), name="张三", sex="M", birth_year=1970, relation_word="户主",
            phone="13800000002",
        )  # fmt: skip
        report = actions.submit_report(
            by=cast["head"], dwelling=house.dwelling, what="correction", said=said, person_id=person.pk
        )
    (line,) = differences(report)
    assert (line.then, line.now, line.reported) == ("13800000001", "13800000001", "13800000002")
    assert not line.is_conflict
    Person.objects.filter(pk=person.pk).update(phone="13800000003")
    (line,) = differences(ChangeReport.objects.get(pk=report.pk))
    assert line.is_conflict
    assert (line.then, line.now) == ("13800000001", "13800000003")
