"""To-do (待办): every due item once, in its group, and each reminder once."""

import datetime
import threading

import pytest
from django.db import connection, connections
from django.urls import reverse

from community.accounts.models import RoleAssignment
from community.tasks.models import Task
from portal.access.user_access import Access
from portal.hooks.due import Due
from portal.jobs.tasks import nightly
from portal.todo.groups import Group
from portal.todo.models import Reminder
from portal.todo.reminders import RETENTION, remind, remind_everybody
from portal.todo.todo import Urgency, todo_item, todo_of
from residents.head_reports.models import ChangeReport

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 20)
URL = "/home/todo/"
(REMINDER_ONCE,) = Reminder._meta.constraints


@pytest.mark.parametrize(
    ("on", "since", "when", "words"),
    [
        (datetime.date(2026, 11, 10), None, Urgency.OVERDUE, "11月10日到期，逾期10天"),
        (TODAY, None, Urgency.TODAY, "今天到期"),
        (None, datetime.date(2026, 11, 18), Urgency.TODAY, "11月18日收到，待办理"),
        (datetime.date(2026, 11, 27), None, Urgency.SOON, "11月27日到期"),
        (datetime.date(2027, 1, 3), None, Urgency.LATER, "2027年1月3日到期"),
        (datetime.date(2026, 11, 28), datetime.date(2026, 1, 1), Urgency.LATER, "11月28日到期"),
        (None, None, Urgency.LATER, ""),
    ],
)
def test_due_item_group_and_date_words(house, on, since, when, words):
    entry = todo_item(Due(house.kuocang.ref, "某事", "/", "去办", on, since=since), TODAY)
    assert (entry.urgency, entry.date_words) == (when, words)


@pytest.fixture
def busy(house, cast, today):
    """A user with an overdue task in one community and one without date in the other, who is also a stairwell head."""
    Task.objects.update(due=today - datetime.timedelta(days=3))
    Task.objects.create(
        community=house.xizhigou, title="更换橱窗", owner=cast["staff"], given_by=cast["director"]
    )
    RoleAssignment.objects.create(
        user=cast["staff"], role="head", community=house.kuocang, stairwell=house.first, start=TODAY
    )
    ChangeReport.objects.create(
        community=house.kuocang, stairwell=house.first, dwelling=house.dwelling, person=house.person,
        what="move_out", on=TODAY, proposer=cast["staff"], state="returned", reason="请补充",
        reviewer=cast["director"], reviewed_at=datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC),
    )  # fmt: skip
    return cast["staff"]


def test_todo_page_covers_all_places(busy, client, house):
    client.force_login(busy)
    assert client.get("/home/").url == URL
    answer = client.get(URL)
    by_title = {
        (e.community.name, e.due.title): (e.urgency, e.due.url) for e in todo_of(Access.of(busy), TODAY)
    }
    assert by_title["括苍社区", "上报被退回 1件"] == (Urgency.TODAY, "/head/reports/")
    assert by_title["括苍社区", "超过90天未核实 1户"][1] == "/head/"
    assert by_title["西直沟社区", "任务：更换橱窗"][0] is Urgency.LATER
    groups = {group.group: [line.title for line in group.lines] for group in answer.context["groups"]}
    assert {"任务：检查消防通道", "上报被退回 1件"} <= set(groups[Group.NOW])
    assert "任务：更换橱窗" in groups[Group.UNDATED]
    assert answer.context["todo_count"].number == len(groups[Group.NOW]) + len(groups.get(Group.DECISION, ()))
    # Finished items disappear.
    Task.objects.update(state="done", result="好", closed_on=TODAY, closed_by=busy)
    assert "检查消防通道" not in client.get(URL).content.decode()


def test_officials_see_unpublished_bulletins(client, cast):
    client.force_login(cast["street"])
    answer = client.get(URL)
    (group,) = answer.context["groups"]
    assert group.group is Group.NOW
    lines = [(line.community.name, line.first.due.url) for line in group.lines]
    # What a community forwarded stands there as well.
    assert [line for line in lines if "/forwarded/" not in line[1]] == [
        ("括苍社区", "/street/"),
        ("西直沟社区", "/street/"),
    ]
    client.force_login(cast["admin"])
    assert "现在没有要办的事。" in client.get(URL).content.decode()


