"""Tasks inside the committee (任务): owners, states, and hand-over from other pages."""

import datetime

import pytest
from django.urls import reverse

from community.accounts.actions import end_role
from community.people.models import Person
from community.tasks import actions as task_actions
from community.tasks.hooks import tasks_due
from community.tasks.models import Task
from portal.access.user_access import Access
from portal.handover.models import Handover
from portal.hooks.due import Due

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 20)


@pytest.fixture
def task(cast):
    """A task that the director gave to staff."""
    return Task.objects.get()


@pytest.fixture
def due(house, cast):
    """Titles and dates of a user's to-do entries of tasks."""

    def due(name: str) -> list[tuple]:
        entries = tasks_due(Access.of(cast[name]), [house.kuocang.ref], TODAY)
        return [(each.title, each.on) for each in entries]

    return due


@pytest.fixture
def page(client, cast):
    """Press a button of the task page as a user; returns the next page."""

    def press(name: str, task: Task, step: str, **fields) -> str:
        client.force_login(cast[name])
        url = reverse(f"community:task_{step}", kwargs={"community": "kuocang", "row": task.uuid})
        return client.post(url, fields, follow=True).content.decode()

    return press


def test_task_is_handed_on_and_finished(client, house, cast, page, due):
    client.force_login(cast["director"])
    url = reverse("community:task_create", kwargs={"community": "kuocang"})
    form = client.get(url).context["form"]
    data = {"title": "更换橱窗", "due": "2026-11-18", "owner": "", "token": form["token"].value()}
    assert client.post(url, data).status_code == 302
    new = Task.objects.get(title="更换橱窗")
    assert (new.given_by, new.owner, new.state) == (cast["director"], None, "open")
    assert due("finance") == due("staff")[1:] == [("任务待认领 1项", new.due)]

    assert "已认领，由您承办。" in page("finance", new, "take")
    assert due("finance") == [("任务：更换橱窗", new.due)]
    assert due("security") == []
    assert "finance某已认领这项任务。" in page("security", new, "take")
    assert "只有承办人可以办结或退回这项任务，承办人是finance某。" in page(
        "security", new, "finish", result="好了"
    )
    assert "请选择转交对象。" in page("finance", new, "hand_on")
    assert "已转交。" in page("finance", new, "hand_on", to=cast["party"].pk)
    assert "请写明办理结果，退回的写明原因。" in page("party", new, "finish", result=" ")
    answer = page("party", new, "finish", result="已换上冬季防火内容")
    for step in ("交办，待认领", "认领", "转交给party某", "已办结：已换上冬季防火内容"):
        assert step in answer
    assert due("party") == due("finance") == []
    assert "这项任务已由party某办理（已办结）。" in page("party", new, "decline", result="不办了")


def test_declined_task_is_due_for_its_giver(task, cast, page, due):
    page("staff", task, "decline", result="不归社区管")
    assert due("staff") == []
    assert due("director") == [("交办的任务被退回：检查消防通道", None)]
    page("director", task, "hand_on", to=cast["security"].pk)
    task.refresh_from_db()
    assert (task.state, task.owner, task.result) == ("open", cast["security"], "")
    assert due("director") == [("security某承办：检查消防通道", None)]


def test_a_finished_task_can_be_opened_again(task, page):
    page("staff", task, "finish", result="已清理")
    assert "已重新打开。" in page("director", task, "reopen")
    task.refresh_from_db()
    assert (task.state, task.closed_on, task.owner.username) == ("open", None, "staff")


def test_task_owner_needs_the_tasks_permission(task, cast):
    with pytest.raises(task_actions.TaskError, match="supervisor某在本社区没有可以承办这项任务的岗位"):
        task_actions.hand_on(by=cast["director"], task=task, to=cast["supervisor"])


