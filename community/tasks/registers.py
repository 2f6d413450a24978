"""Register of tasks inside the committee."""

import datetime

import django_filters
from django.db.models import ProtectedError
from django.utils import timezone

from community.tasks.actions import create_task
from community.tasks.forms import TaskForm
from community.tasks.models import Task
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.audit.history import users_of
from portal.handover.handover import hidden_handovers, sent_out_of_sight
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.panels import CountedNotice, Panel
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from portal.values.dates import table_moment

_SENT_DAYS = 30
_SENT_SHOWN = 5
"""For how long, and how many at most, the list says how hand-overs stand that others received."""


class TaskStateFilter(django_filters.ChoiceFilter):
    """Filter of the task list by owner and state."""

    def __init__(self):
        super().__init__(
            label="范围",
            empty_label="全部",
            choices=[
                ("mine", "我承办的"),
                ("open", "未办结"),
                ("unowned", "待认领"),
                ("overdue", "已逾期"),
                ("done", "已办结"),
                ("declined", "已退回"),
            ],
        )

    def filter(self, queryset, value):
        if value == "mine":
            return queryset.open().filter(owner=self.parent.request.access.user)
        if value == "open":
            return queryset.open()
        if value == "unowned":
            return queryset.unowned()
        if value == "overdue":
            return queryset.overdue(timezone.localdate())
        return queryset.filter(state=value) if value else queryset


@register
class TaskRegister(Register):
    """Tasks inside the committee. Its detail page is `community.tasks.views`, with the buttons of each step."""

    model = Task
    create_label = "交办任务"
    noun = "task"
    menu = DeskArea.TODAY
    menu_order = 20
    purpose = "交办和跟踪社区内部事项"
    retention = Retention("办结或退回", "closed_on", years=3)
    view = edit = export_right = P.TASKS
    columns = (
        Column("title", width=30),
        Column("state", width=8),
        Column("owner", sort="owner__name", value=lambda t: t.owner.name if t.owner else "待认领"),
        Column("due"),
        Column("given_by.name", "交办人", sort="given_by__name"),
        Column("given_at", listed=False, optional=True, value=lambda t: _local_time(t.given_at), width=16),
        Column("source_label", width=20),
        Column("result", listed=False, optional=True, width=30),
        Column("closed_on", listed=False, optional=True),
    )
    details = ("text",)
    search = ("title", "text", "source_label", "result")
    filters = (("state", TaskStateFilter),)
    form_fields = ("title", "text", "due", "owner")
    form_class = TaskForm
    # Owner and due date are changed one task at a time, where everybody concerned sees it.
    bulk_fields = ()
    attachments = True

    def prepare(self, queryset):
        return queryset.select_related("owner", "given_by")

    def list_notices(self, access, community):
        hidden = hidden_handovers("community:task_detail", Task.State.OPEN.label, access, community)
        words = "另有{count}项转办的任务待办，您没有查看其来源的权限，由有权限的同事办理。"
        notices = [CountedNotice(words, hidden)]
        since = timezone.now() - datetime.timedelta(days=_SENT_DAYS)
        if sent := sent_out_of_sight(access, community).filter(at__gte=since)[:_SENT_SHOWN]:
            states = "；".join(f"{each.label}（{each.state}）" for each in sent)
            notices.append(f"您最近转办、由其他岗位办理的：{states}。")
        return notices

    def panels(self, row, access, community):
        events = rows(Task.pgh_event_model, access, P.TASKS, community).filter(pgh_obj_id=row.pk)
        events = list(events.select_related("owner").order_by("pgh_id"))
        users = users_of(events)
        course = []
        for before, event in zip([None, *events], events, strict=False):
            by = users.get((event.pgh_context or {}).get("user"))
            course.append(
                (
                    _local_time(event.pgh_created_at),
                    by.name if by else "系统",
                    _step_in_words(before, event, by),
                )
            )
        return [Panel("办理经过", ("时间", "经办人", "办理"), course)]

    def save(self, form, *, by, community):
        if form.instance.pk:
            return super().save(form, by=by, community=community)
        fields = {name: form.cleaned_data[name] for name in self.form_fields}
        return create_task(by=by, community_id=community.id, **fields)

    def delete(self, row, *, by):
        if row.source_url:
            raise ProtectedError("the source's page names this task", {row})
        super().delete(row, by=by)


def _local_time(at) -> str:
    return table_moment(at)


def _step_in_words(before, event, by) -> str:
    """Description of one event of a task's history."""
    states = Task.State
    if before is None:
        return f"交办给{event.owner.name}" if event.owner else "交办，待认领"
    if event.state != before.state and event.state != states.OPEN:
        return f"{states(event.state).label}：{event.result}"
    if event.owner_id != before.owner_id:
        return "认领" if by and event.owner_id == by.pk else f"转交给{event.owner.name}"
    return "重新打开" if event.state != before.state else "修改内容"
