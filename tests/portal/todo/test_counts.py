"""The number beside 待办: stored and on every page in one query, asked for anew where it is old, of roles held today."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.accounts.models import RoleAssignment
from community.tasks.models import Task
from portal.access.db_scope import APP, HEAD, STREET, scope
from portal.access.user_access import Access
from portal.jobs.tasks import nightly
from portal.todo.counts import MAX_AGE, RETENTION, StoredCount, stored_count, urgent_count
from portal.todo.groups import todo_groups
from portal.todo.models import TodoCount
from portal.todo.reminders import remind_everybody, remind_signed_in
from portal.todo.todo import todo_of

pytestmark = pytest.mark.django_db
NUMBER = '<span class="due-count">{}<span'
COUNT = reverse("portal:todo_count")
TASKS = reverse("community:task_list", kwargs={"community": "kuocang"})


@pytest.fixture
def security(cast, today) -> Client:
    """Signed in with one overdue task and nothing else due."""
    Task.objects.update(owner=cast["security"], due=today - datetime.timedelta(days=3))
    client = Client()
    client.force_login(cast["security"])
    return client


def another_task(house, cast, today) -> Task:
    return Task.objects.create(
        community=house.kuocang,
        title="清理楼道",
        owner=cast["security"],
        given_by=cast["director"],
        due=today,
    )


def shown(client: Client, url: str = TASKS) -> int:
    """The number that a browser shows beside 待办 once the page is open."""
    text = client.get(url, follow=True).content.decode()
    return number_in(client.get(COUNT).content.decode() if asks_for_count(text) else text)


def number_in(text: str) -> int:
    return next((n for n in range(1, 30) if NUMBER.format(n) in text), 0)


def asks_for_count(text: str) -> bool:
    return f'hx-get="{COUNT}"' in text


def is_current(user) -> bool:
    return not stored_count(Access.of(user)).outdated


def make_older(**age) -> None:
    for row in TodoCount.objects.all():
        TodoCount.objects.filter(pk=row.pk).update(counted_at=row.counted_at - datetime.timedelta(**age))


def urgent(user) -> int:
    groups = todo_groups(todo_of(Access.of(user), timezone.localdate()))
    return sum(len(group.lines) for group in groups if group.needs_user)


@pytest.mark.parametrize(
    ("name", "urls"),
    [
        ("staff", ["/c/kuocang/", "/c/xizhigou/", TASKS, "/home/todo/", "/home/search/"]),
        ("head", ["/head/", "/head/reports/", "/home/todo/"]),
        ("street", ["/street/", "/street/communities/", "/home/todo/"]),
    ],
)
def test_every_page_of_a_signed_in_user_shows_the_number(name, urls, client, house, cast, samples, today):
    Task.objects.update(due=today)
    client.force_login(cast[name])
    number = urgent(cast[name])
    assert number
    assert {url: shown(client, url) for url in urls} == dict.fromkeys(urls, number)


def test_number_is_shown_in_one_query(security):
    assert shown(security) == 1
    with CaptureQueriesContext(connection) as queries:
        page = security.get(TASKS).content.decode()
    assert number_in(page) == 1
    assert not asks_for_count(page)
    assert sum("portal_todocount" in query["sql"] for query in queries) == 1
    assert not any("portal_sensitiveexport" in query["sql"] for query in queries), "counted again"


def test_page_after_an_act_shows_the_old_number_and_asks_for_the_new_one(security, cast, house, today):
    assert shown(security) == 1
    task = another_task(house, cast, today)
    finish = reverse("community:task_finish", kwargs={"community": "kuocang", "row": task.uuid})
    security.post(finish, {"version": task.version, "token": uuid.uuid4(), "result": "已清理"})
    another_task(house, cast, today)
    with CaptureQueriesContext(connection) as queries:
        page = security.get(TASKS).content.decode()
    assert number_in(page) == 1
    assert asks_for_count(page)
    assert not any("portal_sensitiveexport" in query["sql"] for query in queries), "counted while they wait"
    assert number_in(security.get(COUNT).content.decode()) == 2
    assert not asks_for_count(security.get(TASKS).content.decode())


def test_own_act_shows_at_once_and_that_of_others_after_fifteen_minutes(security, house, cast, today):
    assert shown(security) == 1
    task = another_task(house, cast, today)
    assert shown(security) == 1
    make_older(seconds=MAX_AGE.total_seconds())
    assert shown(security) == 2
    another_task(house, cast, today)
    finish = reverse("community:task_finish", kwargs={"community": "kuocang", "row": task.uuid})
    data = {"version": task.version, "token": uuid.uuid4()}
    assert security.post(finish, data).status_code == 422
    assert shown(security) == 2, "nothing was done"
    assert security.post(finish, data | {"result": "已清理"}).status_code == 302
    assert shown(security) == 2, "one fewer, and the one that another user added"
    TodoCount.objects.update(count=7)
    security.post("/home/todo/read/", {"up_to": 0})
    assert shown(security) == 2


def test_act_in_one_community_keeps_the_number_of_the_others(client, house, cast):
    client.force_login(cast["staff"])
    shown(client)
    kept = TodoCount.objects.get(user_id=cast["staff"].pk, community_id=house.xizhigou.id)
    client.post(reverse("portal:search", kwargs={"community": "kuocang"}), {"q": "张三"})
    assert [ref.code for ref in stored_count(Access.of(cast["staff"])).outdated] == ["kuocang"]
    assert TodoCount.objects.get(pk=kept.pk).counted_at == kept.counted_at


def test_number_of_yesterday_is_counted_anew(security, cast, today):
    assert shown(security) == 1
    TodoCount.objects.update(count=7)
    assert shown(security) == 7
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    TodoCount.objects.update(counted_at=midnight - datetime.timedelta(seconds=1))
    assert shown(security) == 1


def test_ended_role_takes_its_number_along(client, house, cast, today):
    client.force_login(cast["staff"])
    Task.objects.update(due=today)
    Task.objects.create(
        community=house.xizhigou, title="更换橱窗", owner=cast["staff"], given_by=cast["director"], due=today
    )
    both = shown(client, "/home/todo/")
    of_kuocang = TodoCount.objects.get(user_id=cast["staff"].pk, community_id=house.kuocang.id).count
    assert both > of_kuocang > 0
    RoleAssignment.objects.filter(user=cast["staff"], community=house.kuocang).update(
        end=today - datetime.timedelta(days=1)
    )
    assert shown(client, "/home/todo/") == both - of_kuocang
    assert shown(client, "/c/xizhigou/") == both - of_kuocang


def test_pages_without_scope_show_the_number_too(client, house, cast):
    """The administrator's page runs as the runtime login alone, which may not read the numbers."""
    RoleAssignment.objects.create(user=cast["staff"], role="admin", start=datetime.date(2024, 1, 1))
    client.force_login(cast["staff"])
    assert shown(client, "/deployment/") == urgent(cast["staff"]) > 0


