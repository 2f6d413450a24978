"""Bulletin section on income and expense (财务收支), and the entries behind its numbers; no name and no counterparty."""

import datetime
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from community.bulletins.section_basis import published_figures
from community.bulletins.sections.finance_numbers import (
    SECTION,
    BulletinNumbers,
    CountedEntry,
    EarlierMonth,
    earlier_months,
    names_of_categories,
    numbers_of_bulletin,
    openings_beside,
)
from community.finance.models import FinanceCategory, FinanceEntry
from community.finance.models.book import Direction
from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.charts.chart import Chart, Series
from portal.hooks.bulletin import BulletinNumber, BulletinSection, SectionBasis
from portal.registers.panels import Panel
from portal.registers.row_links import RowLinks
from portal.values.amounts import in_figures
from portal.values.dates import prose_date
from portal.values.months import last_months, month_word

_ORDER = 52
_CHART_MONTHS = 6
_ZERO = Decimal(0)
_HEADER = ("项目（元）", "本月", "上月", "去年同月")
"""The unit stands with the first column: a bulletin adds up columns of 元, and these hold balances and totals."""
_LATE = {f"late_{direction}": direction for direction in Direction.values}


def sections(community, month: datetime.date) -> Iterator[BulletinSection]:
    """Income and expense of the month by category, with last month and the same month of last year beside."""
    published = published_figures(community, SECTION)
    openings = openings_beside(community, month)
    numbers = numbers_of_bulletin(community, month, published, openings)
    if numbers is None:
        return
    categories = names_of_categories(community)
    own = {month: numbers.figures()}
    yield BulletinSection(
        key=SECTION,
        title="财务收支",
        order=_ORDER,
        header=_HEADER,
        rows=tuple(_table(numbers, earlier_months(community, month, published, openings), categories)),
        sentences=tuple(_sentences(numbers)),
        numbers=tuple(_numbers(numbers, categories)),
        charts=(_chart(community, month, published | own, categories),),
        basis=SectionBasis(figures=numbers.figures(), counted=numbers.counted()),
    )


def _table(
    numbers: BulletinNumbers, earlier: list[EarlierMonth], categories: Mapping[int, FinanceCategory]
) -> Iterator[tuple[str, ...]]:
    this = numbers.by_category()
    columns = [this, *(month.categories for month in earlier)]
    yield _row("期初余额", numbers.opening, *(month.opening for month in earlier))
    if numbers.adjusted:
        yield _row("期初调整", numbers.adjusted, None, None)
    for direction, word in Direction.choices:
        listed = [
            category
            for category in categories.values()
            if category.direction == direction and any(category.pk in column for column in columns)
        ]
        for category in listed:
            yield _row(f"{word}—{category}", *(column.get(category.pk, _ZERO) for column in columns))
        totals = [sum((column.get(category.pk, _ZERO) for category in listed), _ZERO) for column in columns]
        yield _row(f"{word}合计", *totals)
    for direction, word in Direction.choices:
        if any(entry.direction == direction for entry in numbers.late):
            yield _row(f"以前月份{word}（补登）", numbers.sum(direction, late=True), None, None)
    yield _row("期末余额", numbers.closing, *(month.closing for month in earlier))


def _row(label: str, *amounts: Decimal | None) -> tuple[str, ...]:
    return label, *("—" if amount is None else in_figures(amount) for amount in amounts)


def _sentences(numbers: BulletinNumbers) -> Iterator[str]:
    income, expense = (in_figures(numbers.sum(direction)) for direction in Direction.values)
    yield f"本月收入{income}元，支出{expense}元，期末余额{in_figures(numbers.closing)}元。"
    if not numbers.is_closed:
        yield "本月账目未月结，以上是现在已入账的数字。"
    if numbers.late:
        amounts = "，".join(
            f"{word}{in_figures(numbers.sum(direction, late=True))}元"
            for direction, word in Direction.choices
            if any(entry.direction == direction for entry in numbers.late)
        )
        yield f"另有以前月份公开后登记或更正的{amounts}（补登），计入期末余额。"
    if numbers.adjusted:
        yield f"账本的期初余额在上次公开后更正，相差{in_figures(numbers.adjusted)}元，计入期末余额。"
    for closing in numbers.reopened:
        day = prose_date(timezone.localdate(closing.reopened_at))
        yield (
            f"{month_word(closing.month)}的账目月结后于{day}重开，"
            f"原因：{closing.reopened_because.rstrip('。')}。"
        )


