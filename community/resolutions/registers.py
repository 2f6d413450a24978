"""Register of resolutions, with the state of the tasks that they became."""

import django_filters

from community.resolutions.models import Resolution
from community.tasks.models import Task
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.values.dates import table_day


class TaskFilter(django_filters.ChoiceFilter):
    """Filter by what became of the resolution."""

    def __init__(self):
        choices = [
            ("none", "没有转任务"),
            ("open", "任务待办"),
            ("done", "任务已办结"),
            ("declined", "任务已退回"),
        ]
        super().__init__(label="落实", empty_label="全部", choices=choices)

    def filter(self, queryset, value):
        if value == "none":
            return queryset.filter(task__isnull=True)
        return queryset.filter(task__state=value) if value else queryset


def task_words(resolution: Resolution) -> str:
    """What became of the resolution: state and owner of its task, as far as this user may see it."""
    task: Task | None = resolution.task if resolution.task_id else None
    if task is None:
        return "已转任务" if resolution.task_id else ""
    owner = task.owner.name if task.owner else "待认领"
    return f"{task.get_state_display()}（{owner}）"


@register
class ResolutionRegister(Register):
    """Resolutions of all meetings. They are entered and changed on the page of their meeting."""

    model = Resolution
    noun = "resolution"
    title = "会议决议"
    menu = DeskArea.COUNCIL
    menu_order = 11
    menu_line = "会议活动"
    view = export_right = P.ACTIVITIES
    columns = (
        Column("text", width=50),
        Column("activity.title", "会议", sort="activity__title", width=26),
        Column(
            "held_on",
            "会议日期",
            value=lambda row: table_day(row.activity.starts_at),
            sort="activity__starts_at",
        ),
        Column("number", number=True),
        Column("task_state", "落实", value=task_words, width=16),
        Column("due", "办理期限", value=lambda row: (row.task and row.task.due) or ""),
    )
    search = ("text", "activity__title")
    filters = (("task", TaskFilter),)
    order = ("-activity__starts_at", "activity_id", "number")

    def prepare(self, queryset):
        return queryset.select_related("activity", "task__owner")