def test_desk_shows_the_same_items_and_their_number(client, cast):
    Task.objects.update(owner=cast["security"], due=TODAY - datetime.timedelta(days=400))
    client.force_login(cast["security"])
    answer = client.get("/home/", follow=True)
    assert answer.request["PATH_INFO"] == "/c/kuocang/"
    assert answer.context["todo_count"].number == 1
    assert "任务：检查消防通道" in answer.content.decode()


# Reminders


def reminders(user) -> list[tuple]:
    rows = Reminder.objects.filter(user_id=user.pk, key__contains="/tasks/").order_by("id")
    return [(r.kind, r.on) for r in rows]


@pytest.fixture
def soon(cast):
    """A task of staff due in a week."""
    task = Task.objects.get()
    task.due = TODAY + datetime.timedelta(days=7)
    task.save()
    return task


def test_one_reminder_per_urgency_and_date(cast, soon):
    staff = cast["staff"]
    for days in (0, 0, 1, 7, 7, 8, 9):
        remind_everybody(TODAY + datetime.timedelta(days=days))
    assert reminders(staff) == [("soon", soon.due), ("today", soon.due), ("overdue", soon.due)]
    soon.due += datetime.timedelta(days=5)
    soon.save()
    remind_everybody(TODAY + datetime.timedelta(days=9))
    assert reminders(staff)[3:] == [("soon", soon.due)]
    assert reminders(cast["director"]) == reminders(cast["nobody"]) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("guarded", "count"), [(True, 1), (False, 2)], ids=["once", "twice without the rule"]
)
def test_concurrent_workers_create_one_reminder(cast, soon, monkeypatch, guarded, count):
    """Both compute what is due before either writes; without the unique constraint there would be two."""
    both_know = threading.Barrier(2)

    def known(access, today):
        entries = todo_of(access, today)
        both_know.wait(timeout=20)
        return entries

    def work():
        try:
            remind(Access.of(cast["staff"]), TODAY)
        finally:
            connections.close_all()

    monkeypatch.setattr("portal.todo.reminders.todo_of", known)
    with connection.schema_editor() as editor:
        if not guarded:
            editor.remove_constraint(Reminder, REMINDER_ONCE)
    try:
        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(timeout=30)
        assert len(reminders(cast["staff"])) == count
    finally:
        Reminder.objects.all().delete()
        with connection.schema_editor() as editor:
            if not guarded:
                editor.add_constraint(Reminder, REMINDER_ONCE)


@pytest.mark.logs_errors
def test_error_for_one_user_does_not_stop_reminders_of_others(cast, soon, monkeypatch):
    def broken(access, today):
        if access.user == cast["civil"]:
            raise ValueError
        remind(access, today)

    monkeypatch.setattr("portal.todo.reminders.remind", broken)
    remind_everybody(TODAY)
    assert len(reminders(cast["staff"])) == 1


def test_new_reminders_are_shown_until_read(client, cast, soon, today):
    soon.due = today
    soon.save()
    remind_everybody(today)
    client.force_login(cast["staff"])
    answer = client.get(URL)
    new = {entry.due.title for entry in answer.context["new"]}
    assert "任务：检查消防通道" in new
    later = Reminder.objects.create(community_id=1, user_id=cast["staff"].pk, key="x", on=today, kind="today")
    assert client.post(f"{URL}read/", {"up_to": answer.context["up_to"]}).url == URL
    assert client.get(URL).context["new"] == []
    # Later reminders stay unread, and those of others are untouched.
    assert [r.pk for r in Reminder.objects.filter(user_id=cast["staff"].pk, seen_at=None)] == [later.pk]
    assert Reminder.objects.filter(seen_at=None).exclude(user_id=cast["staff"].pk).exists()
    assert client.post(f"{URL}read/", {"up_to": "x"}).url == URL


def test_reminders_are_private_and_deleted_after_ninety_days(client, cast, soon):
    remind_everybody(TODAY)
    client.force_login(cast["security"])
    assert "检查消防通道" not in client.get(reverse("portal:todo")).content.decode()
    old = Reminder.objects.filter(user_id=cast["staff"].pk).first()
    count = Reminder.objects.count()
    Reminder.objects.filter(pk=old.pk).update(made_at=old.made_at - RETENTION - datetime.timedelta(days=1))
    nightly.func(0)
    assert Reminder.objects.count() == count - 1
