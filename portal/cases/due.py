"""To-do of a kind of case: one's own, those without an owner, and those that wait for somebody else."""

from collections.abc import Collection, Iterator

from django.db.models import Count, Min
from django.utils import timezone

from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.cases.registers import CaseRegister
from portal.hooks.due import Due, DueKind


def cases_due(
    register: CaseRegister,
    access: Access,
    communities: Collection[CommunityRef],
    first_states: dict[str, str],
) -> Iterator[Due]:
    """The user's own open cases, each by its deadline, and as counts those that wait for whoever takes them.

    Also those of colleagues who are away and for whom the user stands in (代王芳).

    first_states: states without an owner → what is to be done (去受理). Two queries, besides the one for colleagues.
    """
    places = access.permitted(register.work, communities)
    if not places:
        return
    away = access.absent_colleagues
    owners = {access.user.pk, *(pk for names in away.values() for pk in names)}
    cases = rows(register.model, access, register.work).in_communities(places)
    unit = register.unit
    for case in cases.owned_by(*owners).exclude(state__in=first_states).order_by("due", "id"):
        absent = away.get(case.community_id, {}).get(case.owner_id)
        if case.owner_id != access.user.pk and not absent:
            continue  # away in another community
        community, state = places[case.community_id], register.course.state(case.state)
        url, on = register.url("detail", community, case), case.due and timezone.localdate(case.due)
        if state.waits_for:
            title, since = (
                f"{_for(absent)}{case}：等待{state.waits_for}",
                timezone.localdate(case.received_at),
            )
            fold = f"等待{state.waits_for}的{unit}"
            yield Due(community, title, url, "查看", since=since, kind=DueKind.WAITING, fold=fold)
        else:
            title = f"{_for(absent)}{case}{f'（{state.label}）' if state.is_news else ''}：{case.gist}"
            fold = f"代办的{unit}" if absent else f"我承办的{unit}"
            yield Due(community, title, url, "去办理", on, fold=fold)
    counts = cases.filter(state__in=first_states).order_by().values_list("community_id", "state")
    for pk, state, count, due, since in counts.annotate(Count("pk"), Min("due"), Min("received_at")):
        label = register.course.state(state).label
        url = f"{register.url('list', places[pk])}?state={state}"
        on, since = due and timezone.localdate(due), timezone.localdate(since)
        yield Due(places[pk], f"{unit}{label} {count}件", url, first_states[state], on, count, since)


def _for(absent: str | None) -> str:
    """For whom the user acts, if not for themselves."""
    return f"代{absent}：" if absent else ""
