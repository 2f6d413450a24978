"""Hooks of resolutions: on the page of their meeting, and in its minutes."""

from collections.abc import Iterator

from community.activities.minutes import MINUTES_PARTS, MinutesPart
from community.activities.models import Activity
from community.activities.registers import ActivityRegister
from community.resolutions.models import Resolution
from community.resolutions.registers import ResolutionRegister, task_words
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.registry import hook
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link, Panel
from portal.registers.row_links import RowLinks
from portal.values.dates import prose_date


@extend
class ResolutionsOfActivity(RegisterExtension):
    """The resolutions of a meeting."""

    model = Activity
    order = 10
    part_models = (Resolution,)

    def panels(self, row, access, community):
        links, register = RowLinks(access, community), ResolutionRegister()
        may_change = ActivityRegister().may_change(row, access, community)
        may_give = may_change and access.can(P.TASKS, community)
        resolutions = rows(Resolution, access, P.ACTIVITIES, community).filter(activity=row)
        table = []
        for resolution in resolutions.select_related("activity", "task__owner"):
            act = Link("修改", register.url("change", community, resolution)) if may_change else ""
            task = task_words(resolution)
            if resolution.task_id and resolution.task:
                task = links.link(resolution.task, task)
            elif not resolution.task_id and may_give:
                task = Link("转为任务", register.url("task", community, resolution))
            table.append((resolution.number, resolution.text, task, act))
        add = Link("登记决议", community.url("community:activity_resolutions", row=row.uuid))
        header = ("序号", "决议内容", "落实", "办理")
        return [Panel("决议", header, table, empty="没有登记决议", links=(add,) if may_change else ())]


@hook(MINUTES_PARTS)
def resolutions_in_minutes(activity: Activity) -> Iterator[MinutesPart]:
    """The resolutions, with owner and due date of their tasks."""
    resolutions = Resolution.objects.filter(community_id=activity.community_id, activity=activity)
    paragraphs = []
    for resolution in resolutions.select_related("task__owner"):
        task = resolution.task if resolution.task_id else None
        owner = f"由{task.owner.name}承办" if task and task.owner else ""
        due = f"{prose_date(task.due)}前办结" if task and task.due else ""
        words = "，".join(filter(None, (owner, due)))
        paragraphs.append(f"{resolution.number}. {resolution.text}{f'（{words}）' if words else ''}")
    if paragraphs:
        yield MinutesPart("决议", paragraphs, order=40)
