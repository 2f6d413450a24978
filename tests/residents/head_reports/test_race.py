"""Reports in real transactions: accepted once by two at the same moment, and compared with history.

The negative controls take a lock away and show that the test would see the fault.
"""

import datetime
import threading
import time

import pytest
from django.db import connection, connections

from community.people.models import Person
from portal.access.db_scope import APP, HEAD, scope
from portal.forms.refusals import Refusal
from residents.event_log.models import PopulationEvent
from residents.events.actions.families import birth
from residents.events.actions.households import JoiningMember, transfer
from residents.head_reports.actions import review, submit
from residents.head_reports.actions.review import accept_by_event, accept_report, return_report
from residents.head_reports.actions.submit import ReportData, submit_report
from residents.head_reports.models import ChangeReport
from residents.head_reports.refusals import AlreadyReviewed, DeathReported, ReportOutdated
from residents.head_reports.report_diff import differences, fingerprint
from residents.homes.models import Dwelling
from residents.verification.actions import verify_door

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def race(house, cast):
    """A pending report and two members of staff."""
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


def at_once(house, cast, **acts) -> list:
    """Run the act of each account concurrently; return the result or the refusal of each."""
    start = threading.Barrier(len(acts))
    results = []

    def press(name: str, act) -> None:
        ids = [house.kuocang.id]
        try:
            with scope(APP, communities=ids, write=ids, user_id=cast[name].id):
                start.wait(timeout=10)
                results.append(act(cast[name]))
        except Refusal as refusal:
            results.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=name_and_act) for name_and_act in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def accepting(report):
    """Accept the report as its page showed it before the race."""
    seen = fingerprint(differences(report))
    return lambda by: accept_report(by=by, report=report, seen_fingerprint=seen).state


def accepting_by_birth(report):
    """Accept the report by the form of its event."""
    seen = fingerprint(differences(report))

    def accept(by):
        parent, home = report.person, {"living": report.person.residences.get().household}
        accept_by_event(
            by=by, report=report, seen_fingerprint=seen, involved=[parent],
            write=lambda: birth(by=by, parent=parent, on=report.on, households=home, name="李四", sex="M"),
        )  # fmt: skip
        return "accepted"

    return accept


def sending_back(report):
    return lambda by: return_report(by=by, report=report, reason="请补充").state


def without_lock(monkeypatch) -> None:
    """Both read the state before either writes, which the lock prevents."""
    both_have_read = threading.Barrier(2)

    def read_only(report: ChangeReport) -> ChangeReport:
        fresh = ChangeReport.objects.get(pk=report.pk)
        both_have_read.wait(timeout=10)
        return fresh

    monkeypatch.setattr(review, "_lock", read_only)


@pytest.fixture
def of_birth(race):
    house, _, report = race
    report.what, report.person, report.before = "birth", house.person, {"name": "张三", "people": ["张三"]}
    report.save()
    return report


def test_second_of_two_reviewers_is_refused(race):
    house, cast, report = race
    results = at_once(house, cast, staff=accepting(report), director=accepting(report))
    (refused,) = [result for result in results if isinstance(result, Exception)]
    assert isinstance(refused, AlreadyReviewed)
    report.refresh_from_db()
    assert report.reviewer.name in str(refused)
    assert Person.objects.filter(name="李四").count() == 1
    assert PopulationEvent.objects.filter(what="move_in").count() == 1


def test_without_the_lock_a_report_is_applied_twice(race, monkeypatch):
    house, cast, report = race
    without_lock(monkeypatch)
    results = at_once(house, cast, staff=accepting(report), director=accepting(report))
    assert results == ["accepted", "accepted"]
    assert Person.objects.filter(name="李四").count() == 2


@pytest.mark.parametrize("is_guarded", [True, False])
def test_event_of_a_report_is_written_once(race, of_birth, monkeypatch, is_guarded):
    """The report is locked and compared with what the reviewer saw; the control does neither."""
    house, cast, _ = race
    accept = accepting_by_birth(of_birth)
    if not is_guarded:
        seen = fingerprint(differences(of_birth))
        monkeypatch.setattr(review, "fingerprint", lambda differences: seen)
        without_lock(monkeypatch)
    at_once(house, cast, staff=accept, director=accept)
    assert Person.objects.filter(name="李四").count() == (1 if is_guarded else 2)


@pytest.mark.parametrize("is_locked", [True, False])
def test_accepted_report_is_not_sent_back(race, monkeypatch, is_locked):
    house, cast, report = race
    if not is_locked:
        without_lock(monkeypatch)
    results = at_once(house, cast, staff=accepting(report), director=sending_back(report))
    decisions = [result for result in results if isinstance(result, str)]
    assert len(decisions) == (1 if is_locked else 2)


