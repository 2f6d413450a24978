"""Writes on resolutions: enter them, change or remove one, turn one into a task."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse

from community.accounts.models import User
from community.activities.models import Activity
from community.resolutions.models import Resolution
from community.tasks.actions import create_task
from community.tasks.models import Task
from portal.access.db_scope import set_change_context
from portal.forms.forms import EditConflict
from portal.forms.refusals import Refusal
from portal.hooks.receive import HandoverSource

_TITLE, _TEXT = 120, 1000
"""Characters of the title and text of a task."""


@transaction.atomic
def add_resolutions(*, activity: Activity, texts: Sequence[str]) -> list[Resolution]:
    """Add resolutions to a meeting, numbered on from its last one."""
    activities = Activity.objects.filter(community_id=activity.community_id, pk=activity.pk)
    activity = activities.select_for_update(of=("self",)).get()
    if activity.state == Activity.State.CANCELLED:
        raise Refusal(f"{activity}已取消，不能登记决议")
    own = Resolution.objects.filter(community_id=activity.community_id, activity=activity)
    present = dict(own.values_list("text", "number"))
    if repeated := next((text for text in texts if text in present), None):
        raise Refusal(f"“{repeated[:20]}”已是第{present[repeated]}项决议", "texts")
    first = max(present.values(), default=0) + 1
    return Resolution.objects.bulk_create(
        Resolution(community_id=activity.community_id, activity=activity, number=number, text=text)
        for number, text in enumerate(texts, first)
    )


@transaction.atomic
def change_text(*, resolution: Resolution, text: str, seen_version: int) -> Resolution:
    """Change the words of a resolution. Raises EditConflict if somebody else did meanwhile."""
    row = _lock(resolution)
    if row.version != seen_version:
        raise EditConflict([("决议内容", row.text, text)], row.version)
    row.text = text
    row.version += 1
    row.save(update_fields=["text", "version"])
    return row


@transaction.atomic
def remove(*, resolution: Resolution) -> None:
    """Remove a resolution that has become no task; those behind it keep their numbers."""
    row = _lock(resolution)
    if row.task_id:
        raise Refusal("这项决议已转为任务，不能删除")
    row.delete()


@transaction.atomic
def to_task(
    *, by: User, resolution: Resolution, owner: User | None, due: datetime.date | None, text: str = ""
) -> Task:
    """Turn a resolution into a task for `owner`, or for whoever takes it. Its page shows the state of the task."""
    row = _lock(resolution)
    if row.task_id:
        raise Refusal("这项决议已转为任务，请到任务页面办理")
    activity = row.activity
    kwargs = {"community": row.community.code, "row": activity.uuid}
    url = reverse("community:activity_detail", kwargs=kwargs)
    label = f"{activity}第{row.number}项决议"
    set_change_context(action="决议转为任务")
    row.task = create_task(
        by=by,
        community_id=row.community_id,
        title=row.text if len(row.text) <= _TITLE else f"{row.text[: _TITLE - 1]}…",
        text="\n".join(filter(None, (row.text if len(row.text) > _TITLE else "", text)))[:_TEXT],
        due=due,
        owner=owner,
        source=HandoverSource(row, label, url, activity.declared_kind.right),
    )
    row.version += 1
    row.save(update_fields=["task", "version"])
    return row.task


def _lock(resolution: Resolution) -> Resolution:
    rows = Resolution.objects.filter(community_id=resolution.community_id, pk=resolution.pk)
    return rows.select_related("activity", "community").select_for_update(of=("self",)).get()
