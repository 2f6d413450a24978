"""Planning activities: kinds and bodies, defaults of last time, the list, sign-up, cancellation."""

import datetime
import io

import pytest
from django.utils import timezone
from PIL import Image

from community.activities import actions
from community.activities.kinds import ActivityKind, _kinds, declare
from community.activities.models import Activity, Attendance
from community.bodies.kinds import BodyKind
from community.bodies.models import BodyMember
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access
from portal.attachments import store
from portal.bulk_change.models import BulkChange
from portal.forms.refusals import Refusal
from tests.community.activities.planned import client_of, expect, make_activity, make_person, url_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch_kind():
    """A kind whose activities ask the right of party branches."""
    kind = ActivityKind("branch_meeting", "党员大会", P.BRANCH, frozenset({BodyKind.BRANCH}))
    declare(kind)
    yield kind
    del _kinds[kind.code]


def typed(**fields) -> dict:
    values = {"kind": "meeting", "title": "二月工作会议", "starts_at": "2030-02-03T14:00"} | fields
    return {name: str(value) for name, value in values.items() if value != ""}


def png() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    return content.getvalue()


def member_of(body, person, **fields) -> BodyMember:
    start = datetime.date(2024, 1, 1)
    return BodyMember.objects.create(
        community_id=body.community_id, body=body, person=person, start=start, **fields
    )


def plan(client, **fields):
    return client.post(url_of("activity_create"), typed(**fields))


def test_plan_with_the_members_of_the_body(house, cast):
    make_person(house, "不相干")
    member_of(house.team, house.person)
    answer = plan(client_of(cast, "staff"), body=house.team.pk, invite="on")
    activity = Activity.objects.get(title="二月工作会议")
    assert answer.url == url_of("activity_detail", row=activity.uuid)
    assert timezone.localtime(activity.starts_at).hour == 14
    assert [line.person.name for line in activity.attendances.all()] == ["张三"]


def test_members_who_died_or_left_are_not_expected(house):
    dead, left = make_person(house, "已故", died_on=datetime.date(2026, 1, 1)), make_person(house, "已退")
    member_of(house.team, house.person)
    member_of(house.team, dead)
    member_of(house.team, left, end=datetime.date(2025, 1, 1))
    activity = make_activity(house, days=3, body=house.team)
    assert actions.participants_of(activity) == {house.person.pk}


def test_the_form_offers_place_and_host_of_last_time(house, cast):
    client = client_of(cast, "staff")
    make_activity(house, days=-40, place="旧会议室", host="上上任")
    make_activity(house, days=-9, place="会议室", host="王主任")
    make_activity(house, days=-3, place="取消的", host="取消的", state="cancelled", cancelled_because="停电")
    page = client.get(url_of("activity_create"), {"kind": "meeting", "body": house.committee.pk})
    form = page.context["form"]
    assert (form["place"].value(), form["host"].value()) == ("会议室", "王主任")
    plan(client, body=house.committee.pk, place="", host="")
    activity = Activity.objects.get(title="二月工作会议")
    assert (activity.place, activity.host) == ("会议室", "王主任")


@pytest.mark.parametrize("junk", ["9" * 20, "-1", "会议", ""])
def test_an_address_that_names_nothing_offers_nothing(house, cast, junk):
    client = client_of(cast, "staff")
    for query in ({"kind": junk}, {"kind": "meeting", "body": junk}, {"kind": junk, "body": junk}):
        assert client.get(url_of("activity_create"), query).status_code == 200


def test_a_kind_names_the_bodies_that_hold_it(house, cast):
    client = client_of(cast, "staff")
    answer = plan(client, kind="committee", body=house.team.pk)
    assert answer.context["form"].errors["body"] == ["居委会会议由居民委员会主办，请选择主办组织。"]
    assert "二月工作会议" in answer.content.decode()
    answer = plan(client, kind="committee")
    assert "body" in answer.context["form"].errors
    assert plan(client, kind="committee", body=house.committee.pk).status_code == 302


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"ends_at": "2030-02-03T13:00"}, "ends_at", "结束时间应晚于开始时间"),
        ({"signup_open_until": "2030-02-04T13:00"}, "signup_open_until", "报名截止不能晚于开始时间"),
        ({"capacity": 0}, "capacity", "不能小于1。"),
        ({"starts_at": "明天"}, "starts_at", "时间请写成 2026-11-30 14:30。"),
        ({"starts_at": ""}, "starts_at", "此项必填。"),
        ({"starts_at": "0026-02-03T14:00"}, "starts_at", "日期有误，请核对年份。"),
        ({"starts_at": "9999-12-31T14:00"}, "starts_at", "日期有误，请核对年份。"),
    ],
)
def test_wrong_values_are_refused_at_their_fields(house, cast, fields, field, sentence):
    answer = plan(client_of(cast, "staff"), **fields)
    assert list(answer.context["form"].errors[field]) == [sentence]
    assert 'value="二月工作会议"' in answer.content.decode()