@pytest.mark.parametrize("is_locked", [True, False])
def test_concurrent_move_is_a_conflict(race, monkeypatch, is_locked):
    """The person is moved by an event while a report about them is accepted."""
    house, cast, report = race
    doors = [
        Dwelling.objects.create(community=house.kuocang, building=house.building, stairwell=house.first, room=room)
        for room in ("201", "301")
    ]  # fmt: skip
    report.what, report.person, report.people = "transfer", house.person, [str(house.person.uuid)]
    report.save()
    if not is_locked:
        monkeypatch.setattr(review, "lock_people", lambda people: {p.pk: p for p in people})
    moved = threading.Event()
    seen = fingerprint(differences(report))

    def move(by, dwelling):
        member = [JoiningMember(house.person, "户主")]
        return transfer(by=by, members=member, dwelling=dwelling, on=report.on, targets={"living": None})

    def by_the_event(by):
        move(by, doors[0])
        moved.set()
        _wait_for_lock()
        return "moved"

    def by_the_report(by):
        moved.wait(timeout=10)
        write = {"involved": [house.person], "write": lambda: move(by, doors[1])}
        return accept_by_event(by=by, report=report, seen_fingerprint=seen, **write)

    results = at_once(house, cast, staff=by_the_event, director=by_the_report)
    assert any(isinstance(result, ReportOutdated) for result in results) == is_locked
    house.person.refresh_from_db()
    assert house.person.place_label == doors[0 if is_locked else 1].label


def _wait_for_lock(unless: threading.Event | None = None) -> None:
    """Wait until another transaction of this database waits for a lock, or until `unless` is set."""
    waiting = "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if cursor.fetchone():
                return
        if unless and unless.is_set():
            return
        time.sleep(0.05)


def test_concurrent_taps_are_one_verification(race):
    house, cast, _ = race
    start = threading.Barrier(2)

    def tap() -> None:
        ids = [house.kuocang.id]
        try:
            with scope(
                "liren_head", communities=ids, write=ids, stairwells=[house.first.id], user_id=cast["head"].id
            ):
                start.wait(timeout=10)
                verify_door(by=cast["head"], dwelling=house.dwelling)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert house.dwelling.verifications.count() == 1


def test_phone_changed_after_the_report_is_a_conflict(race):
    """Heads see no phones: the earlier value comes from the history, which needs real transactions."""
    house, cast, _ = race
    person, ids = house.person, [house.kuocang.id]
    Person.objects.filter(pk=person.pk).update(phone="13800000001")
    head = {"communities": ids, "write": ids, "stairwells": [house.first.id], "user_id": cast["head"].id}
    with scope("liren_head", **head):
        reported = ReportData(
            on=datetime.date(2026, 3, 10), name="张三", sex="M", birth_year=1970, relation_word="户主",
            phone="13800000002",
        )  # fmt: skip
        report = submit_report(
            by=cast["head"], dwelling=house.dwelling, what="correction", data=reported, person_id=person.pk
        )
    (line,) = differences(report)
    assert (line.then, line.now, line.reported) == ("13800000001", "13800000001", "13800000002")
    assert not line.is_conflict
    Person.objects.filter(pk=person.pk).update(phone="13800000003")
    (line,) = differences(ChangeReport.objects.get(pk=report.pk))
    assert line.is_conflict
    assert (line.then, line.now) == ("13800000001", "13800000003")


@pytest.mark.parametrize("is_guarded", [True, False])
def test_a_death_reported_by_two_at_once_waits_once(house, cast, monkeypatch, is_guarded):
    """Both look for an earlier report before either writes; the control takes the unique rule away."""
    both_have_looked, look = threading.Barrier(2), submit._check_death_is_new
    calls = threading.local()

    def look_together(report: ChangeReport) -> None:
        look(report)
        if not hasattr(calls, "looked"):
            calls.looked = True
            both_have_looked.wait(timeout=10)

    monkeypatch.setattr(submit, "_check_death_is_new", look_together)
    if not is_guarded:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX changereport_death_once")
    data = ReportData(on=datetime.date(2026, 3, 10))

    def report_death(by):
        return submit_report(
            by=by, dwelling=house.dwelling, what="death", data=data, person_id=house.person.pk
        )

    results = []

    def press(name: str) -> None:
        ids = [house.kuocang.id]
        try:
            with scope(HEAD, communities=ids, write=ids, stairwells=[house.first.id], user_id=cast[name].id):
                results.append(report_death(cast[name]))
        except Refusal as refusal:
            results.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(name,)) for name in ("head", "group")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    refused = [result for result in results if isinstance(result, Refusal)]
    assert ChangeReport.objects.count() == (1 if is_guarded else 2)
    assert [type(refusal) for refusal in refused] == ([DeathReported] if is_guarded else [])
    if is_guarded:
        assert "正在等待审核" in str(refused[0])
