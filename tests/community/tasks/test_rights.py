"""Tasks handed over require the right of their source (care → task); without it only their count is shown."""

import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.tasks import actions as task_actions
from community.tasks.models import Task
from community.tasks.registers import TaskRegister
from portal.access.db_scope import APP, scope
from portal.access.permissions import Permission
from portal.access.querysets import RightField, ScopedQuerySet, right_of_rows, rows
from portal.access.rls import row_security_of
from portal.access.roles import ROLES
from portal.access.user_access import Access
from portal.attachments.models import Attachment
from portal.audit.models import AccessLog
from portal.exports.models import GeneratedFile
from portal.handover.handover import hand_over
from portal.handover.models import Handover
from portal.hooks.receive import HandoverDraft, HandoverKind, HandoverSource
from portal.registers.registry import all_registers
from portal.todo.reminders import remind_everybody
from residents.visits.models import Visit
from tests.house import COMMUNITY_ROLES
from tests.imports import run_jobs

pytestmark = pytest.mark.django_db
NEED = "低保家庭孩子缺课本"
MAY_SEE, MAY_NOT = ("director", "civil"), ("staff", "finance", "party", "security")


@pytest.fixture
def task(house, cast) -> Task:
    """Work that follows from a visit, handed over as a task with a file."""
    reach = {"communities": [house.kuocang.id], "write": [house.kuocang.id]}
    with scope(APP, **reach, rights=ROLES["civil"].permissions, user_id=cast["civil"].pk):
        visit = Visit.objects.get()
        page = reverse("residents:visit_detail", kwargs={"community": "kuocang", "row": visit.uuid})
        source = HandoverSource(visit, f"走访{visit.who}", page, Permission.CARE)
        hand_over(HandoverKind.WORK, HandoverDraft(NEED, NEED), source, cast["civil"])
    task = Task.objects.get(source_url__contains="/visits/")
    Attachment.objects.create(
        community_id=house.kuocang.id, user_id=cast["civil"].pk, subject=Task._meta.label, row_id=task.pk,
        name="困难证明.pdf", stored="x.pdf", size=1, digest="x",
    )  # fmt: skip
    return task


@pytest.fixture
def signed_in(cast):
    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(cast[name])
        return client

    return sign_in


def url_of(page: str, task: Task | None = None, **more) -> str:
    kwargs = {"community": "kuocang"} | ({"row": task.uuid} if task else {}) | more
    return reverse(f"community:task_{page}", kwargs=kwargs)


def test_cast_has_users_with_and_without_the_right():
    tasks = {name for name, role in COMMUNITY_ROLES.items() if Permission.TASKS in ROLES[role].permissions}
    care = {name for name in tasks if Permission.CARE in ROLES[COMMUNITY_ROLES[name]].permissions}
    assert (care, tasks - care) == (set(MAY_SEE), set(MAY_NOT))


# Every page that shows tasks as a list, with what is asked of it


def lists() -> dict[str, str]:
    return {
        "list": url_of("list"),
        "unowned": f"{url_of('list')}?state=unowned",
        "found in the list": f"{url_of('list')}?q=课本",
        "search": f"/c/kuocang/search/?q={NEED}",
        "search everywhere": f"/home/search/?q={NEED}",
        "to-do": "/home/todo/",
        "desk": "/c/kuocang/",
    }


@pytest.mark.parametrize("who", MAY_NOT)
def test_task_is_invisible_without_the_right_of_its_source(who, task, signed_in, cast):
    client = signed_in(who)
    for page, url in lists().items():
        answer = client.get(url)
        assert answer.status_code == 200, (page, url)
        text = answer.content.decode().replace(f'value="{NEED}"', "").replace(f"“{NEED}”", "")
        assert "课本" not in re.sub(r'value="课本"|搜索：课本|搜索</span> 课本', "", text), page
        assert str(task.uuid) not in text, page
    assert "另有1项转办的任务待办" in client.get(url_of("list")).content.decode()
    for step in ("detail", "edit", "delete", "attach"):
        assert client.get(url_of(step, task)).status_code == 404, step
    for step in ("take", "hand_on", "finish", "decline", "reopen"):
        assert client.post(url_of(step, task), {"to": cast[who].pk, "result": "好"}).status_code == 404, step
    assert client.get(url_of("history", task)).status_code in (403, 404)
    file = Attachment.objects.get()
    for page in ("attachment", "attachment_delete"):
        assert client.get(url_of(page, task, attachment=file.uuid)).status_code == 404
    task.refresh_from_db()
    assert (task.state, task.owner) == ("open", None)


@pytest.mark.parametrize("who", MAY_SEE)
def test_task_is_visible_with_the_right_of_its_source(who, task, signed_in, cast):
    client = signed_in(who)
    for page in ("list", "unowned", "found in the list", "search", "search everywhere"):
        answer = client.get(lists()[page], follow=True)  # a search that finds it alone opens it
        assert str(task.uuid) in answer.content.decode(), page
    assert "任务待认领 1项" in client.get("/home/todo/").content.decode()
    assert "另有" not in client.get(url_of("list")).content.decode()
    assert "查看来源：走访" in client.get(url_of("detail", task)).content.decode()
    assert NEED in client.get(url_of("history", task)).content.decode()
    client.post(url_of("take", task))
    task.refresh_from_db()
    assert task.owner == cast[who]