def _numbers(numbers: BulletinNumbers, categories: Mapping[int, FinanceCategory]) -> Iterator[BulletinNumber]:
    for direction, word in Direction.choices:
        yield BulletinNumber(
            f"{word}合计", in_figures(numbers.sum(direction)), "元", rows=f"{SECTION}.{direction}"
        )
        for pk, amount in numbers.by_category().items():
            if categories[pk].direction == direction:
                label = f"{word}—{categories[pk]}"
                yield BulletinNumber(label, in_figures(amount), "元", rows=f"{SECTION}.category.{pk}")
    for key, direction in _LATE.items():
        if any(entry.direction == direction for entry in numbers.late):
            label = f"以前月份{Direction(direction).label}（补登）"
            amount = in_figures(numbers.sum(direction, late=True))
            yield BulletinNumber(label, amount, "元", rows=f"{SECTION}.{key}")


def _chart(
    community, month: datetime.date, published: dict, categories: Mapping[int, FinanceCategory]
) -> Chart:
    """Income and expense of the last months: as published, else by the book."""
    months = last_months(month, _CHART_MONTHS)[::-1]
    sums = _sums_of_book(community, months[0], month)
    for other in months:
        if other in published:
            for direction in Direction.values:
                sums[other, direction] = sum(
                    (
                        Decimal(amount)
                        for pk, amount in published[other]["categories"].items()
                        if int(pk) in categories and categories[int(pk)].direction == direction
                    ),
                    _ZERO,
                )
    return Chart(
        key="months",
        title="各月收入和支出",
        unit="元，取整",
        labels=tuple(month_word(other) for other in months),
        short_labels=tuple(f"{other.month}月" for other in months),
        series=tuple(
            Series(word, tuple(_whole(sums.get((other, direction), _ZERO)) for other in months))
            for direction, word in Direction.choices
        ),
        label="月份",
    )


def _whole(amount: Decimal) -> int:
    """In whole yuan, as a chart has room for; the table has the fen."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def _sums_of_book(community, first: datetime.date, last: datetime.date) -> dict:
    """(month, direction) → sum of the booked entries, for months from `first` to `last`. One query."""
    entries = FinanceEntry.objects.of(community).booked().filter(on__gte=first, on__lt=last).order_by()
    sums = entries.annotate(month=TruncMonth("on")).values_list("month", "direction").annotate(Sum("amount"))
    return {(month, direction): amount for month, direction, amount in sums}


def drill_down_rows(
    access: Access, community: CommunityRef, month: datetime.date, key: str
) -> Iterator[Panel]:
    """The entries that one of these numbers counts; their texts for readers of the books."""
    name = key.removeprefix(f"{SECTION}.")
    is_known = name in Direction.values or name in _LATE or name.removeprefix("category.").isdecimal()
    if not key.startswith(f"{SECTION}.") or not is_known:
        return
    openings = openings_beside(community, month)
    numbers = numbers_of_bulletin(community, month, published_figures(community, SECTION), openings)
    if numbers is None:
        return
    if name in _LATE:
        counted = [entry for entry in numbers.late if entry.direction == _LATE[name]]
    elif name in Direction.values:
        counted = [entry for entry in numbers.own if entry.direction == name]
    else:
        counted = [entry for entry in numbers.own if entry.category == int(name.removeprefix("category."))]
    yield _panel(access, community, month, counted)


def _panel(
    access: Access, community: CommunityRef, month: datetime.date, counted: list[CountedEntry]
) -> Panel:
    entries = FinanceEntry.objects.of(community).in_bulk([entry.pk for entry in counted])
    categories, links = names_of_categories(community), RowLinks(access, community)
    may_read = access.can(P.FINANCE_VIEW, community)
    total = sum((entry.change for entry in counted), _ZERO)
    return Panel(
        f"{month_word(month)}公开的收支：{len(counted)}笔，{in_figures(total)}元",
        ("日期", "摘要", "科目", "金额（元）", "凭证号"),
        [
            (
                entry.on,
                _summary(entry, entries.get(entry.pk), links, may_read=may_read),
                str(categories.get(entry.category, "")),
                in_figures(entry.change),
                entries[entry.pk].voucher if entry.pk in entries else "",
            )
            for entry in counted
        ],
        empty="没有收支",
    )


def _summary(counted: CountedEntry, entry: FinanceEntry | None, links: RowLinks, *, may_read: bool):
    if not may_read or entry is None:
        return "已更正或撤回" if counted.is_gone else ""
    text = f"{entry.summary}（已更正或撤回）" if counted.is_gone else entry.summary
    return links.link(entry, text)
