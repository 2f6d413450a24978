"""To-do of the book: who is told of what, and of what no longer."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from community.finance import due
from community.finance.actions import entries, months
from community.finance.figures import market_fee_income
from community.finance.models import Fund
from portal.access.user_access import Access
from portal.hooks.due import DueKind
from portal.values.months import months_later
from tests.community.finance.book import booked, category, enter, open_book

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def book(house, today):
    return open_book(house.kuocang, today)


@pytest.fixture
def titles(cast, house, today):
    """Function: titles of an account's items of one hook."""

    def titles_of(name: str, hook, **kinds) -> list[str]:
        access = Access.of(cast[name])
        items = hook(access, access.communities, today)
        return [item.title for item in items if item.kind == kinds.get("kind", item.kind)]

    return titles_of


def test_entries_wait_for_the_director_and_for_their_handler(house, cast, book, titles):
    enter(house, cast)
    assert titles("director", due.approvals_due, kind=DueKind.DECISION) == ["收支待审批 1笔"]
    assert titles("finance", due.approvals_due, kind=DueKind.WAITING) == ["您经手的收支等审批 1笔"]
    assert titles("supervisor", due.approvals_due) == titles("staff", due.approvals_due) == []
    own = enter(house, cast, by="director")
    assert titles("director", due.approvals_due, kind=DueKind.DECISION) == ["收支待审批 1笔"]
    entries.withdraw(by=cast["director"], entry=own, because="没有发生", seen_version=1)
    assert titles("director", due.approvals_due, kind=DueKind.WAITING) == []


def test_a_returned_entry_is_due_to_whoever_keeps_the_book(house, cast, book, titles):
    entry = enter(house, cast)
    entries.return_entry(by=cast["director"], entry=entry, because="缺发票", seen_version=1)
    assert "缺发票" in titles("finance", due.returned_due)[0]
    assert titles("director", due.returned_due) == []


def test_the_next_month_to_close_is_due_some_days_after_its_end(house, cast, book, titles, today):
    access = Access.of(cast["finance"])
    (item,) = due.closing_due(access, access.communities, today)
    assert item.on == months_later(book.begins_on, 1) + datetime.timedelta(days=9)
    for number in range(3):
        months.close_month(
            by=cast["finance"], community=house.kuocang, month=months_later(book.begins_on, number)
        )
    assert titles("finance", due.closing_due) == []


def test_closed_months_wait_for_reviewers_and_objections_for_an_answer(house, cast, book, titles):
    closing = months.close_month(by=cast["finance"], community=house.kuocang, month=book.begins_on)
    assert titles("supervisor", due.reviews_due) == [f"{closing}账目待民主理财审核"]
    assert titles("director", due.reviews_due) == []
    review = months.review(by=cast["supervisor"], closing=closing, verdict="objected", remark="少一笔")
    assert titles("supervisor", due.reviews_due) == []
    assert len(titles("supervisor2", due.reviews_due)) == 1
    assert len(titles("finance", due.answers_due)) == len(titles("director", due.answers_due)) == 1
    months.answer_review(by=cast["director"], review=review, answer="已补记")
    assert titles("finance", due.answers_due) == []


def test_a_fund_past_its_use_with_money_left_is_due(house, cast, book, titles, today):
    yesterday = today - datetime.timedelta(days=1)
    fund = Fund.objects.create(community=house.kuocang, name="食堂补助", purpose="餐具", ends_on=yesterday)
    assert titles("finance", due.funds_due) == []
    booked(house, cast, "50.00", direction="income", fund=fund)
    assert titles("finance", due.funds_due) == ["专项资金“食堂补助”已过使用期限，还有50.00元"]
    booked(house, cast, "50.00", fund=fund)
    assert titles("finance", due.funds_due) == []


def test_market_fees_of_a_year_are_those_approved(house, cast, book, today):
    fee = category(house.kuocang, "income", "市场管理费", special="market_fee")
    booked(house, cast, "300.00", direction="income", category=fee)
    enter(house, cast, "99.00", direction="income", category=fee)
    booked(house, cast, "7.00", direction="income", category=category(house.kuocang, "income", "利息"))
    assert market_fee_income(house.kuocang, today.year) == Decimal("300.00")
    assert market_fee_income(house.kuocang, today.year - 1) == 0
