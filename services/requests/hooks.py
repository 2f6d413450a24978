"""Hooks of requests: to-do, search, acts, numbers, the pages of people, and what other pages hand over."""

import datetime
from collections.abc import Collection, Iterator
from decimal import Decimal
from functools import cache

from django.db.models import Count, Q
from django.utils import timezone

from community.people.models import Person
from community.tasks.models import Task
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.cases.due import cases_due
from portal.handover.panels import handover_panels
from portal.hooks.about import PersonFact
from portal.hooks.bulletin import StreetTable
from portal.hooks.due import Due
from portal.hooks.figures import Figure
from portal.hooks.menu import DeskArea, add_act, add_menu_page
from portal.hooks.receive import HandoverDraft, HandoverKind, HandoverReference, HandoverSource
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.hooks.timeline import TimelineEntry
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords
from portal.values.dates import prose_date
from residents.head_reports.models import ChangeReport
from residents.visits.models import Visit
from services.requests.actions import take_request
from services.requests.bulletin_section import drill_down_rows, sections
from services.requests.choices import Channel
from services.requests.models import Request
from services.requests.numbers import RequestNumbers, numbers_by_community
from services.requests.registers import MENU_LINE, RequestRegister
from services.requests.street import record_answer, street_panel

add_act(DeskArea.SERVICES, "登记诉求", "services:request_create", P.REQUESTS, 10)
add_menu_page(DeskArea.SERVICES, "待回访", "services:request_call_backs", P.REQUESTS, 11, line=MENU_LINE)
add_menu_page(DeskArea.SERVICES, "诉求统计", "services:request_report", P.REQUESTS, 12, line=MENU_LINE)
add_menu_page(DeskArea.SERVICES, "疑似垃圾信息", "services:request_suspected", P.REQUESTS, 13, line=MENU_LINE)

hook(Hook.BULLETIN_SECTIONS)(sections)
hook(Hook.BULLETIN_ROWS)(drill_down_rows)


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


@hook(Hook.FIGURES)
def request_figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Requests received in the year and how many of them have their reply by now; those open and overdue now."""
    numbers = cache(lambda: numbers_by_community(year).get(community.id, RequestNumbers()))
    url = RequestRegister().url("list", community)
    of_year = f"{url}?received_at_from={year}-01-01&received_at_to={year}-12-31&counted=yes"
    yield Figure("requests_year", "年度居民诉求", lambda: numbers().received, "件", of_year)
    yield Figure("requests_replied_rate", "诉求答复率", lambda: _replied_rate(numbers()), "%", of_year)
    yield Figure("requests_open", "未办结诉求", lambda: numbers().open, "件", f"{url}?state=open&counted=yes")
    yield Figure(
        "requests_overdue", "超期诉求", lambda: numbers().overdue, "件", f"{url}?state=overdue&counted=yes"
    )


def _replied_rate(numbers: RequestNumbers) -> Decimal | None:
    """Per cent of those due for a reply that have one, to a tenth, below 100 as long as one is missing."""
    if not numbers.due:
        return None
    if numbers.replied == numbers.due:
        return Decimal(100)
    return min(round(Decimal(100 * numbers.replied) / numbers.due, 1), Decimal("99.9"))


@hook(Hook.STREET)
def street_requests(communities: Collection[CommunityRef]) -> Iterator[StreetTable]:
    """Requests of each community: counts only."""
    year = timezone.localdate().year
    numbers = numbers_by_community(year, of_all=True)
    yield StreetTable(
        "居民诉求",
        ("今年收到", "未办结", "超期", "满意率"),
        {
            community.id: (str(of.received), str(of.open), str(of.overdue), of.rating)
            for community in communities
            for of in [numbers.get(community.id, RequestNumbers())]
        },
        f"{year}年收到的诉求和现在未办结、超过期限未答复的诉求，包括不公开办理的；满意率只算今年收到、居民作出评价的。",
    )


def _requests_of(person: Person, access: Access):
    """Requests that staff linked with this person, as far as this user may see them."""
    return rows(Request, access, P.REQUESTS).filter(community_id=person.community_id, person=person)


@hook(Hook.ABOUT)
def requests_about(person: Person, access: Access) -> Iterator[PersonFact]:
    """How many requests a person made, and how many are open."""
    community = next((ref for ref in access.communities if ref.id == person.community_id), None)
    if community is None or not access.can(P.REQUESTS, community):
        return
    is_open = Q(state__in=Request.course.open_states)
    counts = _requests_of(person, access).aggregate(all=Count("pk"), open=Count("pk", filter=is_open))
    if counts["all"]:
        words = f"{counts['all']}件" + (f"，未办结{counts['open']}件" if counts["open"] else "")
        url = f"{RequestRegister().url('list', community)}?person={person.uuid}"
        yield PersonFact("居民诉求", words, url, order=40)


@hook(Hook.TIMELINE)
def requests_of_person(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """The requests that staff linked with a person."""
    if not access.can(P.REQUESTS, community):
        return
    register = RequestRegister()
    for request in _requests_of(person, access).of(community):
        url = register.url("detail", community, request)
        on, title = timezone.localdate(request.received_at), f"{request}，{request.get_state_display()}"
        yield TimelineEntry(on, "诉求", title, url, request.gist)


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


hook(Hook.FORWARDED_ANSWER)(record_answer)


@extend
class StreetOfRequest(RegisterExtension):
    """What went to the street, on the page of the request."""

    model = Request

    def panels(self, row, access, community):
        return street_panel(row, access, community)
