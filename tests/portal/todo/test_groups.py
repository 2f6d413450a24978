"""Groups of the to-do: decisions, dates, what has none, what waits for others; lines of one kind folded."""

import datetime

import pytest
from django.urls import reverse

from community.tasks.models import Task
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due, DueKind
from portal.todo.counts import store_counts, urgent_count
from portal.todo.groups import FOLD_FROM, Group, group_of, todo_groups
from portal.todo.models import Reminder, TodoCount
from portal.todo.reminders import remind
from portal.todo.todo import Urgency, todo_item, todo_of
from residents.head_reports.models import ChangeReport

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 20)


def day(days: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=days)


def due(community: CommunityRef, title: str = "某事", **fields) -> Due:
    return Due(community, title, "/", "去办", **fields)


@pytest.mark.parametrize(
    ("fields", "group", "words"),
    [
        ({"on": day(-1)}, Group.NOW, "11月19日到期，逾期1天"),
        ({"on": TODAY}, Group.NOW, "今天到期"),
        ({"since": TODAY}, Group.NOW, "今天收到，待办理"),
        ({"on": day(7)}, Group.SOON, "11月27日到期"),
        ({"on": day(8)}, Group.LATER, "11月28日到期"),
        ({}, Group.UNDATED, ""),
        ({"since": day(-2), "count": 12}, Group.NOW, "最早11月18日收到，待办理"),
        ({"kind": DueKind.DECISION, "on": day(20), "since": day(-2)}, Group.DECISION, "12月10日到期"),
        ({"kind": DueKind.DECISION, "on": day(-3)}, Group.DECISION, "11月17日到期，逾期3天"),
        ({"kind": DueKind.WAITING, "since": day(-8)}, Group.WAITING, "11月12日起，已等8天"),
        ({"kind": DueKind.WAITING, "since": TODAY}, Group.WAITING, "今天起等待"),
        (
            {"kind": DueKind.WAITING, "since": day(-8), "on": day(-1)},
            Group.WAITING,
            "11月12日起，已等8天；11月19日到期，逾期1天",
        ),
    ],
)
def test_group_and_words(house, fields, group, words):
    item = todo_item(due(house.kuocang.ref, **fields), TODAY)
    assert (group_of(item), item.date_words) == (group, words)


def test_labels_say_which_days(house):
    assert [group.label for group in Group] == [
        "等我决定", "逾期和今天", "未来7天", "7天以后", "不限时间", "我提交的，等别人",
    ]  # fmt: skip


def test_a_decision_is_urgent_today_whatever_its_deadline(house):
    decision = todo_item(due(house.kuocang.ref, kind=DueKind.DECISION, on=day(20)), TODAY)
    waiting = todo_item(due(house.kuocang.ref, kind=DueKind.WAITING, on=day(-20), since=day(-30)), TODAY)
    assert (decision.urgency, waiting.urgency) == (Urgency.TODAY, Urgency.LATER)


def test_lines_of_one_kind_in_one_community_are_folded(house):
    here, there = house.kuocang.ref, house.xizhigou.ref
    tasks = [due(here, f"任务{n}", on=day(-n), fold="任务") for n in range(FOLD_FROM)]
    others = [due(there, "任务", on=day(-9), fold="任务"), due(here, "户主空缺", on=day(-1))]
    items = sorted((todo_item(each, TODAY) for each in (*tasks, *others)), key=lambda item: item.day)
    (now,) = todo_groups(item for item in items if item.day < TODAY)
    # Two left of the three are not folded, and keep their places.
    assert [line.title for line in now.lines] == ["任务", "任务2", "任务1", "户主空缺"]
    (now,) = todo_groups(items)
    titles = [line.title for line in now.lines]
    assert titles == ["任务", "任务 3项", "户主空缺"]
    folded = now.lines[1]
    assert folded.date_words == "最早11月18日到期，逾期2天"
    assert [item.due.title for item in folded.items] == ["任务2", "任务1", "任务0"]