def test_kinds_ask_their_own_right(house, cast, branch_kind):
    mine = make_activity(house, kind=branch_kind.code, body=house.branch, title="第一支部大会")
    other = make_activity(house, kind=branch_kind.code, body=house.branch2, title="第二支部大会")
    below = make_activity(house, body=house.party_group, title="小组会")
    committee = make_activity(house, title="居委会的会")
    seen = {
        name: set(rows(Activity, Access.of(cast[name]), P.ACTIVITIES, house.kuocang.ref))
        & {mine, other, below, committee}
        for name in ("branch", "party", "staff", "finance")
    }
    assert seen == {
        "branch": {mine, below},
        "party": {mine, other, below, committee},
        "staff": {below, committee},
        "finance": set(),
    }
    line = expect(other, house.person)[0]
    assert line not in rows(Attendance, Access.of(cast["branch"]), P.ACTIVITIES, house.kuocang.ref)
    assert line not in rows(Attendance, Access.of(cast["staff"]), P.ACTIVITIES, house.kuocang.ref)
    assert line in rows(Attendance, Access.of(cast["party"]), P.ACTIVITIES, house.kuocang.ref)


def test_a_secretary_sees_own_files_and_bulk_changes_only(house, cast):
    """Attachments and batches know no body: their row, or whoever began them, stands for it."""
    mine, other = make_activity(house, body=house.branch), make_activity(house, body=house.branch2)
    for activity in (mine, other):
        store.add(activity, "通知.png", png(), by=cast["party"])
    client = client_of(cast, "branch")
    page = client.get(url_of("activity_detail", row=mine.uuid)).content.decode()
    assert "通知.png" in page
    foreign = store.attachments_of(other).get().uuid
    for row in (mine, other):
        url = url_of("activity_attachment", row=row.uuid, attachment=foreign)
        assert client.get(url).status_code == 404
    batches = [
        BulkChange.objects.create(
            community_id=house.kuocang.id, user_id=cast[who].pk, register="community:activity"
        )
        for who in ("branch", "staff")
    ]
    urls = [url_of("activity_bulk_batch", batch=batch.uuid) for batch in batches]
    assert [client.get(url).status_code for url in urls] == [200, 404]
    assert [client_of(cast, "party").get(url).status_code for url in urls] == [200, 200]


@pytest.mark.parametrize("page", ["detail", "record", "invite", "cancel", "minutes", "edit", "history"])
def test_a_secretary_opens_no_page_of_another_branch(house, cast, page):
    other = make_activity(house, body=house.branch2)
    answer = client_of(cast, "branch").get(url_of(f"activity_{page}", row=other.uuid))
    assert answer.status_code == (403 if page == "history" else 404)


def test_a_secretary_plans_for_the_own_branch_only(house, cast, branch_kind):
    client = client_of(cast, "branch")
    form = client.get(url_of("activity_create")).context["form"]
    assert set(form.fields["body"].queryset) == {house.branch, house.party_group}
    answer = plan(client, kind=branch_kind.code, body=house.branch2.pk)
    assert "body" in answer.context["form"].errors
    answer = plan(client, body="")
    assert answer.context["form"].errors["body"] == ["请选择您负责的组织。"]
    assert plan(client, kind=branch_kind.code, body=house.branch.pk).status_code == 302
    staff = client_of(cast, "staff").get(url_of("activity_create")).context["form"]
    assert branch_kind.code not in dict(staff.fields["kind"].choices)


