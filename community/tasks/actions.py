"""Workflow of tasks: assign, take, hand on, finish, decline, reopen."""

import datetime

from django.db import transaction
from django.utils import timezone

from community.accounts.colleagues import colleagues
from community.accounts.models import User
from community.tasks.models import Task
from portal.access.db_scope import set_change_context
from portal.access.permissions import Permission
from portal.forms.refusals import Refusal
from portal.handover.handover import update_source_state
from portal.hooks.receive import HandoverSource

State = Task.State


class TaskError(Refusal):
    """A refused step of a task."""


def create_task(
    *,
    by: User,
    community_id: int,
    title: str,
    text: str = "",
    due: datetime.date | None = None,
    owner: User | None = None,
    source: HandoverSource | None = None,
) -> Task:
    """Create a task, for `owner` or for whoever takes it."""
    came_from = {}
    if source:
        came_from = {
            "source_label": source.label[:120],
            "source_url": source.url,
            "required_right": source.right,
        }
    return Task.objects.create(
        community_id=community_id,
        title=title,
        text=text,
        due=due,
        owner=owner,
        given_by=by,
        **came_from,
    )


@transaction.atomic
def take(*, by: User, task: Task) -> Task:
    """Become the owner of an unowned task."""
    task = _lock_open(task)
    if task.owner_id and task.owner_id != by.pk:
        raise TaskError(f"{task.owner.name}已认领这项任务")
    task.owner = by
    return _save(task, "认领任务", "owner")


@transaction.atomic
def hand_on(*, by: User, task: Task, to: User) -> Task:
    """Reassign an open or declined task to a colleague; a declined one is reopened."""
    task = _lock(task)
    if task.state == State.DONE:
        raise TaskError("这项任务已经办结，请先重新打开")
    if task.owner_id == to.pk and task.state == State.OPEN:
        raise TaskError(f"{to.name}已经是承办人")
    if to not in colleagues(task.community_id, Permission.TASKS, task.required_right):
        raise TaskError(f"{to.name}在本社区没有可以承办这项任务的岗位")
    task.owner = to
    _reopen(task)
    return _save(task, "转交任务", "owner", *_CLOSING)


@transaction.atomic
def finish(*, by: User, task: Task, result: str) -> Task:
    """Close the task as done, with its result, by its owner."""
    return _close(task, by, State.DONE, result, "办结任务")


@transaction.atomic
def decline(*, by: User, task: Task, reason: str) -> Task:
    """Return the task with a reason, by its owner; it becomes due for its giver."""
    return _close(task, by, State.DECLINED, reason, "退回任务")


@transaction.atomic
def reopen(*, by: User, task: Task) -> Task:
    """Reopen a finished or declined task for the same owner; the history keeps its result."""
    task = _lock(task)
    if task.state == State.OPEN:
        raise TaskError("这项任务还没有办结")
    _reopen(task)
    return _save(task, "重新打开任务", *_CLOSING)


_CLOSING = ("state", "result", "closed_on", "closed_by")


def _close(task: Task, by: User, state: str, result: str, action: str) -> Task:
    task = _lock_open(task)
    if task.owner_id != by.pk and not (task.owner_id and by.stands_in_for(task.owner_id, task.community_id)):
        owner = f"承办人是{task.owner.name}" if task.owner else "这项任务尚未认领，请先认领"
        raise TaskError(f"只有承办人可以办结或退回这项任务，{owner}")
    task.state, task.result = state, result
    task.closed_on, task.closed_by = timezone.localdate(), by
    return _save(task, action, *_CLOSING)


def _reopen(task: Task) -> None:
    task.state, task.result, task.closed_on, task.closed_by = State.OPEN, "", None, None


def _lock_open(task: Task) -> Task:
    task = _lock(task)
    if task.state != State.OPEN:
        raise TaskError(f"这项任务已由{task.closed_by.name}办理（{task.get_state_display()}）")
    return task


def _lock(task: Task) -> Task:
    """Lock and return the current row until the end of the transaction."""
    tasks = Task.objects.filter(community_id=task.community_id, pk=task.pk)
    return tasks.select_related("owner", "closed_by").select_for_update(of=("self",)).get()


def _save(task: Task, action: str, *fields: str) -> Task:
    set_change_context(action=action)
    task.version += 1
    task.save(update_fields=[*fields, "version"])
    update_source_state(task, task.get_state_display())
    return task