def test_whoever_holds_no_role_has_no_number(client, house, cast):
    with CaptureQueriesContext(connection) as queries:
        assert stored_count(Access.of(cast["nobody"])) == StoredCount()
    assert not any("portal_todocount" in query["sql"] for query in queries)


def test_reminder_jobs_store_the_numbers(house, cast, today):
    remind_everybody(today)
    stored = {(row.user_id, row.community_id): row.count for row in TodoCount.objects.all()}
    assert stored[cast["civil"].pk, house.kuocang.id] == urgent(cast["civil"])
    assert cast["nobody"].pk not in {user for user, _ in stored}
    TodoCount.objects.all().delete()
    type(cast["civil"]).objects.filter(pk=cast["civil"].pk).update(last_login=timezone.now())
    remind_signed_in(today)
    assert {row.user_id for row in TodoCount.objects.all()} == {cast["civil"].pk}


def test_numbers_are_the_users_own(house, cast):
    readers = (("civil", APP), ("head", HEAD), ("street", STREET))
    for name, _ in readers:
        urgent_count(Access.of(cast[name]))
    for name, space in readers:
        with scope(space, user_id=cast[name].pk):
            assert {row.user_id for row in TodoCount.objects.all()} == {cast[name].pk}
            TodoCount.objects.exclude(user_id=cast[name].pk).update(counted_at=timezone.now() - MAX_AGE)
    assert all(is_current(cast[name]) for name, _ in readers)
    for name, space in readers:
        with scope(space, user_id=cast[name].pk):
            TodoCount.objects.update(counted_at=timezone.now() - MAX_AGE)
        assert not is_current(cast[name])


def test_old_numbers_are_deleted_by_night(house, cast):
    urgent_count(Access.of(cast["civil"]))
    nightly.func(0)
    assert TodoCount.objects.count() == 1
    make_older(seconds=RETENTION.total_seconds() + 3_600)
    nightly.func(0)
    assert not TodoCount.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_search_keeps_the_number_and_an_act_expires_it(security, cast):
    shown(security)
    search = reverse("portal:search", kwargs={"community": "kuocang"})
    assert security.post(search, {"q": "张三"}).status_code == 302
    assert is_current(cast["security"])
    task = Task.objects.get(owner=cast["security"])
    finish = reverse("community:task_finish", kwargs={"community": "kuocang", "row": task.uuid})
    assert security.post(finish, {"result": "已清理"}).status_code == 302
    assert not is_current(cast["security"])
