"""Signing in at a meeting by the code at its door: once, on its day, by who is on the list."""

import datetime
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from community.activities.door_codes import door_code
from community.activities.models import Activity, Attendance
from tests.partybuilding.member_phone.members import add_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(house, cast):
    """A meeting of the first branch this morning, to which `member` is called."""
    own = add_member(house, "李党员", house.branch, cast["member"])
    activity = Activity.objects.create(
        community=house.kuocang,
        body=house.branch,
        kind="party_assembly",
        title="党员大会",
        starts_at=timezone.localtime().replace(hour=0, minute=5),
    )
    Attendance.objects.create(community=house.kuocang, activity=activity, person=own.person)
    return activity


@pytest.fixture
def phone(client, cast):
    client.force_login(cast["member"])
    return client


def url_of(activity) -> str:
    return f"/m/meetings/{activity.uuid}/"


def states_of(activity) -> list[str]:
    return list(Attendance.objects.filter(activity=activity).values_list("state", flat=True))


def test_the_sheet_at_the_door_leads_to_the_filled_form(house, cast, meeting, phone):
    desk = Client()
    desk.force_login(cast["branch"])
    detail = desk.get(f"/c/kuocang/activities/{meeting.uuid}/").content.decode()
    assert f"/c/kuocang/activities/{meeting.uuid}/door/" in detail
    sheet = desk.get(f"/c/kuocang/activities/{meeting.uuid}/door/").content.decode()
    assert door_code(meeting.uuid) in sheet
    assert "data:image/svg+xml" in sheet
    form = phone.get(url_of(meeting), {"code": door_code(meeting.uuid)}).content.decode()
    assert f'value="{door_code(meeting.uuid)}"' in form
    assert url_of(meeting) in phone.get("/m/").content.decode()


def test_a_scan_counts_once_and_says_by_whom(cast, meeting, phone):
    answer = phone.post(url_of(meeting), {"code": door_code(meeting.uuid).lower()}, follow=True)
    assert "已签到" in answer.content.decode()
    line = Attendance.objects.get(activity=meeting)
    assert (line.state, line.recorded_by, line.version) == ("present", cast["member"], 2)
    again = phone.post(url_of(meeting), {"code": door_code(meeting.uuid)}, follow=True)
    assert "不用再签" in again.content.decode()
    line.refresh_from_db()
    assert line.version == 2
    events = Attendance.pgh_event_model.objects.filter(pgh_obj_id=line.pk, state="present")
    assert [event.pgh_context["user"] for event in events] == [cast["member"].pk]


@pytest.mark.parametrize("code", ["", "AAAAAA", "\x00"])
def test_without_the_code_nobody_is_present(meeting, phone, code):
    answer = phone.post(url_of(meeting), {"code": code})
    assert answer.status_code == 422
    assert states_of(meeting) == ["expected"]


def test_not_before_its_day_nor_after_the_record(meeting, phone):
    code = door_code(meeting.uuid)
    Activity.objects.update(starts_at=timezone.now() + datetime.timedelta(days=1))
    assert "请到活动当天签到" in phone.get(url_of(meeting)).content.decode()
    assert "不在今天举行" in phone.post(url_of(meeting), {"code": code}).content.decode()
    Activity.objects.update(starts_at=timezone.now(), state="held")
    assert phone.post(url_of(meeting), {"code": code}).status_code == 422
    assert states_of(meeting) == ["expected"]


def test_who_is_not_on_the_list_is_sent_to_the_staff(house, cast, meeting):
    add_member(house, "王党员", house.branch2, cast["member2"])
    stranger = Client()
    stranger.force_login(cast["member2"])
    assert "名单上没有您" in stranger.get(url_of(meeting)).content.decode()
    answer = stranger.post(url_of(meeting), {"code": door_code(meeting.uuid)})
    assert "名单上没有您" in answer.content.decode()
    assert states_of(meeting) == ["expected"]
    assert stranger.get(f"/m/meetings/{uuid.uuid4()}/").status_code == 200
