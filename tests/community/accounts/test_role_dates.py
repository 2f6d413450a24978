"""Ending a role takes effect at once and keeps its dates."""

import datetime

import pytest
from django.utils import timezone

from community.accounts.actions import AccountError, close_role, end_role, grant_role
from community.accounts.models import RoleAssignment, User
from portal.access.permissions import Permission

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_role(house, cast, today):
    """A role with these dates, in days from today."""

    def make(start: int, end: int | None = None) -> RoleAssignment:
        return RoleAssignment.objects.create(
            user=cast["nobody"],
            role="patrol",
            community=house.kuocang,
            body=house.team,
            start=today + datetime.timedelta(days=start),
            end=None if end is None else today + datetime.timedelta(days=end),
        )

    return make


def in_days(today, days: int | None):
    return None if days is None else today + datetime.timedelta(days=days)


@pytest.mark.parametrize(
    ("start", "end", "ends"),
    [
        (-400, None, 0),  # for long
        (-400, 30, 0),  # it was to end later
        (-400, 0, 0),  # today is its last day anyway
        (0, None, 0),  # since today: the same day begins and ends it
        (3, None, None),  # not yet begun: it was never in force, and its dates say what was planned
        (3, 9, 9),
    ],
)
def test_ending_a_role_keeps_its_dates(make_role, cast, today, start, end, ends):
    role = make_role(start, end)
    end_role(assignment=role, by=cast["director"])
    role.refresh_from_db()
    assert (role.start, role.end) == (in_days(today, start), in_days(today, ends))
    assert timezone.localdate(role.ended_at) == today
    for day in (today, in_days(today, 3), in_days(today, 5)):
        assert not RoleAssignment.objects.current(day).filter(pk=role.pk).exists()
    assert not RoleAssignment.objects.not_over().filter(pk=role.pk).exists()
    was_in_force = RoleAssignment.objects.current(in_days(today, -1)).filter(pk=role.pk).exists()
    assert was_in_force == (start < 0)


@pytest.mark.parametrize("is_by_hand", [True, False])
def test_earlier_end_date_is_not_overwritten(make_role, cast, today, is_by_hand):
    role = make_role(-400, None if is_by_hand else -30)
    if is_by_hand:
        role.end, role.ended_at = in_days(today, -30), timezone.now() - datetime.timedelta(days=30)
        role.save()
    before = (role.end, role.ended_at)
    with pytest.raises(AccountError, match="已经解除"):
        end_role(assignment=role, by=cast["director"])
    role.refresh_from_db()
    assert (role.end, role.ended_at) == before


def test_late_recorded_end_does_not_prolong_a_role(make_role, today):
    """A role ended a month ago; a departure of last week is recorded now."""
    role = close_role(make_role(-400, -30), in_days(today, -7))
    role.refresh_from_db()
    assert role.end == in_days(today, -30)


def test_role_ended_today_can_be_granted_again_today(make_role, house, cast):
    end_role(assignment=make_role(0), by=cast["director"])
    new_assignment = grant_role(
        user=cast["nobody"],
        role="patrol",
        community_id=house.kuocang.id,
        body=house.team,
        by=cast["director"],
    )
    assert RoleAssignment.objects.current().get(user=cast["nobody"]) == new_assignment


def test_account_page_shows_role_dates(make_role, cast, client, today):
    for start, end in ((-400, -30), (0, None), (3, None)):
        role = make_role(start, end)
        if end is None:
            end_role(assignment=role, by=cast["director"])
    client.force_login(cast["director"])
    context = client.get("/c/kuocang/accounts/").context
    assert cast["nobody"] not in [user for user, _ in context["accounts"]]
    ends = [(role.start, role.end_in_words) for role in context["ended"]]
    assert ends == [
        (in_days(today, 3), f"{today}撤回，没有开始"),
        (today, str(today)),
        (in_days(today, -400), str(in_days(today, -30))),
    ]


def test_a_disabled_account_holds_no_right(cast):
    """Or its tasks and visits would be due for nobody."""
    assignments = RoleAssignment.objects.current().holding(Permission.TASKS).filter(user=cast["staff"])
    assert assignments.exists()
    User.objects.filter(pk=cast["staff"].pk).update(is_active=False)
    assert not assignments.all().exists()
