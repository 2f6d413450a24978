"""Bulletin section on goods (物资收发): what came in and went out by item, donors as recorded, no recipients."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from community.stock.models import SlipKind, StockItem, StockMovement
from partybuilding.goods.models import GoodsDonation
from portal.access.user_access import Access, CommunityRef
from portal.hooks.bulletin import BulletinNumber, BulletinSection
from portal.registers.panels import Panel
from portal.registers.row_links import RowLinks
from portal.values.months import month_after, month_word, months_later

SECTION = "partybuilding.goods"
_DAY = datetime.timedelta(days=1)
_NAMED = 10
"""Donations that the sentence names one by one."""
_HEADER = (
    "物资",
    "本月收入",
    "本月发出",
    "上月收入",
    "上月发出",
    "去年同月收入",
    "去年同月发出",
    "本月捐赠估价（元）",
)


@dataclass(slots=True)
class ItemMonths:
    """What came in and went out of an item, by the first day of a month; estimated value of the month's donations."""

    item: StockItem
    came: dict[datetime.date, int] = field(default_factory=lambda: defaultdict(int))
    went: dict[datetime.date, int] = field(default_factory=lambda: defaultdict(int))
    estimated: Decimal = Decimal(0)


def _days(month: datetime.date) -> tuple[datetime.date, datetime.date]:
    return month, month_after(month) - _DAY


def _items(community, month: datetime.date, donations: list[GoodsDonation]) -> list[ItemMonths]:
    """Items that moved in the month, the month before or that of last year, by category and name.

    A reversal counts in its own month, with the opposite sign.
    """
    by_item: dict[int, ItemMonths] = {}
    items = {item.pk: item for item in StockItem.objects.of(community)}
    for first in (month, months_later(month, -1), months_later(month, -12)):
        movements = StockMovement.objects.of(community).filter(slip__on__range=_days(first))
        movements = movements.filter(slip__kind__in=(SlipKind.IN, SlipKind.OUT)).order_by()
        sums = movements.values_list("batch__item", "slip__kind").annotate(Sum("quantity"))
        for pk, kind, quantity in sums:
            months = by_item.setdefault(pk, ItemMonths(items[pk]))
            if kind == SlipKind.IN:
                months.came[first] += quantity
            else:
                months.went[first] -= quantity
    for donation in donations:
        if (pk := donation.movement.batch.item_id) in by_item:
            by_item[pk].estimated += donation.estimated or 0
    return sorted(by_item.values(), key=lambda each: (each.item.category, each.item.name, each.item.pk))


def _donations(community, month: datetime.date) -> list[GoodsDonation]:
    donations = GoodsDonation.objects.of(community).standing().filter(received_on__range=_days(month))
    donations = donations.select_related("unit", "person", "movement__batch__item")
    return list(donations.order_by("received_on", "pk"))


def sections(community, month: datetime.date) -> Iterator[BulletinSection]:
    """Goods of the month; nothing for a community where none moved."""
    donations = _donations(community, month)
    items = _items(community, month, donations)
    if not items:
        return
    yield BulletinSection(
        key=SECTION,
        title="物资收发",
        order=64,
        header=_HEADER,
        rows=tuple(_row(each, month) for each in items),
        sentences=tuple(_sentences(donations)),
        numbers=tuple(_numbers(items, donations, month)),
    )


def _row(months: ItemMonths, month: datetime.date) -> tuple[str, ...]:
    cells = []
    for first in (month, months_later(month, -1), months_later(month, -12)):
        cells += [str(months.came[first]), str(months.went[first])]
    return (str(months.item), *cells, f"{months.estimated:.2f}" if months.estimated else "")


def _sentences(donations: list[GoodsDonation]) -> Iterator[str]:
    if not donations:
        yield "本月没有收到捐赠物资。"
    else:
        named = "；".join(f"{each.donor}捐赠{each.goods}" for each in donations[:_NAMED])
        more = "等" if len(donations) > _NAMED else ""
        yield f"本月收到捐赠物资{len(donations)}笔：{named}{more}。"
    yield "估价由捐赠人提供或接收时估算，只供参考，不是收款，不计入社区收支。"


def _numbers(
    items: list[ItemMonths], donations: list[GoodsDonation], month: datetime.date
) -> Iterator[BulletinNumber]:
    if donations:
        yield BulletinNumber("捐赠物资", len(donations), "笔", rows=f"{SECTION}.donations")
    for each in items:
        for way, words, quantities in (("in", "收入", each.came), ("out", "发出", each.went)):
            if number := quantities[month]:
                key = f"{SECTION}.{way}-{each.item.pk}"
                yield BulletinNumber(f"{each.item.name}{words}", number, each.item.measure, rows=key)


def drill_down_rows(
    access: Access, community: CommunityRef, month: datetime.date, key: str
) -> Iterator[Panel]:
    """The donations or movements behind a number, without recipients; linked for those who may open them."""
    if key == f"{SECTION}.donations":
        yield _donation_rows(access, community, month)
        return
    way, _, item = key.removeprefix(f"{SECTION}.").partition("-")
    if key.startswith(f"{SECTION}.") and way in ("in", "out") and item.isdecimal() and len(item) < 18:
        yield from _movement_rows(access, community, month, SlipKind(way), int(item))


def _donation_rows(access: Access, community: CommunityRef, month: datetime.date) -> Panel:
    links = RowLinks(access, community)
    table = [
        (
            donation.received_on,
            donation.donor,
            links.link(donation, donation.goods),
            "" if donation.estimated is None else donation.estimated,
        )
        for donation in _donations(community, month)
    ]
    title = f"{month_word(month)}收到的捐赠物资：{len(table)}笔"
    return Panel(title, ("日期", "捐赠人", "物品和数量", "估价（元）"), table)


def _movement_rows(
    access: Access, community: CommunityRef, month: datetime.date, kind: SlipKind, item: int
) -> Iterator[Panel]:
    movements = StockMovement.objects.of(community).filter(
        slip__kind=kind, slip__on__range=_days(month), batch__item=item
    )
    movements = list(movements.select_related("slip", "batch__item").order_by("slip__on", "pk"))
    if not movements:
        return
    links, sign = RowLinks(access, community), 1 if kind == SlipKind.IN else -1
    table = [
        (movement.slip.on, links.link(movement.slip), sign * movement.quantity, movement.slip.purpose)
        for movement in movements
    ]
    total = movements[0].batch.item.amount(sum(row[2] for row in table))
    words = "收入" if kind == SlipKind.IN else "发出"
    title = f"{month_word(month)}{movements[0].batch.item.name}{words}：{total}"
    yield Panel(title, ("日期", "单据", "数量", "用途"), table)
