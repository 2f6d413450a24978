"""The bulletin's section 财务收支: months beside one another, what is late, and published numbers that never move."""

import datetime
from decimal import Decimal

import pytest

from community.bulletins.models.bulletin import Bulletin
from community.finance.actions import book, months
from community.finance.models import FinanceEntry, FinanceMonth
from community.templatetags.bulletin import money_total
from portal.access.permissions import Permission as P
from portal.access.user_access import Access
from portal.hooks.registry import Hook, call_hooks
from tests.community.bulletins.drafting import publish
from tests.community.finance.book import booked, category, open_anew
from tests.services.requests.received import in_scope

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER, NOVEMBER = (datetime.date(2026, month, 1) for month in (9, 10, 11))


@pytest.fixture(autouse=True)
def no_pdf(monkeypatch, settings, tmp_path):
    """None of these tests reads one."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("community.bulletins.actions.workflow.render_pdf", lambda *args: b"%PDF")


@pytest.fixture(autouse=True)
def opened(house, cast):
    open_anew(house.kuocang, begins_on=datetime.date(2025, 9, 1), opening=Decimal(1000))
    booked(house, cast, "70.00", on=day(10, 5, 2025))
    booked(house, cast, "30.00", on=day(9, 5))
    booked(house, cast, "500.00", on=day(10, 8), direction="income")
    return booked(house, cast, "10.50", on=day(10, 5), counterparty="王大明", summary="王大明代购打印纸")


def day(month, number, year=2026):
    return datetime.date(year, month, number)


def section(house, month):
    with in_scope(house.kuocang, ()):
        found = call_hooks(Hook.BULLETIN_SECTIONS, house.kuocang.ref, month)
        return next((each for each in found if each.key == "community.finance"), None)


def close(house, cast, last):
    """Close the months until `last`."""
    month = months.next_to_close(house.kuocang)
    while month <= last:
        months.close_month(by=cast["finance"], community=house.kuocang, month=month)
        month = months.next_to_close(house.kuocang)


def published(house, cast, month):
    with in_scope(house.kuocang):
        return publish(house.kuocang, cast, month)


def table(house, month) -> dict[str, tuple]:
    return {label: numbers for label, *numbers in section(house, month).rows}


def test_the_month_stands_beside_the_last_and_that_of_last_year(house, cast):
    of = section(house, OCTOBER)
    assert of.header == ("项目（元）", "本月", "上月", "去年同月")
    assert of.rows == (
        ("期初余额", "900.00", "930.00", "1,000.00"),
        ("收入—市场管理费", "500.00", "0.00", "0.00"),
        ("收入合计", "500.00", "0.00", "0.00"),
        ("支出—办公费", "10.50", "30.00", "70.00"),
        ("支出合计", "10.50", "30.00", "70.00"),
        ("期末余额", "1,389.50", "900.00", "930.00"),
    )
    assert of.sentences == (
        "本月收入500.00元，支出10.50元，期末余额1,389.50元。",
        "本月账目未月结，以上是现在已入账的数字。",
    )
    [chart] = of.charts
    assert chart.series[0].values == (0, 0, 0, 0, 0, 500)
    assert chart.series[1].values == (0, 0, 0, 0, 30, 11)
    assert "王大明" not in str(of)


def test_a_closed_month_does_not_say_that_it_is_open(house, cast):
    close(house, cast, OCTOBER)
    assert len(section(house, OCTOBER).sentences) == 1


def test_without_a_book_there_is_no_section(house):
    assert section(house, datetime.date(2025, 8, 1)) is None


def test_what_is_booked_after_its_month_was_published_is_late_in_the_next(house, cast):
    close(house, cast, OCTOBER)
    first = published(house, cast, OCTOBER)
    closing = FinanceMonth.objects.of(house.kuocang).closed().get(month=OCTOBER)
    months.reopen_month(by=cast["director"], closing=closing, because="补记一张发票")
    booked(house, cast, "4.00", on=day(10, 20))
    close(house, cast, OCTOBER)
    booked(house, cast, "6.00", on=day(11, 2))
    of = section(house, NOVEMBER)
    numbers = table(house, NOVEMBER)
    assert numbers["期初余额"][:2] == ["1,389.50", "900.00"]
    assert numbers["支出—办公费"][:2] == ["6.00", "10.50"], "October stays as it was published"
    assert numbers["以前月份支出（补登）"][0] == "4.00"
    assert numbers["期末余额"][0] == "1,379.50"
    assert any("2026年10月的账目月结后于" in said and "补记一张发票" in said for said in of.sentences)
    assert any("公开后登记或更正的支出4.00元（补登）" in said for said in of.sentences)
    first.refresh_from_db()
    assert "10.50" in str(first.snapshot)
    published(house, cast, NOVEMBER)
    december = section(house, datetime.date(2026, 12, 1))
    assert not any("补登" in said or "重开" in said for said in december.sentences)
    assert table(house, datetime.date(2026, 12, 1))["期初余额"][0] == "1,379.50"


def test_a_published_entry_that_is_no_longer_there_is_taken_off_once(house, cast, opened):
    """By the undo of the import that brought it, in a month that is open."""
    published(house, cast, OCTOBER)
    opened.delete()
    numbers = table(house, NOVEMBER)
    assert numbers["以前月份支出（补登）"][0] == "-10.50"
    assert numbers["期初余额"][0] == "1,389.50"
    assert numbers["期末余额"][0] == "1,400.00"
    published(house, cast, NOVEMBER)
    december = table(house, datetime.date(2026, 12, 1))
    assert "以前月份支出（补登）" not in december
    assert december["期初余额"][0] == "1,400.00"


def test_another_amount_makes_it_another_entry(house, cast, opened):
    published(house, cast, OCTOBER)
    FinanceEntry.objects.filter(pk=opened.pk).update(amount=12)
    assert table(house, NOVEMBER)["以前月份支出（补登）"][0] == "1.50"
    assert table(house, NOVEMBER)["期末余额"][0] == "1,388.00"


def test_an_opening_corrected_after_publication_is_said(house, cast):
    published(house, cast, OCTOBER)
    row = book.lock_book(house.kuocang.pk)
    book.change_opening(
        community=house.kuocang, begins_on=row.begins_on, opening=Decimal(1001), seen_version=row.version
    )
    numbers = table(house, NOVEMBER)
    assert (numbers["期初余额"][0], numbers["期初调整"][0], numbers["期末余额"][0]) == (
        "1,389.50", "1.00", "1,390.50",
    )  # fmt: skip


def test_the_rows_behind_a_number_show_texts_to_readers_of_the_books_only(house, cast):
    paper = category(house.kuocang)

    def panel(user, key):
        access = Access.of(cast[user])
        found = call_hooks(Hook.BULLETIN_ROWS, access, house.kuocang.ref, OCTOBER, key)
        return next(found, None)

    for key in ("community.finance.expense", f"community.finance.category.{paper.pk}"):
        of_supervisor, of_staff = panel("supervisor", key), panel("staff", key)
        assert "1笔，10.50元" in of_supervisor.title
        assert "代购打印纸" in str(of_supervisor.rows)
        assert "代购打印纸" not in str(of_staff.rows)
    assert panel("supervisor", "community.finance.nothing") is None
    numbers = {number.rows: number.value for number in section(house, OCTOBER).numbers}
    assert numbers["community.finance.expense"] == "10.50"
    assert P.FINANCE_VIEW not in Access.of(cast["staff"]).rights_in(house.kuocang.pk)


def test_the_section_is_published_without_a_total_of_balances(house, cast):
    version = published(house, cast, OCTOBER)
    bulletin = Bulletin.objects.get(month=OCTOBER)
    assert any(each["key"] == "community.finance" for each in bulletin.sections)
    [part] = [part for part in version.snapshot["parts"] if part["key"] == "community.finance"]
    assert [money_total(table) for table in part["tables"]] == [[]]
