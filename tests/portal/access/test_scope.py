"""Row-level security, the second lock: what the database itself refuses."""

from collections import defaultdict

import pytest
from django.db import ProgrammingError, connection, transaction

from community.people.models import Person
from community.places.models import Building
from portal.access.db_scope import APP, HEAD, MEMBER, PUBLIC, STREET, scope
from portal.access.permissions import Permission
from portal.access.rls import RowSecurity, row_security_of
from portal.access.user_access import Access, HeldRole
from portal.database.install import own_models
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


def test_querysets_limit_rows_to_the_communities_of_the_right(house):
    Person.objects.create(community=house.beizheng, name="李四", name_key="li si")
    here, there = house.kuocang.ref, house.beizheng.ref

    def names(*holdings):
        access = Access(None, holdings)
        people = Person.objects.filter(name__in=["张三", "李四"])  # those of accounts are there as well
        return set(people.visible_to(access, Permission.PEOPLE_VIEW).values_list("name", flat=True))

    assert names(HeldRole("staff", here)) == {"张三"}
    assert names(HeldRole("staff", here), HeldRole("staff", there)) == {"张三", "李四"}
    assert names(HeldRole("supervisor", here)) == set()
    assert names() == set()


CHANGED_BY_SQL = {
    "community_bulletineditor": {"liren_app_delete"},
    "community_community": {"liren_street_insert"},
    "community_communityevent": {"liren_street_insert"},
    "community_datedrule": {"liren_public_select", "liren_head_select"},
    "community_objection": {"liren_public_insert", "liren_app_delete"},
    "community_objectionevent": {"liren_public_insert"},
    "portal_attachment": {
        "liren_head_select",
        "liren_head_insert",
        "liren_head_request_select",
        "liren_head_request_insert",
        "liren_member_select",
        "liren_member_insert",
    },
    "portal_attachmentevent": {"liren_head_insert", "liren_head_request_insert", "liren_member_insert"},
    "residents_changereport": {"liren_head_update"},
    "residents_verification": {"liren_head_delete"},
}
"""Table -> policies that a `.sql` file adds or drops."""


def test_policies_are_those_that_models_declare(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
        installed = defaultdict(set)
        for table, policy in cursor.fetchall():
            installed[table].add(policy)
    declared = {
        model._meta.db_table: expected_policies(security) ^ CHANGED_BY_SQL.get(model._meta.db_table, set())
        for model in own_models()
        if (security := row_security_of(model))
    }
    assert {table: installed[table] for table in declared} == declared


def expected_policies(security: RowSecurity) -> set[str]:
    policies = {f"{APP}_select", f"{APP}_insert", *(f"{role}_select" for role in security.open_to)}
    policies |= {f"{PUBLIC}_select"} if security.public_when else set()
    if not security.append_only:
        policies |= {f"{APP}_update", f"{APP}_delete"}
    if security.street:
        policies.add(f"{STREET}_select")
    if security.street_writes:
        policies.add(f"{STREET}_insert")
    if security.head:
        policies.add(f"{HEAD}_select")
    if security.member:
        policies.add(f"{MEMBER}_select")
    if security.head and security.head_inserts:
        policies.add(f"{HEAD}_insert")
    return policies


def test_a_key_within_the_community_is_not_repeated_in_migrations():
    key = Dwelling._meta.get_field("building")
    assert key.db_constraint is False
    assert "db_constraint" not in key.deconstruct()[3]
