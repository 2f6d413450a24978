"""Exclusive roles: nobody supervises and executes, compared by person whatever the accounts."""

import datetime
from itertools import product

import pytest
from django.db import models, transaction

from community.accounts.actions import AccountError, create_account, end_role, grant_role, link_person
from community.accounts.models import RoleAssignment, User
from community.people.models import Person
from portal.access.roles import EXCLUSIVE, ROLES, ROLES_NEEDING_PERSON, HeldAt
from residents.merging.actions.merge import merge_people
from residents.merging.preview import check_mergeable, merge_preview
from residents.merging.refusals import MergeRefused

pytestmark = pytest.mark.django_db

# Written from what an office keeps apart, not from the code.
BARRED = {
    ("supervisor", "director"),
    ("supervisor", "staff"),
    ("supervisor", "civil"),
    ("supervisor", "finance"),
}
OF_COMMUNITIES = [role for role in ROLES.values() if role.held_at not in (HeldAt.STREET, HeldAt.DEPLOYMENT)]
CODES = [role.code for role in OF_COMMUNITIES]
PAIRS = list(product(CODES, repeat=2))
DAY = datetime.timedelta(days=1)


def is_barred(one: str, other: str) -> bool:
    return (one, other) in BARRED or (other, one) in BARRED


@pytest.fixture
def place(house):
    """Place of a role, as arguments of `grant_role`."""

    def of(role: str) -> dict:
        where = {"community_id": house.kuocang.id}
        at = {HeldAt.PLACE: {"stairwell": house.second}, HeldAt.BODY: {"body": house.branch}}
        return where | at.get(ROLES[role].held_at, {})

    return of


@pytest.fixture
def person(house):
    return Person.objects.create(community=house.kuocang, name="赵一", name_key="zhao yi")


def account(person: Person | None = None) -> User:
    return create_account(name="赵一", person=person)


def grants(user: User, role: str, place) -> bool:
    """Whether the role can be granted; rolled back."""
    with transaction.atomic():
        try:
            grant_role(user=user, role=role, by=None, **place(role))
        except AccountError:
            return False
        finally:
            transaction.set_rollback(True)
    return True


def hold(user: User, role: str, place, **days) -> RoleAssignment:
    return RoleAssignment.objects.create(user=user, role=role, **place(role), **days)


@pytest.fixture
def unlogged(monkeypatch):
    """Disable the access log, which would take most of the time of walks over all pairs."""
    monkeypatch.setattr("portal.audit.access_log.log_access", lambda **line: None)


def test_declared_exclusions_match_the_role_table():
    assert {frozenset(pair) for pair in BARRED} == EXCLUSIVE
    assert {"supervisor", "director", "staff", "civil", "finance"} == ROLES_NEEDING_PERSON


def test_every_pair_of_roles_of_one_account(house, place, person, unlogged):
    wrong = []
    for one in CODES:
        user = account(person)
        hold(user, one, place)
        wrong += [(one, o) for o in CODES if o != one and grants(user, o, place) is is_barred(one, o)]
        RoleAssignment.objects.all().delete()
    assert wrong == []


@pytest.mark.parametrize(
    ("days", "bars"),
    [
        ({}, True),
        ({"start": 1}, True),
        ({"start": -1, "end": 0}, True),
        ({"start": -9, "end": -1}, False),
    ],
    ids=["now", "later", "until today", "over"],
)
def test_every_pair_of_roles_of_two_accounts_of_one_person(house, place, person, unlogged, today, days, bars):
    """`days`: from today, which is another one than that of the import if a run crosses midnight."""
    wrong, second = [], account(person)
    held = {name: today + number * DAY for name, number in days.items()}
    for one in CODES:
        hold(account(person), one, place, **held)
        wrong += [(one, o) for o in CODES if grants(second, o, place) is (bars and is_barred(one, o))]
        RoleAssignment.objects.all().delete()
    assert wrong == []


@pytest.mark.parametrize("was_known", [False, True])
def test_every_pair_of_roles_when_a_person_is_linked_afterwards(
    cast, house, place, person, unlogged, was_known
):
    """Linking an account without a person, or with another one before."""
    another = Person.objects.create(community=house.kuocang, name="赵一") if was_known else None
    first, second, wrong = account(person), account(another), []
    for one, other in PAIRS:
        User.objects.filter(pk=second.pk).update(person=another)
        assignments = [hold(first, one, place), hold(second, other, place)]
        sentence = ""
        try:
            link_person(user=second, person=person, community_id=house.kuocang.id, by=cast["director"])
        except AccountError as refusal:
            sentence = str(refusal)
        if ("不能既是居务监督委员" in sentence) is not is_barred(one, other):
            wrong.append((one, other))
        for assignment in assignments:
            assignment.delete()
    assert wrong == []