@pytest.mark.parametrize("who", ["finance", "director"])
def test_exports_follow_the_right_of_the_source(who, task, signed_in, monkeypatch):
    client = signed_in(who)

    def titles(content: bytes) -> str:
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        return " ".join(str(cell.value) for row in sheet for cell in row)

    may_see = who in MAY_SEE
    assert (NEED in titles(client.post(url_of("export")).content)) is may_see
    assert (task.pk in AccessLog.objects.get(action="export").ids) is may_see
    printed = []
    monkeypatch.setattr(
        "portal.exports.views.ledger.ledger", lambda context, cells: printed.extend(cells) or b"%PDF-"
    )
    client.post(url_of("ledger"))
    assert (NEED in str(printed)) is may_see
    monkeypatch.setattr("portal.exports.views.exports.ExportView.limit", 0)
    client.post(url_of("export"))
    run_jobs()
    assert (NEED in titles(client.post(GeneratedFile.objects.get().job.result_url).content)) is may_see


def test_owners_are_limited_to_holders_of_the_right(task, signed_in, cast):
    offered = signed_in("civil").get(url_of("detail", task)).context["hand_on_form"].fields["to"].choices
    assert {key for key, _ in offered if key} == {str(cast[name].pk) for name in (*MAY_SEE, "both")}
    for name in MAY_NOT:
        with pytest.raises(task_actions.TaskError, match="没有可以承办这项任务的岗位"):
            task_actions.hand_on(by=cast["civil"], task=task, to=cast[name])
        assert signed_in("civil").post(url_of("hand_on", task), {"to": cast[name].pk}).status_code == 422
    # An ordinary task goes to anybody of the committee.
    other = Task.objects.get(source_url="")
    offered = signed_in("civil").get(url_of("detail", other)).context["hand_on_form"].fields["to"].choices
    assert {key for key, _ in offered if key} >= {str(cast[name].pk) for name in (*MAY_SEE, *MAY_NOT)}


def test_reminders_follow_the_right_of_the_source(task, cast, today):
    Task.objects.filter(pk=task.pk).update(owner=cast["finance"], due=today)  # who held the right once
    remind_everybody(today)
    from portal.todo.models import Reminder

    reminded = Reminder.objects.filter(key=url_of("detail", task))
    assert not reminded.exists()
    Task.objects.filter(pk=task.pk).update(owner=cast["civil"])
    remind_everybody(today)
    assert [reminder.user_id for reminder in reminded] == [cast["civil"].pk]


def test_source_page_hides_handed_over_rows_without_the_right(task, house, signed_in):
    """Without the narrower right the page shows only that something waits."""
    Handover.objects.update(subject="community.Person", row_id=house.person.pk)
    person = reverse("residents:person_detail", kwargs={"community": "kuocang", "row": house.person.uuid})
    with_right, unseen = (signed_in(who).get(person).content.decode() for who in ("civil", "finance"))
    assert NEED in with_right
    assert NEED not in unseen
    assert str(task.uuid) not in unseen
    assert "（无权查看）" in unseen


# The two locks


def test_row_level_security_enforces_the_right(task, house, cast, signed_in, monkeypatch):
    monkeypatch.setattr(
        ScopedQuerySet,
        "visible_to",
        lambda self, access, permission: self.filter(community_id=house.kuocang.id),
    )
    assert str(task.uuid) not in signed_in("finance").get(url_of("list")).content.decode()
    assert signed_in("finance").get(url_of("detail", task)).status_code == 404
    assert str(task.uuid) in signed_in("civil").get(url_of("list")).content.decode()
    with scope(APP, communities=[house.kuocang.id], write=[house.kuocang.id], rights=["tasks"]):
        assert not Task.objects.filter(pk=task.pk).exists()
        assert not Task.pgh_event_model.objects.filter(pgh_obj_id=task.pk).exists()
        assert Task.objects.filter(pk=task.pk).update(title="x") == 0
    with scope(APP, communities=[house.kuocang.id]):
        assert not Task.objects.exists()


def test_queryset_checks_the_right_in_the_community_of_the_row(task, house, cast):
    """The right may be held in another community only."""
    from community.accounts.models import RoleAssignment

    RoleAssignment.objects.create(
        user=cast["finance"], role="civil", community=house.xizhigou, start=timezone.localdate()
    )
    access = Access.of(cast["finance"])
    assert access.can(Permission.CARE)
    assert task not in rows(Task, access, Permission.TASKS)
    assert task not in rows(Task, access, Permission.TASKS, house.kuocang.ref)
    assert task in rows(Task, Access.of(cast["civil"]), Permission.TASKS)


def test_every_table_with_row_rights_has_row_level_security():
    from django.apps import apps

    tables = [model for model in apps.get_models(include_auto_created=True) if right_of_rows(model)]
    assert {Task, Task.pgh_event_model, Handover} <= set(tables)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, count(*) FROM pg_policies WHERE concat(qual, with_check) LIKE %s GROUP BY 1",
            ["%liren.rights%"],
        )
        locked = dict(cursor.fetchall())
    moved_by_others = {Handover._meta.db_table}  # see its model
    for model in tables:
        assert isinstance(model._meta.get_field(right_of_rows(model)), RightField)
        is_append_only = model._meta.pk.name == "pgh_id" or row_security_of(model).append_only
        expected = 2 if is_append_only else 4
        if model._meta.db_table not in moved_by_others:
            assert locked.get(model._meta.db_table) == expected, model


def test_required_right_is_no_register_column():
    for register in all_registers():
        if name := right_of_rows(register.model):
            assert name not in {column.name for column in register.columns} | set(register.form_fields)
    assert right_of_rows(TaskRegister.model)
