"""Hooks of tasks: to-do, hand-over, search."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator

from django.utils import timezone

from community.tasks.actions import create_task
from community.tasks.models import Task
from community.tasks.registers import TaskRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due, DueKind
from portal.hooks.receive import HandoverDraft, HandoverKind, HandoverReference, HandoverSource
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords


@hook(Hook.DUE)
def tasks_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """The user's own tasks, unowned tasks as a count, and tasks they gave: declined, or still with somebody else."""
    places = access.permitted(P.TASKS, communities)
    if not places:
        return
    register, unowned = TaskRegister(), defaultdict(list)
    away = access.absent_colleagues
    everybody_away = {pk for names in away.values() for pk in names}
    tasks = rows(Task, access, P.TASKS).in_communities(places).concerning(access.user, today, everybody_away)
    for task in tasks.select_related("owner").order_by("due", "id"):
        community = places[task.community_id]
        url = register.url("detail", community, task)
        if task.state == Task.State.DECLINED:
            title, fold = f"交办的任务被退回：{task}", "交办的任务被退回"
            yield Due(community, title, url, "去处理", since=task.closed_on, fold=fold)
        elif task.owner_id == access.user.pk:
            yield Due(community, f"任务：{task}", url, "去办理", task.due, fold="任务")
        elif absent := away.get(task.community_id, {}).get(task.owner_id):
            yield Due(community, f"代{absent}：{task}", url, "去办理", task.due, fold="代办的任务")
        elif task.is_unowned:
            unowned[community].append(task)
        elif task.given_by_id == access.user.pk:
            title, since = f"{task.owner.name}承办：{task}", timezone.localdate(task.given_at)
            kind, fold = DueKind.WAITING, "交给别人承办的任务"
            yield Due(community, title, url, "查看", task.due, since=since, kind=kind, fold=fold)
    for community, waiting in unowned.items():
        url = f"{register.url('list', community)}?state=unowned"
        since = timezone.localdate(min(task.given_at for task in waiting))
        title = f"任务待认领 {len(waiting)}项"
        yield Due(community, title, url, "去认领", waiting[0].due, len(waiting), since)


@hook(Hook.RECEIVE)
def make_task(
    kind: HandoverKind, draft: HandoverDraft, source: HandoverSource, by
) -> Iterator[HandoverReference]:
    """Fallback receiver of hand-overs: what no app above receives becomes an unowned task."""
    task = create_task(
        by=by,
        community_id=source.row.community_id,
        title=draft.title,
        text=draft.text,
        due=draft.on,
        source=source,
    )
    yield HandoverReference(f"任务：{task}", "community:task_detail", task.uuid, task.get_state_display())


@hook(Hook.SEARCH)
def search_tasks(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Tasks that match a search of the page head."""
    yield from search_register(TaskRegister(), access, community, words, 13)
