"""Hooks of goods in store: menu, to-do, search, the page of a person, what a death or move-out ends."""

import datetime
from collections.abc import Collection, Iterator, Mapping
from functools import partial

from django.db.models import Count, Max, Min, Q

from community.dated_rules.rules import values_by_community
from community.people.models import Person
from community.stock.actions.issues import close_line
from community.stock.expiry import Shelf, notice_days
from community.stock.models import IssueLine, IssueList, StockBatch, StockSlip, Stocktake
from community.stock.registers import (
    IssueLineRegister,
    IssueListRegister,
    StockBatchRegister,
    StockItemRegister,
)
from community.stock.rules import STOCKTAKE_MONTHS
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.about import PersonFact
from portal.hooks.departure import Consequence, Departure
from portal.hooks.due import Due
from portal.hooks.menu import DeskArea, add_act
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.hooks.timeline import TimelineEntry
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords
from portal.values.months import months_later

add_act(DeskArea.COUNCIL, "物资入库", "community:stock_in", P.GOODS, 40)
add_act(DeskArea.COUNCIL, "物资出库", "community:stock_out", P.GOODS, 41)
add_act(DeskArea.COUNCIL, "物资盘点", "community:stocktake_record", P.GOODS, 42)

_State = IssueLine.State


@hook(Hook.DUE)
def batches_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Batches in stock that expire soon, and those that have expired, as one number each."""
    places = access.permitted(P.GOODS, communities)
    if not places:
        return
    until = notice_days(places, today)
    batches = rows(StockBatch, access, P.GOODS).in_communities(places).in_stock()
    soon = Q()
    for pk, day in until.items():
        soon |= Q(community=pk, expires_on__range=(today, day))
    numbers = (
        batches.filter(soon | Q(expires_on__lt=today))
        .order_by()
        .values("community")
        .annotate(
            expiring=Count("pk", filter=Q(expires_on__gte=today)),
            first=Min("expires_on", filter=Q(expires_on__gte=today)),
            expired=Count("pk", filter=Q(expires_on__lt=today)),
        )
    )
    for line in numbers:
        place = places[line["community"]]
        url = StockBatchRegister().url("list", place)
        if number := line["expired"]:
            expired = f"{url}?state={Shelf.EXPIRED}"
            yield Due(place, f"过期物资 {number}批，应清理", expired, "去处理", count=number)
        if number := line["expiring"]:
            expiring = f"{url}?state={Shelf.EXPIRING}"
            yield Due(place, f"快到期物资 {number}批，应先发放", expiring, "去查看", line["first"], number)


@hook(Hook.DUE)
def lists_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Issue lists whose day has come and that are not finished."""
    places = access.permitted(P.GOODS, communities)
    if not places:
        return
    register = IssueListRegister()
    waiting = Count("lines", filter=Q(lines__state=_State.WAITING))
    lists = rows(IssueList, access, P.GOODS).in_communities(places).unfinished().filter(on__lte=today)
    for issue_list in lists.annotate(waiting=waiting).order_by("on", "pk"):
        place = places[issue_list.community_id]
        words = f"还有{issue_list.waiting}人没有领取" if issue_list.waiting else "可以结束"
        url = register.url("detail", place, issue_list)
        yield Due(place, f"{issue_list}：{words}", url, "去办理", issue_list.on, fold="物资发放")


@hook(Hook.DUE)
def stocktakes_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """That goods in stock have not been counted for too long."""
    places = access.permitted(P.GOODS, communities)
    if not places:
        return
    stored = rows(StockBatch, access, P.GOODS).in_communities(places).in_stock().counts_by_community()
    last = _days(rows(Stocktake, access, P.GOODS).in_communities(places), Max("on"))
    first = _days(rows(StockSlip, access, P.GOODS).in_communities(places), Min("on"))
    months = values_by_community(places, (STOCKTAKE_MONTHS,), today)
    for pk in stored:
        day = months_later(last.get(pk) or first.get(pk, today), months[pk][STOCKTAKE_MONTHS])
        if day <= today:
            url = places[pk].url("community:stocktake_record")
            yield Due(places[pk], "物资应盘点", url, "去盘点", day)


def _days(queryset, day) -> Mapping[int, datetime.date]:
    return dict(queryset.order_by().values_list("community").annotate(day))


@hook(Hook.SEARCH)
def search_goods(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Items and issue lists that match a search of the page head."""
    yield from search_register(StockItemRegister(), access, community, words, 62)
    yield from search_register(IssueListRegister(), access, community, words, 63)


def _lines_of(person: Person, access: Access):
    lines = rows(IssueLine, access, P.GOODS).filter(community_id=person.community_id, person=person)
    return lines.select_related("issue_list__item")


def _words(line: IssueLine) -> str:
    item = line.issue_list.item
    return f"{line.issue_list}，{item.name}{item.amount(line.quantity)}"


@hook(Hook.ABOUT)
def waiting_goods(person: Person, access: Access) -> Iterator[PersonFact]:
    """Goods that wait for a person."""
    community = next((ref for ref in access.communities if ref.id == person.community_id), None)
    if community is None or not access.can(P.GOODS, community):
        return
    for line in _lines_of(person, access).filter(state=_State.WAITING, issue_list__ended_on__isnull=True):
        url = IssueLineRegister().url("detail", community, line)
        yield PersonFact("待领物资", _words(line), url, order=60)


@hook(Hook.TIMELINE)
def goods_of_person(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """Goods that a person received."""
    if not access.can(P.GOODS, community):
        return
    for line in _lines_of(person, access).filter(state=_State.HANDED):
        url = IssueLineRegister().url("detail", community, line)
        yield TimelineEntry(line.handed_on, "领取物资", _words(line), url)


@hook(Hook.PERSON_LEFT)
def ended_by_departure(person: Person, departure: Departure) -> Iterator[Consequence]:
    """Lines of open issue lists on which the person still waits."""
    lines = IssueLine.objects.filter(community_id=person.community_id, person=person, state=_State.WAITING)
    lines = lines.filter(issue_list__ended_on__isnull=True).select_related("issue_list__item")
    reason = "去世" if departure.died else "已迁出"
    for line in lines.order_by("issue_list__on", "pk"):
        yield Consequence(
            f"issue-{line.uuid}", f"待领物资：{_words(line)}", line, partial(close_line, line, reason)
        )
