"""Reconciliation of a book with itself: which row differs first, and by how much."""

import datetime
from decimal import Decimal

import pytest

from community.finance.reconciliation import BookLine, LineKind, kind_of, reconcile


def lines(*rows):
    """Rows as (day of November or None, summary, income, expense, balance), from row 2."""
    return [
        BookLine(
            "Sheet1",
            number,
            kind_of(summary),
            summary,
            datetime.date(2026, 11, day) if day else None,
            Decimal(str(income)),
            Decimal(str(expense)),
            None if balance is None else Decimal(str(balance)),
        )
        for number, (day, summary, income, expense, balance) in enumerate(rows, start=2)
    ]


PAGES = [
    (None, "期初余额", 0, 0, 1000),
    (2, "市场管理费", 500, 0, 1500),
    (3, "购买打印纸", 0, 120.5, 1379.5),
    (None, "过次页", 500, 120.5, 1379.5),
    (None, "承前页", 500, 120.5, 1379.5),
    (9, "路灯维修", 0, 79.5, 1300),
    (None, "本月合计", 500, 200, 1300),
]


@pytest.mark.parametrize(
    ("summary", "kind"),
    [
        ("期初余额", LineKind.OPENING),
        ("上年结转", LineKind.OPENING),
        ("承前页", LineKind.BROUGHT),
        ("本页合计", LineKind.PAGE),
        ("过次页", LineKind.PAGE),
        ("本 月 合 计", LineKind.MONTH),
        ("11月份合计：", LineKind.MONTH),
        ("本年累计", LineKind.YEAR),
        ("结转下年", LineKind.CARRIED),
        ("合计", LineKind.TOTAL),
        ("合计购买3台打印机", LineKind.ENTRY),
        ("11月合计电费", LineKind.ENTRY),
        ("上年结转的捐款退回", LineKind.ENTRY),
    ],
)
def test_rows_of_the_book_itself_are_known_by_their_words(summary, kind):
    assert kind_of(summary) == kind


def test_a_sound_book_agrees_over_its_pages():
    result = reconcile(lines(*PAGES))
    assert (result.opening, result.closing, result.first, result.wrong_totals) == (1000, 1300, None, [])
    assert (result.entries, result.agreed) == (3, 6)
    assert result.totals == {LineKind.PAGE: 1, LineKind.MONTH: 1}


def test_the_first_difference_after_a_page_break_is_named():
    rows = list(PAGES)
    rows[4] = (None, "承前页", 500, 120.5, 1397.5)
    rows[5] = (9, "路灯维修", 0, 79.5, 1318)
    rows[6] = (None, "本月合计", 500, 200, 1318)
    first = reconcile(lines(*rows)).first
    assert (first.line.number, first.line.summary) == (6, "承前页")
    assert (first.expected, first.stated, first.by) == (Decimal("1379.5"), Decimal("1397.5"), 18)


def test_only_the_first_difference_counts():
    rows = list(PAGES)
    rows[2] = (3, "购买打印纸", 0, 120.5, 1380.5)
    result = reconcile(lines(*rows))
    assert (result.first.line.number, result.first.by) == (4, 1)
    assert result.after.number == 3


def test_totals_are_compared_with_their_rows():
    rows = list(PAGES)
    rows[6] = (None, "本月合计", 500, 210, 1300)
    [wrong] = reconcile(lines(*rows)).wrong_totals
    assert (wrong.line.number, wrong.what, wrong.expected, wrong.stated) == (8, "支出", 200, 210)


def test_a_book_without_opening_begins_with_what_its_first_balance_means():
    result = reconcile(lines((2, "市场管理费", 500, 0, None), (3, "购买打印纸", 0, 100, 900)))
    assert (result.opening, result.closing, result.first) == (500, 900, None)


def test_totals_of_a_year_that_began_before_the_file_are_not_judged():
    result = reconcile(lines(*PAGES, (None, "本年累计", 9000, 8000, 1300)))
    assert (result.unverified, result.wrong_totals) == (1, [])
