"""Import conflicts: concurrent changes between check and apply are reported, nothing is overwritten."""

import contextlib
import threading

import pytest
from django.db import connection
from django.utils import timezone

from community.people.models import Person
from portal.access.db_scope import APP, scope
from portal.access.user_access import Access
from portal.batches import kinds
from portal.importing import batches
from portal.importing.models import ImportBatch
from portal.importing.tasks import IMPORT
from portal.jobs.models import Job
from residents.events.actions.moves import move_out
from residents.homes.models import Household, Residence
from residents.people.actions import correct_person
from tests.imports import Pages, person, roster, run_jobs
from tests.workbooks import resident_id

HUSBAND, WIFE, OTHER = (
    resident_id("19800301", "111"),
    resident_id("19810405", "222"),
    resident_id("19700506", "333"),
)


@pytest.fixture
def pages(client, cast):
    client.force_login(cast["staff"])
    return Pages(client)


def load(pages, *people):
    batch = pages.check(roster(*people))
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    return pages.batch()


def apply(pages, batch) -> dict:
    """Apply a checked batch; returns its report."""
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    batch.refresh_from_db()
    assert batch.state == "applied"
    return batch.report["applied"]


def acting(house, cast):
    return scope(APP, communities=[house.xizhigou.id], write=[house.xizhigou.id], user_id=cast["director"].id)


@pytest.mark.django_db
def test_person_corrected_since_check_is_a_conflict(pages, house, cast):
    load(pages, person("李明", 身份证号码=HUSBAND, 联系电话="13800000001"), person("王芳", 身份证号码=WIFE))
    batch = pages.check(
        roster(
            person("李明", 身份证号码=HUSBAND, 联系电话="13900000002"),
            person("王芳", 身份证号码=WIFE, 文化程度="本科"),
        )
    )
    li_ming = Person.objects.get(community=house.xizhigou, name="李明")
    with acting(house, cast):
        changes = {"phone": "13700000003"}
        correct_person(by=cast["director"], person=li_ming, version=li_ming.version, changes=changes)
    applied = apply(pages, batch)
    assert (applied["new"], applied["changed"]) == (0, 1)
    assert [conflict["row"] for conflict in applied["conflicts"]] == [2]
    li_ming.refresh_from_db()
    assert li_ming.phone == "13700000003"
    assert Person.objects.get(community=house.xizhigou, name="王芳").education == "20"


@pytest.mark.django_db
def test_person_moved_out_since_check_is_not_moved_in(pages, house, cast):
    load(pages, person("李明", 身份证号码=HUSBAND))
    batch = pages.check(roster(person("李明", 身份证号码=HUSBAND), person("王芳", 身份证号码=WIFE)))
    li_ming = Person.objects.get(community=house.xizhigou, name="李明")
    with acting(house, cast):
        move_out(by=cast["director"], person=li_ming, on=timezone.localdate())
    applied = apply(pages, batch)
    assert (applied["new"], applied["changed"], len(applied["conflicts"])) == (1, 0, 1)
    assert Residence.objects.get(person=li_ming).end is not None


@pytest.mark.django_db
def test_person_entered_since_check_is_not_duplicated(pages, house, cast):
    batch = pages.check(roster(person("李明", 身份证号码=HUSBAND, 联系电话="13800000001")))
    by_hand = Person(community=house.xizhigou, name="李明", name_key="li ming")
    by_hand.set_id("resident_id", HUSBAND, "3301**************")
    by_hand.save()
    applied = apply(pages, batch)
    assert (applied["new"], applied["changed"], len(applied["conflicts"])) == (0, 0, 1)
    by_hand.refresh_from_db()
    assert by_hand.phone == ""


@pytest.mark.django_db
def test_head_set_since_check_remains_the_only_one(pages, house, cast):
    load(pages, person("李明", 身份证号码=HUSBAND))
    batch = pages.check(
        roster(
            person("王五", 与户主关系="户主", 身份证号码=OTHER),
            person("王芳", 与户主关系="妻", 身份证号码=WIFE),
        )
    )
    Residence.objects.filter(person__name="李明").update(is_head=True)
    applied = apply(pages, batch)
    assert applied["new"] == 1
    assert "户主是李明" in applied["conflicts"][0]["message"]
    residences = Residence.objects.filter(community=house.xizhigou)
    assert [residence.person.name for residence in residences.filter(is_head=True)] == ["李明"]
    # The row of her head is rejected: she is not written into his household.
    assert (
        residences.get(person__name="王芳").household_id != residences.get(person__name="李明").household_id
    )


@pytest.mark.django_db
def test_places_created_since_check_are_reused(pages, house):
    first = pages.check(roster(person("李明", 身份证号码=HUSBAND)))
    second = pages.check(roster(person("王芳", 身份证号码=WIFE)))
    assert second.report["listings"][0]["items"] == ["3幢2单元501室"]
    apply(pages, first)
    assert apply(pages, second)["conflicts"] == []
    assert Household.objects.filter(community=house.xizhigou).count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "journal"])
@pytest.mark.parametrize("guarded", [True, False])
def test_concurrent_requests_start_one_job(house, cast, monkeypatch, guarded):
    """Without the lock (the negative control) both start one."""
    if not guarded:
        monkeypatch.setattr(
            ImportBatch, "lock", lambda self: ImportBatch.objects.select_related("job").get(pk=self.pk)
        )
    batch = ImportBatch.objects.create(
        community_id=house.xizhigou.id,
        user_id=cast["staff"].id,
        register="residents:person",
        file_name="a.xlsx",
        state="checked",
    )
    together = threading.Barrier(2, timeout=10)
    begun = []

    def start():
        together.wait()
        try:
            with scope(APP, communities=[house.xizhigou.id], write=[house.xizhigou.id]):
                begun.append(IMPORT.start(batch, batches.may_apply, "applying", **options))
        finally:
            connection.close()

    def job(*args, **fields):
        # Whoever is here waits for the other; under the lock the other cannot come.
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(timeout=0.5)
        return Job.objects.create(community_id=house.xizhigou.id, user_id=cast["staff"].id, title="导入")

    monkeypatch.setattr(kinds, "enqueue", job)
    options = {"access": Access.of(cast["staff"]), "community": house.xizhigou.ref, "title": "导入"}
    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(begun) == ([False, True] if guarded else [True, True])
