"""Recording who came: in one sending, with exceptions, corrections, a second clerk, and making up."""

import datetime

import pytest
from django.utils import timezone

from community.activities import actions
from community.activities.door_codes import door_code, is_door_code
from community.activities.models import Activity, Attendance
from portal.forms.refusals import Refusal
from tests.community.activities.planned import (
    client_of,
    expect,
    make_activity,
    make_person,
    url_of,
)

pytestmark = pytest.mark.django_db


def states_of(activity) -> dict[str, str]:
    return dict(activity.attendances.values_list("person__name", "state"))


def typed(activity, **states: str) -> dict:
    """The form as it is shown now, with states by name."""
    lines = list(activity.attendances.select_related("person"))
    data = {f"state-{line.uuid}": states[line.person.name] for line in lines if line.person.name in states}
    return {"version": actions.list_version(lines)} | data


def send(cast, activity, data, who="staff"):
    return client_of(cast, who).post(url_of("activity_record", row=activity.uuid), data)


def test_everybody_in_one_sending(held, cast):
    data = typed(held.activity, 李一="present", 王二="leave", 赵四="absent")
    data[f"reason-{held.lines[1].uuid}"] = "出差"
    assert send(cast, held.activity, data).status_code == 302
    assert states_of(held.activity) == {"李一": "present", "王二": "leave", "赵四": "absent"}
    held.activity.refresh_from_db()
    assert held.activity.state == "held"
    line = Attendance.objects.get(pk=held.lines[1].pk)
    assert (line.reason, line.recorded_by) == ("出差", cast["staff"])


def test_the_rest_are_present(held, cast):
    send(cast, held.activity, typed(held.activity, 王二="leave") | {"rest": "1"})
    assert states_of(held.activity) == {"李一": "present", "王二": "leave", "赵四": "present"}


def test_nobody_is_guessed_and_nothing_typed_is_lost(held, cast):
    data = typed(held.activity, 王二="leave") | {f"reason-{held.lines[1].uuid}": "看病"}
    answer = send(cast, held.activity, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请选择，或按“其余全部到会”" in page
    assert 'value="看病"' in page
    assert set(states_of(held.activity).values()) == {"expected"}


def test_others_who_came_are_added(held, house, cast):
    make_person(house, "钱五")
    answer = send(cast, held.activity, typed(held.activity) | {"rest": "1", "also_1": "没这人"})
    assert "没有找到“没这人”" in answer.content.decode()
    send(cast, held.activity, typed(held.activity) | {"rest": "1", "also_1": "钱五"})
    assert states_of(held.activity)["钱五"] == "present"
    answer = send(cast, held.activity, typed(held.activity) | {"rest": "1", "also_1": "钱五"})
    assert "钱五已在名单中" in answer.content.decode()


def test_an_empty_list_asks_for_people(house, cast):
    activity = make_activity(house)
    answer = send(cast, activity, {"version": 0})
    assert answer.context["form"].errors["also_1"] == ["名单上还没有人，请填写到会人员。"]


def test_a_second_clerk_sees_both_versions(held, cast):
    mine = typed(held.activity, 李一="absent", 王二="present", 赵四="present")
    send(cast, held.activity, typed(held.activity) | {"rest": "1"})
    answer = send(cast, held.activity, mine, "civil")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert all(words in page for words in ("李一", "到会", "缺席"))
    assert states_of(held.activity)["李一"] == "present"
    again = client_of(cast, "civil").get(answer.context["again"])
    form = again.context["form"]
    assert form[f"state-{held.lines[0].uuid}"].value() == "absent"
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert send(cast, held.activity, data, "civil").status_code == 302
    assert states_of(held.activity)["李一"] == "absent"


def test_a_change_of_the_title_is_no_conflict(held, cast):
    data = typed(held.activity) | {"rest": "1"}
    Activity.objects.filter(pk=held.activity.pk).update(title="改名", version=9)
    assert send(cast, held.activity, data).status_code == 302


def test_nobody_is_recorded_before_the_day(house, cast):
    activity = make_activity(house, days=2)
    expect(activity, house.person)
    answer = send(cast, activity, typed(activity) | {"rest": "1"})
    assert "请到当天再登记到会" in answer.content.decode()
    assert states_of(activity) == {"张三": "expected"}


def test_a_correction_leaves_who_made_up_as_they_are(held, cast):
    send(cast, held.activity, typed(held.activity, 李一="absent") | {"rest": "1"})
    line = Attendance.objects.get(pk=held.lines[0].pk)
    actions.make_up(by=cast["staff"], attendance=line, on=timezone.localdate(), how="自学")
    send(cast, held.activity, typed(held.activity, 王二="leave", 赵四="present"))
    assert states_of(held.activity) == {"李一": "made_up", "王二": "leave", "赵四": "present"}


def test_making_up(held, cast):
    send(cast, held.activity, typed(held.activity, 李一="absent") | {"rest": "1"})
    client, line = client_of(cast, "staff"), Attendance.objects.get(pk=held.lines[0].pk)
    url = url_of("attendance_make_up", attendance=line.uuid)
    early = timezone.localdate() - datetime.timedelta(days=5)
    answer = client.post(url, {"on": early.isoformat()})
    assert "补学日期不能早于活动日期" in answer.context["form"].errors["on"][0]
    client.post(url, {"on": timezone.localdate().isoformat(), "how": "上门送学"})
    line.refresh_from_db()
    assert (line.state, line.made_up_how) == ("made_up", "上门送学")
    again = client.post(url, {"on": timezone.localdate().isoformat()})
    assert "已登记补学" in again.content.decode()
    other = Attendance.objects.get(pk=held.lines[1].pk)
    with pytest.raises(Refusal, match="不需要补学"):
        actions.make_up(by=cast["staff"], attendance=other, on=timezone.localdate())


def test_the_code_of_the_door_is_that_of_one_activity(house):
    one, other = make_activity(house).uuid, make_activity(house).uuid
    assert door_code(one) != door_code(other)
    assert is_door_code(one, f" {door_code(one).lower()} ")
    assert not is_door_code(other, door_code(one))
    assert not is_door_code(one, "")


def test_a_secretary_records_without_the_register_of_people(house, cast):
    activity = make_activity(house, body=house.branch)
    expect(activity, house.person)
    page = client_of(cast, "branch").get(url_of("activity_record", row=activity.uuid))
    assert "also_1" not in page.context["form"].fields
    assert send(cast, activity, typed(activity) | {"rest": "1"}, "branch").status_code == 302
