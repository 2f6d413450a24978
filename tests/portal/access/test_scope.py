"""Row-level security, the second lock: what the database itself refuses."""

import pytest
from django.db import ProgrammingError, connection, transaction

from community.people.models import Person
from community.places.models import Building
from portal.access.db_scope import APP, HEAD, PUBLIC, scope
from residents.homes.models import Dwelling

pytestmark = pytest.mark.django_db


def test_unfiltered_query_reads_own_community_only(house):
    Person.objects.create(community=house.beizheng, name="李四", name_key="li si")
    with scope(APP, communities=[house.kuocang.id]):
        assert {p.name for p in Person.objects.all()} == {"张三"}


def test_scope_without_write_is_read_only(house):
    with scope(APP, communities=[house.kuocang.id]):
        assert Person.objects.all().update(name="改") == 0
        assert Person.objects.all()._raw_delete("default") == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            Building.objects.create(community=house.kuocang, label="9幢", key="9")


def test_rows_of_another_community_cannot_be_written(house):
    reach = {"communities": [house.kuocang.id], "write": [house.kuocang.id]}
    with scope(APP, **reach), pytest.raises(ProgrammingError), transaction.atomic():
        Building.objects.create(community=house.beizheng, label="9幢", key="9")


def test_a_head_reads_own_stairwell_only(house):
    Dwelling.objects.create(
        community=house.kuocang,
        building=house.building,
        stairwell=house.second,
        room="101",
        label="3幢2单元101室",
    )
    with scope(HEAD, communities=[house.kuocang.id], stairwells=[house.first.id]):
        assert [d.label for d in Dwelling.objects.all()] == ["3幢1单元101室"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM residents_door_people()")
            assert cursor.fetchall() == [("张三",)]
        with pytest.raises(ProgrammingError), transaction.atomic():
            Person.objects.first()


def test_the_public_reads_no_person(house):
    with scope(PUBLIC), pytest.raises(ProgrammingError), transaction.atomic():
        Person.objects.first()


def test_nested_scope_restores_the_outer_settings(house):
    with scope(APP, communities=[house.kuocang.id]):
        with scope(APP, communities=[house.xizhigou.id]):
            assert not Person.objects.exists()
        assert Person.objects.exists()


def test_history_records_user_and_reason(house, cast):
    with scope(
        APP, communities=[house.kuocang.id], write=[house.kuocang.id], user_id=cast["staff"].id, action="test"
    ):
        Person.objects.filter(pk=house.person.pk).update(note="新备注")
        event = house.person.events.first()
    assert (event.pgh_label, event.note) == ("update", "新备注")
    assert event.pgh_context["user"] == cast["staff"].id
    assert event.pgh_context["action"] == "test"