@pytest.mark.parametrize(
    ("state", "titles"),
    [
        ("mine", {"检查消防通道"}),
        ("unowned", {"补录单位"}),
        ("overdue", {"补录单位"}),
        ("open", {"检查消防通道", "补录单位"}),
        ("done", {"走访"}),
    ],
)
def test_task_list_filters_by_state(client, house, cast, state, titles):
    fields = {"community": house.kuocang, "given_by": cast["director"]}
    Task.objects.create(**fields, title="补录单位", due=datetime.date(2026, 1, 1))
    Task.objects.create(
        **fields, title="走访", state="done", result="已走访", closed_on=TODAY, closed_by=cast["staff"]
    )
    client.force_login(cast["staff"])
    url = reverse("community:task_list", kwargs={"community": "kuocang"})
    tasks = client.get(url, {"state": state}).context["page"].object_list
    assert {task.title for task in tasks} == titles


# What other pages hand over


def hand_over(client, url: str) -> None:
    form = client.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"on": "2026-12-01"}
    for _ in range(2):  # sent twice, handed over once
        assert client.post(url, data | {"title": data["title"] or "需要助行器"}).status_code == 302


def test_work_is_handed_over_as_a_task(client, house, cast, page, due):
    client.force_login(cast["security"])
    kwargs = {"community": "kuocang", "row": house.person.uuid}
    hand_over(client, reverse("residents:person_hand_over", kwargs=kwargs) + "?kind=work")
    task = Task.objects.get(source_url__contains="/people/")
    assert (task.title, task.due) == ("需要助行器", datetime.date(2026, 12, 1))
    assert ("任务待认领 1项", task.due) in due("civil")
    (reference,) = Handover.objects.all()
    assert (reference.subject, reference.row_id, reference.state) == (
        Person._meta.label, house.person.pk, "待办",
    )  # fmt: skip
    person = reverse("residents:person_detail", kwargs=kwargs)
    assert "任务：需要助行器" in client.get(person).content.decode()
    page("staff", task, "take")
    page("staff", task, "finish", result="已借到")
    assert "已办结" in client.get(person).content.decode()
    detail = reverse("community:task_detail", kwargs={"community": "kuocang", "row": task.uuid})
    assert f"查看来源：居民{house.person.name}" in client.get(detail).content.decode()
    # The person's page names the task, so that it stays.
    client.post(reverse("community:task_delete", kwargs={"community": "kuocang", "row": task.uuid}))
    assert Task.objects.filter(pk=task.pk).exists()
    client.force_login(cast["supervisor"])
    assert "需要助行器" not in client.get(person).content.decode()


def test_what_went_to_a_closed_page_stays_in_sight(client, house, cast):
    """A need becomes a request, which holders of the right to tasks alone may not open; they see its state."""
    client.force_login(cast["security"])
    kwargs = {"community": "kuocang", "row": house.person.uuid}
    hand_over(client, reverse("residents:person_hand_over", kwargs=kwargs))
    (reference,) = Handover.objects.all()
    person = client.get(reverse("residents:person_detail", kwargs=kwargs)).content.decode()
    assert reference.label in person
    assert str(reference.uuid) not in person
    tasks = reverse("community:task_list", kwargs={"community": "kuocang"})
    assert f"{reference.label}（待受理）" in client.get(tasks).content.decode()
    client.force_login(cast["staff"])
    assert reference.label not in client.get(tasks).content.decode()
    assert (
        str(reference.uuid) in client.get(reverse("residents:person_detail", kwargs=kwargs)).content.decode()
    )


def test_due_name_defaults_to_its_url():
    assert Due(None, "3条", "/c/x/reports/", "去审核").name == "/c/x/reports/"
    assert Due(None, "3条", "/c/x/", "去审核", key="reports").name == "reports"


def test_task_of_a_former_owner_is_unowned(task, cast, due, page, client, house):
    """Otherwise it would be due for nobody."""
    assignment = cast["staff"].assignments.get(community=house.kuocang)
    assert due("finance") == []
    end_role(assignment=assignment, by=cast["director"])
    assert due("finance") == [("任务待认领 1项", None)]
    client.force_login(cast["finance"])
    listed = client.get("/c/kuocang/tasks/?state=unowned").content.decode()
    assert task.title in listed
    assert "已转交" in page("finance", task, "hand_on", to=cast["party"].pk)
    assert due("finance") == []
    assert due("party") == [("任务：检查消防通道", None)]


def test_task_of_a_disabled_account_is_unowned(task, cast, due):
    cast["staff"].is_active = False
    cast["staff"].save(update_fields=["is_active"])
    assert due("finance") == [("任务待认领 1项", None)]