def test_people_are_added_and_taken_off(house, cast):
    client, activity = client_of(cast, "staff"), make_activity(house, days=3)
    wang = make_person(house, "王二")
    client.post(url_of("activity_invite", row=activity.uuid), {"person": "王二"})
    line = activity.attendances.get()
    assert (line.person, line.signed_up_at) == (wang, None)
    empty = client.post(url_of("activity_invite", row=activity.uuid), {})
    assert "请选择要增加的人员" in empty.content.decode()
    client.post(url_of("attendance_off", attendance=line.uuid), {"reason": "出差"})
    line.refresh_from_db()
    assert (line.state, line.reason) == ("off", "出差")
    actions.expect(activity=activity, people=[wang.pk])
    line.refresh_from_db()
    assert (line.state, line.reason) == ("expected", "")


def test_sign_up_ends_with_the_places_and_the_deadline(house, cast):
    one, two = make_person(house, "李一"), make_person(house, "王二")
    until = timezone.now() + datetime.timedelta(days=1)
    activity = make_activity(house, days=3, capacity=1, signup_open_until=until)
    actions.sign_up(activity=activity, person=one)
    with pytest.raises(Refusal, match="李一已在名单中"):
        actions.sign_up(activity=activity, person=one)
    answer = client_of(cast, "staff").post(url_of("activity_invite", row=activity.uuid), {"person": "王二"})
    assert answer.context["form"].errors["person"] == ["名额1个，已列入1人，已满；请增加名额或减少人员。"]
    with pytest.raises(Refusal, match="截止"):
        actions.sign_up(activity=activity, person=two, at=until + datetime.timedelta(minutes=1))
    actions.take_off(attendance=activity.attendances.get())
    assert actions.sign_up(activity=activity, person=two).signed_up_at


def test_an_activity_without_sign_up_takes_none(house):
    with pytest.raises(Refusal, match="不需要报名"):
        actions.sign_up(activity=make_activity(house, days=3), person=house.person)


def test_cancel_with_a_reason_and_restore(house, cast):
    client, activity = client_of(cast, "staff"), make_activity(house, days=3)
    url = url_of("activity_cancel", row=activity.uuid)
    assert client.post(url, {"reason": ""}).context["form"].errors["reason"] == ["请写明取消原因。"]
    client.post(url, {"reason": "停电"})
    activity.refresh_from_db()
    assert (activity.state, activity.cancelled_because) == ("cancelled", "停电")
    assert "已取消" in client.post(url, {"reason": "停电"}).content.decode()
    with pytest.raises(Refusal, match="不能再增加"):
        actions.expect(activity=activity, people=[house.person.pk])
    client.post(url_of("activity_restore", row=activity.uuid), {})
    activity.refresh_from_db()
    assert (activity.state, activity.cancelled_because) == ("planned", "")


def test_a_planned_activity_is_deleted_with_its_list_and_a_held_one_stays(house, cast):
    client = client_of(cast, "staff")
    planned, held = make_activity(house, days=3), make_activity(house, state="held", title="已开")
    expect(planned, house.person)
    expect(held, house.person, state="present")
    assert client.post(url_of("activity_delete", row=planned.uuid)).status_code == 302
    answer = client.post(url_of("activity_delete", row=held.uuid))
    assert answer.status_code == 409
    assert "到会登记" in answer.content.decode()
    assert Activity.objects.filter(pk=held.pk).exists()


def test_the_list_is_filtered_by_month_kind_and_state(house, cast):
    client = client_of(cast, "staff")
    coming = make_activity(house, days=3, title="将来的")
    waiting = make_activity(house, days=-3, title="该登记的")
    missed = make_activity(house, days=-4, title="要补的", kind="lecture", state="held")
    expect(missed, house.person, state="absent")

    def titles(**query) -> set[str]:
        page = client.get(url_of("activity_list"), query)
        return {activity.title for activity in page.context["page"].object_list} - {"一月工作会议"}

    assert titles(state="coming") == {"将来的"}
    assert titles(state="unrecorded") == {"该登记的"}
    assert titles(state="missed") == {"要补的"}
    assert titles(kind="lecture") == {"要补的"}
    month = f"{timezone.localtime(waiting.starts_at):%Y-%m}"
    assert "该登记的" in titles(month=month)
    assert titles(month="1999-01") == set()
    assert titles(q="将来") == {coming.title}