def two_people(house) -> tuple[Person, Person]:
    survivor, removed = (Person.objects.create(community=house.kuocang, name="赵一") for _ in range(2))
    return survivor, removed


def test_every_pair_of_roles_when_two_people_are_merged(house, place):
    survivor, removed = two_people(house)
    first, second = account(survivor), account(removed)
    preview, wrong = merge_preview(survivor, removed), []
    for one, other in PAIRS:
        assignments = [hold(first, one, place), hold(second, other, place)]
        sentence = ""
        try:
            check_mergeable(preview)
        except MergeRefused as refusal:
            sentence = str(refusal)
        if ("居务监督委员" in sentence) is not is_barred(one, other):
            wrong.append((one, other))
        for assignment in assignments:
            assignment.delete()
    assert wrong == []


def test_people_are_not_merged_who_hold_such_roles_in_another_community(cast, house):
    survivor, removed = two_people(house)
    grant_role(user=account(survivor), role="supervisor", community_id=house.beizheng.id, by=None)
    grant_role(user=account(removed), role="finance", community_id=house.beizheng.id, by=None)
    preview = merge_preview(survivor, removed)
    with pytest.raises(MergeRefused, match="居务监督委员"):
        merge_people(
            by=cast["staff"],
            kept=survivor,
            removed=removed,
            seen_fingerprint=preview.fingerprint,
            sides_by_value={},
            sides_by_conflict={},
        )


@pytest.mark.parametrize("role", sorted(ROLES_NEEDING_PERSON))
def test_exclusive_role_needs_a_linked_person(cast, house, place, role):
    user = account()
    with pytest.raises(AccountError, match="须对应本人"):
        grant_role(user=user, role=role, by=None, **place(role))
    assert not RoleAssignment.objects.filter(user=user).exists()


def test_grant_rereads_the_linked_person(cast, house, place, person):
    """The account loaded by a page may have been linked meanwhile."""
    other = account(person)
    grant_role(user=other, role="supervisor", by=None, **place("supervisor"))
    stale = account(Person.objects.create(community=house.kuocang, name="钱二"))
    User.objects.filter(pk=stale.pk).update(person=person)
    with pytest.raises(AccountError, match="不能既是居务监督委员"):
        grant_role(user=stale, role="finance", by=None, **place("finance"))


def test_exclusion_applies_per_community(cast, house, person):
    grant_role(user=account(person), role="supervisor", community_id=house.kuocang.id, by=None)
    grant_role(user=account(person), role="finance", community_id=house.beizheng.id, by=None)


def test_ended_role_no_longer_excludes(cast, house, place, person):
    assignment = grant_role(user=account(person), role="supervisor", by=None, **place("supervisor"))
    end_role(assignment=assignment, by=cast["director"])
    assert grants(account(person), "finance", place)


def test_own_account_cannot_be_linked(cast, house, person):
    director = cast["director"]
    with pytest.raises(AccountError, match="您本人"):
        link_person(user=cast["health"], person=director.person, community_id=house.kuocang.id, by=director)
    with pytest.raises(AccountError, match="自己的账号"):
        link_person(user=director, person=person, community_id=house.kuocang.id, by=director)
    with pytest.raises(AccountError, match="还在其他单位任职"):
        link_person(user=cast["staff"], person=person, community_id=house.kuocang.id, by=director)


def test_person_with_account_is_not_deleted(cast, house, person):
    """Otherwise the account would lose its person, and its holder could get a second one."""
    user = account(person)
    with pytest.raises(models.ProtectedError):
        person.delete()
    user.refresh_from_db()
    assert user.person_id == person.pk


def test_cast_has_no_exclusive_roles(cast):
    """The demo's accounts are checked in tests/community/demo/test_demo.py."""
    assignments = RoleAssignment.objects.filter(role__in=ROLES_NEEDING_PERSON)
    assert assignments.exists()
    assert not assignments.filter(user__person__isnull=True).exists()
