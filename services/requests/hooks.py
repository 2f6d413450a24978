"""Hooks of requests: to-do, search, acts, and what other pages hand over."""

import datetime
from collections.abc import Collection, Iterator

from community.people.models import Person
from community.tasks.models import Task
from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.cases.due import cases_due
from portal.handover.panels import handover_panels
from portal.hooks.due import Due
from portal.hooks.menu import DeskArea, add_act
from portal.hooks.receive import HandoverDraft, HandoverKind, HandoverReference, HandoverSource
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords
from portal.values.dates import prose_date
from residents.head_reports.models import ChangeReport
from residents.visits.models import Visit
from services.requests.actions import take_request
from services.requests.choices import Channel
from services.requests.registers import RequestRegister

add_act(DeskArea.SERVICES, "登记诉求", "services:request_create", P.REQUESTS, 10)


@hook(Hook.DUE)
def requests_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Requests to be taken up, and the user's own."""
    first = {"new": "去受理", "suspected": "去查看"}
    yield from cases_due(RequestRegister(), access, communities, first)


@hook(Hook.SEARCH)
def search_requests(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Requests that match a search of the page head."""
    yield from search_register(RequestRegister(), access, community, words, 14)


_CHANNELS = {Visit: Channel.VISIT, ChangeReport: Channel.HEAD}
"""How a need came in, by the model that it is handed over from."""


@hook(Hook.RECEIVE)
def receive_need(
    kind: HandoverKind, draft: HandoverDraft, source: HandoverSource, by
) -> Iterator[HandoverReference]:
    """A need that another page hands over becomes a request, which keeps the right of its source."""
    if kind is not HandoverKind.NEED:
        return
    row, facts = source.row, {}
    match row:
        case Person():
            facts = {"person": row, "name": row.name, "place": row.place_label}
        case Visit():
            facts = {"person": row.person, "place": row.place}
        case ChangeReport():
            facts = {"place": row.dwelling.label, "building": row.dwelling.building}
    request = take_request(
        by=by,
        community_id=row.community_id,
        channel=_CHANNELS.get(type(row), Channel.TASK),
        text=_text_of(draft),
        code="",
        source=source,
        **facts,
    )
    label = f"{request}：{draft.title}"
    yield HandoverReference(label[:160], "services:request_detail", request.uuid, request.get_state_display())


def _text_of(draft: HandoverDraft) -> str:
    """Title and text, once where the text says it all, and the day that was wished."""
    parts = [draft.title] if draft.text in draft.title else [draft.title, draft.text]
    if draft.on:
        parts.append(f"希望在{prose_date(draft.on)}前办理。")
    return "\n".join(parts)


@extend
class TaskRequests(RegisterExtension):
    """A task that turns out to be a resident's request, and what was made of it."""

    model = Task
    order = 30

    def panels(self, row, access, community):
        return handover_panels(row, access, community)

    def links(self, row, access, community):
        if not access.can(P.REQUESTS, community):
            return []
        return [Link("转为诉求", community.url("services:task_request", task=row.uuid))]
