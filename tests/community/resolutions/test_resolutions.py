"""Resolutions of meetings, and the tasks that they become."""

import pytest
from django.utils import timezone

from community.resolutions import actions
from community.resolutions.models import Resolution
from community.tasks.actions import finish
from community.tasks.models import Task
from tests.community.activities.planned import client_of, make_activity, url_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def activity(house):
    return make_activity(house, state="held")


@pytest.fixture
def resolution(activity):
    return actions.add_resolutions(activity=activity, texts=["更换消防栓"])[0]


def test_resolutions_are_entered_one_a_line(activity, cast):
    client, url = client_of(cast, "staff"), url_of("activity_resolutions", row=activity.uuid)
    client.post(url, {"texts": "更换消防栓\n\n 清理楼道 "})
    assert list(activity.resolutions.values_list("number", "text")) == [(1, "更换消防栓"), (2, "清理楼道")]
    answer = client.post(url, {"texts": "更换消防栓\n新的"})
    assert "已是第1项决议" in answer.context["form"].errors["texts"][0]
    answer = client.post(url, {"texts": "好" * 501})
    assert "多1字" in answer.context["form"].errors["texts"][0]
    client.post(url, {"texts": "第三项"})
    assert activity.resolutions.get(text="第三项").number == 3


def test_a_resolution_becomes_a_task_whose_state_shows(resolution, activity, cast):
    client = client_of(cast, "director")
    url = url_of("resolution_task", row=resolution.uuid)
    answer = client.post(url, {"owner": cast["staff"].pk, "due": "2001-01-01"})
    assert "不能早于今天" in answer.context["form"].errors["due"][0]
    client.post(url, {"owner": cast["staff"].pk, "due": timezone.localdate().isoformat(), "text": "先询价"})
    task = Task.objects.get(title="更换消防栓")
    assert (task.owner, task.given_by, task.text) == (cast["staff"], cast["director"], "先询价")
    assert task.source_url == url_of("activity_detail", row=activity.uuid)
    page = client.get(task.source_url).content.decode()
    assert "待办（staff某）" in page
    finish(by=cast["staff"], task=task, result="已更换")
    assert "已办结（staff某）" in client.get(task.source_url).content.decode()
    listed = client.get(url_of("resolution_list"), {"task": "done"}).context["page"].object_list
    assert [row.text for row in listed] == ["更换消防栓"]
    assert client.post(url, {"owner": ""}).url == task.source_url
    assert Task.objects.filter(title="更换消防栓").count() == 1


def test_a_task_of_a_party_meeting_asks_its_right(house, cast):
    from community.activities.kinds import ActivityKind, _kinds, declare
    from portal.access.permissions import Permission as P

    declare(ActivityKind("secret", "支委会", P.BRANCH))
    try:
        meeting = make_activity(house, kind="secret", body=house.branch, state="held")
        (row,) = actions.add_resolutions(activity=meeting, texts=["研究发展对象"])
        client = client_of(cast, "party")
        offered = client.get(url_of("resolution_task", row=row.uuid)).context["form"].fields["owner"]
        assert {name for _, name in offered.choices} == {"暂不指定，由工作人员认领", "director某", "party某"}
        task = actions.to_task(by=cast["party"], resolution=row, owner=None, due=None)
        assert task.required_right == P.BRANCH
        staff = client_of(cast, "staff")
        assert staff.get(url_of("task_detail", row=task.uuid)).status_code == 404
        assert staff.get(url_of("resolution_change", row=row.uuid)).status_code == 404
    finally:
        del _kinds["secret"]


def test_words_are_changed_and_two_clerks_see_each_other(resolution, cast):
    client, url = client_of(cast, "staff"), url_of("resolution_change", row=resolution.uuid)
    client.post(url, {"text": "更换两个消防栓", "version": 1})
    resolution.refresh_from_db()
    assert (resolution.text, resolution.version) == ("更换两个消防栓", 2)
    answer = client.post(url, {"text": "别的", "version": 1})
    assert answer.status_code == 409
    assert "更换两个消防栓" in answer.content.decode()


def test_a_resolution_that_is_a_task_stays(resolution, cast):
    client, url = client_of(cast, "staff"), url_of("resolution_delete", row=resolution.uuid)
    actions.to_task(by=cast["director"], resolution=resolution, owner=None, due=None)
    assert "已转为任务，不能删除" in client.post(url, follow=True).content.decode()
    assert Resolution.objects.filter(pk=resolution.pk).exists()


def test_a_resolution_is_removed(resolution, cast):
    client_of(cast, "staff").post(url_of("resolution_delete", row=resolution.uuid))
    assert not Resolution.objects.filter(pk=resolution.pk).exists()


def test_a_cancelled_meeting_takes_none(house, cast):
    activity = make_activity(house, state="cancelled", cancelled_because="停电")
    url = url_of("activity_resolutions", row=activity.uuid)
    answer = client_of(cast, "staff").post(url, {"texts": "更换消防栓"})
    assert "已取消，不能登记决议" in answer.content.decode()
