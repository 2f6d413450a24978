"""The supervision committee is independent of whoever it supervises: of the person, whatever the accounts."""

import datetime
from itertools import product

import pytest
from django.db import models, transaction
from django.utils import timezone

from community.actions.accounts import AccountError, create_account, end_role, grant_role, link_person
from community.models import Person, RoleAssignment, User
from portal.roles import EXCLUSIVE, NEEDS_PERSON, ROLES, HeldAt
from residents.actions.merging import merge_people
from residents.actions.refusals_merging import NotMerged
from residents.doubles import check_mergeable, survey

pytestmark = pytest.mark.django_db

# As roles.md has it, written down once more.
BARRED = {
    ("supervisor", "director"),
    ("supervisor", "staff"),
    ("supervisor", "civil"),
    ("supervisor", "finance"),
}
OF_COMMUNITIES = [role for role in ROLES.values() if role.held_at not in (HeldAt.STREET, HeldAt.DEPLOYMENT)]
CODES = [role.code for role in OF_COMMUNITIES]
PAIRS = list(product(CODES, repeat=2))
TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


def is_barred(one: str, other: str) -> bool:
    return (one, other) in BARRED or (other, one) in BARRED


@pytest.fixture
def place(house):
    """Where a role is held, as arguments of `grant_role`."""

    def of(role: str) -> dict:
        where = {"community_id": house.kuocang.id}
        return where | ({"stairwell": house.second} if ROLES[role].held_at is HeldAt.PLACE else {})

    return of


@pytest.fixture
def person(house):
    return Person.objects.create(community=house.kuocang, name="赵一", name_key="zhao yi")


def account(person: Person | None = None) -> User:
    return create_account(name="赵一", person=person)


def grants(user: User, role: str, place) -> bool:
    """Whether the role can be granted; nothing of it stays."""
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
    """The walks over all pairs write no log, which would be most of their time."""
    monkeypatch.setattr("portal.journal.log_access", lambda **line: None)


def test_the_declaration_is_that_of_the_role_table():
    assert {frozenset(pair) for pair in BARRED} == EXCLUSIVE
    assert {"supervisor", "director", "staff", "civil", "finance"} == NEEDS_PERSON


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
        ({"start": TODAY + DAY}, True),
        ({"start": TODAY - DAY, "end": TODAY}, True),
        ({"start": TODAY - 9 * DAY, "end": TODAY - DAY}, False),
    ],
    ids=["now", "later", "until today", "over"],
)
def test_every_pair_of_roles_of_two_accounts_of_one_person(house, place, person, unlogged, days, bars):
    wrong, second = [], account(person)
    for one in CODES:
        hold(account(person), one, place, **days)
        wrong += [(one, o) for o in CODES if grants(second, o, place) is (bars and is_barred(one, o))]
        RoleAssignment.objects.all().delete()
    assert wrong == []


@pytest.mark.parametrize("was_known", [False, True])
def test_every_pair_of_roles_when_a_person_is_linked_afterwards(
    cast, house, place, person, unlogged, was_known
):
    """To an account that was nobody's, or somebody else's before."""
    another = Person.objects.create(community=house.kuocang, name="赵一") if was_known else None
    first, second, wrong = account(person), account(another), []
    for one, other in PAIRS:
        User.objects.filter(pk=second.pk).update(person=another)
        held = [hold(first, one, place), hold(second, other, place)]
        sentence = ""
        try:
            link_person(user=second, person=person, community_id=house.kuocang.id, by=cast["director"])
        except AccountError as refusal:
            sentence = str(refusal)
        if ("不能既是居务监督委员" in sentence) is not is_barred(one, other):
            wrong.append((one, other))
        for assignment in held:
            assignment.delete()
    assert wrong == []


def two_people(house) -> tuple[Person, Person]:
    kept, removed = (Person.objects.create(community=house.kuocang, name="赵一") for _ in range(2))
    return kept, removed


def test_every_pair_of_roles_when_two_people_are_merged(house, place):
    kept, removed = two_people(house)
    first, second = account(kept), account(removed)
    found, wrong = survey(kept, removed), []
    for one, other in PAIRS:
        held = [hold(first, one, place), hold(second, other, place)]
        sentence = ""
        try:
            check_mergeable(found)
        except NotMerged as refusal:
            sentence = str(refusal)
        if ("居务监督委员" in sentence) is not is_barred(one, other):
            wrong.append((one, other))
        for assignment in held:
            assignment.delete()
    assert wrong == []


def test_people_are_not_merged_who_hold_such_roles_in_another_community(cast, house):
    kept, removed = two_people(house)
    grant_role(user=account(kept), role="supervisor", community_id=house.beizheng.id, by=None)
    grant_role(user=account(removed), role="finance", community_id=house.beizheng.id, by=None)
    found = survey(kept, removed)
    with pytest.raises(NotMerged, match="居务监督委员"):
        merge_people(by=cast["staff"], kept=kept, removed=removed, seen=found.fingerprint, take={}, stay={})


@pytest.mark.parametrize("role", sorted(NEEDS_PERSON))
def test_such_a_role_needs_a_person(cast, house, place, role):
    user = account()
    with pytest.raises(AccountError, match="须对应本人"):
        grant_role(user=user, role=role, by=None, **place(role))
    assert not RoleAssignment.objects.filter(user=user).exists()


def test_the_person_is_read_anew_before_a_grant(cast, house, place, person):
    """The account that a page holds may have been linked to somebody since."""
    other = account(person)
    grant_role(user=other, role="supervisor", by=None, **place("supervisor"))
    stale = account(Person.objects.create(community=house.kuocang, name="钱二"))
    User.objects.filter(pk=stale.pk).update(person=person)
    with pytest.raises(AccountError, match="不能既是居务监督委员"):
        grant_role(user=stale, role="finance", by=None, **place("finance"))


def test_in_another_community_the_roles_do_not_meet(cast, house, person):
    grant_role(user=account(person), role="supervisor", community_id=house.kuocang.id, by=None)
    grant_role(user=account(person), role="finance", community_id=house.beizheng.id, by=None)


def test_an_ended_role_makes_room(cast, house, place, person):
    held = grant_role(user=account(person), role="supervisor", by=None, **place("supervisor"))
    end_role(assignment=held, by=cast["director"])
    assert grants(account(person), "finance", place)


def test_nobody_links_an_account_to_themselves_or_the_own_one(cast, house, person):
    director = cast["director"]
    with pytest.raises(AccountError, match="您本人"):
        link_person(user=cast["health"], person=director.person, community_id=house.kuocang.id, by=director)
    with pytest.raises(AccountError, match="自己的账号"):
        link_person(user=director, person=person, community_id=house.kuocang.id, by=director)
    with pytest.raises(AccountError, match="还在其他单位任职"):
        link_person(user=cast["staff"], person=person, community_id=house.kuocang.id, by=director)


def test_a_person_with_an_account_is_not_deleted(cast, house, person):
    """Or the account would be nobody's, and its holder could get another one."""
    user = account(person)
    with pytest.raises(models.ProtectedError):
        person.delete()
    user.refresh_from_db()
    assert user.person_id == person.pk


def test_the_cast_complies(cast):
    """As do the demo's accounts (tests/residents/test_demo.py)."""
    held = RoleAssignment.objects.filter(role__in=NEEDS_PERSON)
    assert held.exists()
    assert not held.filter(user__person__isnull=True).exists()
