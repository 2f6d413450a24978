"""To-do: promises past their day, receipts that wait for approval, money that is unspent for long."""

import datetime
from collections.abc import Collection, Iterator

from django.db.models import Count, Min

from community.dated_rules.rules import values_by_community
from partybuilding.donations.models import Donation, DonationReceipt
from partybuilding.donations.registers import DonationReceiptRegister, DonationRegister
from partybuilding.donations.rules import UNSPENT_MONTHS
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due, DueKind
from portal.hooks.registry import Hook, hook
from portal.values.months import months_later


@hook(Hook.DUE)
def donations_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Promises past their day, and money that lies unspent. Three queries, and those of the rules."""
    places = access.permitted(P.DONATIONS, communities)
    if not places:
        return
    yield from _overdue(access, places, today)
    yield from _unspent(access, places, today)
    yield from _waiting(access, places)


def _overdue(access, places, today) -> Iterator[Due]:
    promised = rows(Donation, access, P.DONATIONS).in_communities(places).outstanding().filter(due__lt=today)
    numbers = promised.order_by().values_list("community_id").annotate(Count("pk"), Min("due"))
    for pk, count, first in numbers:
        url = f"{DonationRegister().url('list', places[pk])}?overdue=true"
        yield Due(
            places[pk],
            f"捐款逾期未到账 {count}笔",
            url,
            "去联系",
            first,
            count=count,
            key=f"{pk}-donations-overdue",
        )


def _waiting(access, places) -> Iterator[Due]:
    receipts = rows(DonationReceipt, access, P.DONATIONS).in_communities(places).waiting()
    numbers = receipts.order_by().values_list("community_id").annotate(Count("pk"), Min("on"))
    for pk, count, first in numbers:
        url = f"{DonationReceiptRegister().url('list', places[pk])}?state=waiting"
        yield Due(
            places[pk], f"捐款收据等待审批入账 {count}张", url, "查看", since=first, count=count,
            key=f"{pk}-donations-waiting", kind=DueKind.WAITING,
        )  # fmt: skip


def _unspent(access, places, today) -> Iterator[Due]:
    months = values_by_community(places, (UNSPENT_MONTHS,), today)
    until = {pk: months_later(today, -months[pk][UNSPENT_MONTHS]) for pk in places}
    receipts = rows(DonationReceipt, access, P.DONATIONS).in_communities(places).booked().with_left()
    receipts = receipts.filter(left__gt=0, on__lt=max(until.values()))
    numbers: dict[int, int] = {}
    for pk, on in receipts.order_by().values_list("community_id", "on"):
        numbers[pk] = numbers.get(pk, 0) + (on < until[pk])
    for pk, count in numbers.items():
        if count:
            url = f"{DonationReceiptRegister().url('list', places[pk])}?state=unspent&received_before={until[pk]}"
            title = f"捐款收到满{months[pk][UNSPENT_MONTHS]}个月还有结余 {count}笔"
            yield Due(places[pk], title, url, "去安排", count=count, key=f"{pk}-donations-unspent")
