"""Choices of a colleague say who is away, until when, and who stands in."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from community.accounts.absences import end_absence, set_absence
from community.accounts.colleague_field import ColleagueField
from community.accounts.colleagues import colleague_label, colleagues
from portal.access.permissions import Permission as P
from portal.values.dates import prose_date
from services.proposals.actions import take_proposal
from services.requests.actions import assign, take_request
from services.requests.models import Request

pytestmark = pytest.mark.django_db


@pytest.fixture
def away(house, cast):
    """The clerk is away from today on, and the civil affairs worker stands in."""
    today = timezone.localdate()
    return set_absence(
        by=cast["staff"],
        community_id=house.kuocang.id,
        user=cast["staff"],
        deputy=cast["civil"],
        start=today,
        end=today + datetime.timedelta(days=4),
    )


@pytest.fixture
def label(away, cast):
    return f"{cast['staff'].name}（不在岗至{prose_date(away.end)}，由{cast['civil'].name}代）"


def test_only_who_is_away_today_in_this_community_is_marked(house, cast, away, label):
    labels = {user.pk: colleague_label(user) for user in colleagues(house.kuocang.id, P.TASKS)}
    assert labels[cast["staff"].pk] == label
    assert labels[cast["civil"].pk] == cast["civil"].name
    others = {user.pk: colleague_label(user) for user in colleagues(house.xizhigou.id)}
    assert others.get(cast["staff"].pk, cast["staff"].name) == cast["staff"].name
    end_absence(absence=away, today=timezone.localdate())
    [name] = [colleague_label(u) for u in colleagues(house.kuocang.id, P.TASKS) if u.pk == cast["staff"].pk]
    assert name == cast["staff"].name


def test_who_is_away_later_is_not_marked(house, cast):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    set_absence(
        by=cast["staff"],
        community_id=house.kuocang.id,
        user=cast["staff"],
        deputy=cast["civil"],
        start=tomorrow,
        end=tomorrow,
    )
    field = ColleagueField()
    field.offer(house.kuocang, [], P.TASKS)
    assert (str(cast["staff"].pk), cast["staff"].name) in field.choices


@pytest.mark.parametrize(
    "page",
    ["tasks/new/", "requests/new/", "requests/division/", "requests/{request}/steps/assign/", "requests/{owned}/steps/hand_on/",
     "proposals/{proposal}/steps/assign/", "absences/"],
)  # fmt: skip
def test_every_form_that_chooses_a_colleague_marks_them(house, cast, client, label, page):
    """And the marked one can be chosen: their deputy sees what is given to them."""
    of = {
        "by": cast["staff"],
        "community_id": house.kuocang.id,
        "channel": "phone",
        "text": "路灯不亮",
        "code": "",
    }
    owned = take_request(**of)
    assign(request=owned, by=cast["staff"], owner=cast["civil"], category="repair")
    proposal = take_proposal(
        by=cast["staff"], community_id=house.kuocang.id, kind="congress", number="2026-991", title="加装电梯",
        text="加装电梯", proposer="王代表", received_on=timezone.localdate(),
    )  # fmt: skip
    client.force_login(cast["director"])
    url = page.format(request=take_request(**of).uuid, owned=owned.uuid, proposal=proposal.uuid)
    answer = client.get(f"/c/kuocang/{url}").content.decode()
    assert f">{label}</option>" in answer


def test_the_marked_one_can_be_chosen(house, cast, client, away):
    of = {
        "by": cast["civil"],
        "community_id": house.kuocang.id,
        "channel": "phone",
        "text": "路灯不亮",
        "code": "",
    }
    request = take_request(**of)
    client.force_login(cast["civil"])
    url = f"/c/kuocang/requests/{request.uuid}/steps/assign/"
    token = client.get(url).context["form"]["token"].value()
    client.post(url, {"token": token, "category": "repair", "owner": cast["staff"].pk})
    assert Request.objects.get(pk=request.pk).owner == cast["staff"]


def test_who_left_meanwhile_is_refused_with_a_sentence(house, cast):
    field = ColleagueField()
    field.offer(house.kuocang, [], P.REQUESTS)
    with pytest.raises(ValidationError, match="这位同事现在没有办理这项工作的岗位，请重新选择。"):
        field.clean(str(cast["finance"].pk))
