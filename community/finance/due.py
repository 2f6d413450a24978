"""To-do of finance: what waits for approval, is returned, is to be closed, reviewed or answered; funds past their use."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator

from django.db.models import Exists, OuterRef
from django.utils import timezone

from community.dated_rules.rules import values_by_community
from community.finance.balances import last_day
from community.finance.models import FinanceBook, FinanceEntry, FinanceMonth, FinanceReview, Fund
from community.finance.registers import FinanceEntryRegister, FinanceMonthRegister, FundRegister
from community.finance.rules import CLOSE_DAYS
from community.finance.totals import sums_by_fund
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due, DueKind
from portal.hooks.registry import Hook, hook
from portal.values.months import month_after, month_word

State = FinanceEntry.State
_REVIEW_DAYS = 60
"""For how long after its closing a month waits for every reviewer; one that nobody reviewed waits on."""


@hook(Hook.DUE)
def approvals_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Entries that wait: for the user's approval, or handled by the user and with somebody else."""
    places = access.permitted(P.FINANCE_VIEW, communities)
    deciding = access.permitted(P.FINANCE_APPROVE, communities)
    if not access.permitted(P.FINANCE, communities) and not deciding:
        return
    waiting: dict[tuple[int, bool], list[datetime.date]] = defaultdict(list)
    entries = rows(FinanceEntry, access, P.FINANCE_VIEW).in_communities(places).filter(state=State.ENTERED)
    for entry in entries.select_related("handler").order_by("on", "id"):
        is_own = entry.handler is not None and entry.handler.same_person_as(access.user)
        waiting[entry.community_id, is_own].append(entry.on)
    for (pk, is_own), days in waiting.items():
        place, number = places[pk], len(days)
        if is_own:
            url = f"{FinanceEntryRegister().url('list', place)}?state=entered"
            title, kind = f"您经手的收支等审批 {number}笔", DueKind.WAITING
            yield Due(place, title, url, "查看", None, number, days[0], kind=kind)
        elif pk in deciding:
            url = place.url("community:finance_approve")
            title, kind = f"收支待审批 {number}笔", DueKind.DECISION
            yield Due(place, title, url, "去审批", None, number, days[0], kind=kind)


@hook(Hook.DUE)
def returned_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Returned entries, for everybody who keeps the book but whoever returned them: the handler may have left."""
    places = access.permitted(P.FINANCE, communities)
    if not places:
        return
    entries = rows(FinanceEntry, access, P.FINANCE).in_communities(places).filter(state=State.RETURNED)
    for entry in entries.exclude(decided_by=access.user).order_by("decided_at", "id"):
        place = places[entry.community_id]
        url = FinanceEntryRegister().url("detail", place, entry)
        since = timezone.localdate(entry.decided_at) if entry.decided_at else entry.on
        title = f"收支被退回：{entry}（{entry.closed_because}）"
        yield Due(place, title, url, "去修改", since=since, fold="被退回的收支")


@hook(Hook.DUE)
def closing_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """The first month of each book that is over and not closed."""
    places = access.permitted(P.FINANCE, communities)
    if not places:
        return
    days = values_by_community(places, (CLOSE_DAYS,), today)
    closed = rows(FinanceMonth, access, P.FINANCE).in_communities(places).closed().order_by("month")
    months = dict(closed.values_list("community_id", "month"))
    books = rows(FinanceBook, access, P.FINANCE).in_communities(places).order_by("community_id")
    for pk, begins_on in books.values_list("community_id", "begins_on"):
        month = month_after(months[pk]) if pk in months else begins_on
        if month_after(month) <= today:
            until = last_day(month) + datetime.timedelta(days[pk][CLOSE_DAYS])
            url, place = places[pk].url("community:finance_close"), places[pk]
            yield Due(place, f"{month_word(month)}待月结", url, "去月结", until, key=f"{url}#{month}")


@hook(Hook.DUE)
def answers_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Objections of the democratic finance group without an answer."""
    places = access.permitted(P.FINANCE, communities)
    if not places:
        return
    objections = rows(FinanceReview, access, P.FINANCE).in_communities(places)
    objections = objections.filter(verdict=FinanceReview.Verdict.OBJECTED, answered_at__isnull=True)
    for review in objections.select_related("closing").order_by("at", "id"):
        place = places[review.community_id]
        url = place.url("community:financereview_answer", review=review.uuid)
        title = f"民主理财小组对{review.closing}账目有异议，请答复"
        yield Due(place, title, url, "去答复", since=timezone.localdate(review.at), fold="账目异议待答复")


@hook(Hook.DUE)
def reviews_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Closed months that the user has not reviewed, of the last weeks or reviewed by nobody."""
    places = access.permitted(P.FINANCE_REVIEW, communities)
    if not places:
        return
    reviews = FinanceReview.objects.filter(community=OuterRef("community"), closing=OuterRef("pk"))
    since = timezone.now() - datetime.timedelta(days=_REVIEW_DAYS)
    months = rows(FinanceMonth, access, P.FINANCE_REVIEW).in_communities(places).closed()
    months = months.filter(~Exists(reviews.filter(reviewer=access.user)))
    months = months.annotate(is_reviewed=Exists(reviews)).select_related("closed_by")
    for closing in months.order_by("month", "id"):
        is_waiting = closing.closed_at >= since or not closing.is_reviewed
        if not is_waiting or closing.closed_by.same_person_as(access.user):
            continue
        place = places[closing.community_id]
        url = FinanceMonthRegister().url("review", place, closing)
        day = timezone.localdate(closing.closed_at)
        yield Due(place, f"{closing}账目待民主理财审核", url, "去审核", since=day, fold="账目待民主理财审核")


@hook(Hook.DUE)
def funds_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Funds past the day until which they are to be used, with money left."""
    places = access.permitted(P.FINANCE, communities)
    if not places:
        return
    funds = rows(Fund, access, P.FINANCE).in_communities(places)
    funds = list(funds.filter(closed_on__isnull=True, ends_on__lt=today).order_by("ends_on", "id"))
    sums = sums_by_fund(funds)
    for fund in funds:
        if (left := sums[fund.pk].left) > 0:
            place = places[fund.community_id]
            url = FundRegister().url("detail", place, fund)
            title = f"专项资金“{fund}”已过使用期限，还有{left}元"
            yield Due(place, title, url, "去处理", fund.ends_on, fold="过期未用完的专项资金")