def test_a_folded_line_says_once_that_it_is_the_first(house):
    dues = [due(house.kuocang.ref, f"{n}人次", on=day(-n), fold="补学", count=3) for n in range(FOLD_FROM)]
    items = sorted((todo_item(each, TODAY) for each in dues), key=lambda item: item.day)
    [line] = [line for group in todo_groups(items) for line in group.lines]
    assert line.date_words == "最早11月18日到期，逾期2天"


def test_items_of_equal_days_stand_by_community_each_in_its_own_line(cast, house, today):
    Task.objects.all().delete()
    for community in (house.xizhigou, house.kuocang):
        Task.objects.create(
            community=community, title="同日", owner=cast["staff"], given_by=cast["director"], due=today
        )
    items = [item for item in todo_of(Access.of(cast["staff"]), today) if "同日" in item.due.title]
    assert [item.community.name for item in items] == ["括苍社区", "西直沟社区"]
    (now,) = todo_groups(items)
    assert [(line.community.name, line.date_words) for line in now.lines] == [
        ("括苍社区", "今天到期"),
        ("西直沟社区", "今天到期"),
    ]
    store_counts(Access.of(cast["staff"]), items, [house.kuocang.ref, house.xizhigou.ref])
    counts = dict(TodoCount.objects.values_list("community_id", "count"))
    assert counts == {house.kuocang.id: 1, house.xizhigou.id: 1}


@pytest.fixture
def tasks(house, cast, today):
    """Three overdue tasks of security, which the director gave."""
    Task.objects.all().delete()
    return [
        Task.objects.create(
            community=house.kuocang, title=f"任务{n}", owner=cast["security"], given_by=cast["director"],
            due=today - datetime.timedelta(days=n),
        )
        for n in (1, 2, 3)
    ]  # fmt: skip


def test_folded_line_opens_to_the_single_ones_and_counts_as_one(tasks, client, cast, house):
    client.force_login(cast["security"])
    for url in ("/home/todo/", "/c/kuocang/"):
        answer = client.get(url)
        page = answer.content.decode()
        assert answer.context["todo_count"].number == 1
        assert "<summary>" in page
        assert "任务 3项" in page
        for task in tasks:
            kwargs = {"community": "kuocang", "row": task.uuid}
            assert f'href="{reverse("community:task_detail", kwargs=kwargs)}"' in page


def test_tasks_given_to_others_wait_with_their_giver(tasks, cast, house, client, today):
    of = {name: todo_groups(todo_of(Access.of(cast[name]), today)) for name in ("director", "staff")}
    (waiting,) = [group for group in of["director"] if group.group is Group.WAITING]
    assert [line.title for line in waiting.lines] == ["交给别人承办的任务 3项"]
    assert not any(group.group is Group.WAITING for group in of["staff"])
    needing = [group for group in of["director"] if group.needs_user]
    assert urgent_count(Access.of(cast["director"])) == sum(len(group.lines) for group in needing)
    assert "security某承办：任务1" in client_page(client, cast["director"])
    remind(Access.of(cast["director"]), today)
    assert not Reminder.objects.filter(user_id=cast["director"].pk, key__contains="/tasks/").exists()


def client_page(client, user) -> str:
    client.force_login(user)
    return client.get("/home/todo/").content.decode()


@pytest.fixture
def reports(house, cast):
    """A report of a head, and one of a member of staff who heads a stairwell, too."""
    fields = {
        "community": house.kuocang, "stairwell": house.first, "dwelling": house.dwelling,
        "person": house.person, "what": "move_out", "on": TODAY,
    }  # fmt: skip
    for name in ("head", "staff"):
        ChangeReport.objects.create(**fields, proposer=cast[name])


def test_reports_wait_for_whoever_did_not_send_them(reports, house, cast, today):
    def lines(name: str) -> dict[str, list[str]]:
        groups = todo_groups(todo_of(Access.of(cast[name]), today))
        return {
            group.group.value: [line.title for line in group.lines if "上报" in line.title]
            for group in groups
            if group.group in (Group.DECISION, Group.WAITING)
        }

    assert lines("director")["decision"] == ["变动上报待审核 2件"]
    assert lines("staff")["decision"] == ["变动上报待审核 1件"]
    assert lines("head") == {"waiting": ["上报的变动待社区审核 1件"]}
