"""The month report: numbers beside earlier months, as page, PDF with amounts in words, and spreadsheet with a chart."""

import datetime
import io
import zipfile
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from community.finance.actions import months
from community.finance.models import BudgetLine, FinanceReview, Fund
from community.finance.report import month_report
from community.finance.report_views import finance_report_pdf
from portal.audit.models import AccessLog
from tests.community.finance.book import booked, category, enter, open_anew

pytestmark = pytest.mark.django_db

OCTOBER = datetime.date(2026, 10, 1)


def day(year, month, number=5):
    return datetime.date(year, month, number)


@pytest.fixture
def opened(house, cast):
    """Entries of October, of September and of October a year before; the book began in 2025."""
    open_anew(house.kuocang, begins_on=day(2025, 9, 1), opening=Decimal("1000.00"))
    booked(house, cast, "70.00", on=day(2025, 10))
    booked(house, cast, "30.00", on=day(2026, 9))
    booked(house, cast, "10.50", on=day(2026, 10), summary="=SUM(A1)", voucher="记-3")
    booked(house, cast, "500.00", on=day(2026, 10, 8), direction="income", summary="十月市场管理费")
    enter(house, cast, "99.00", on=day(2026, 10, 9))
    BudgetLine.objects.create(
        community=house.kuocang, year=2026, category=category(house.kuocang), amount=Decimal(81)
    )
    fund = Fund.objects.create(community=house.kuocang, name="垃圾分类专款", purpose="垃圾分类")
    booked(house, cast, "200.00", on=day(2026, 9), direction="income", fund=fund)
    booked(house, cast, "40.00", on=day(2026, 10, 20), fund=fund)


def url(house, name="finance_report", month=OCTOBER):
    return reverse(f"community:{name}", kwargs={"community": house.kuocang.code, "month": month})


def test_a_category_stands_beside_its_earlier_months_and_budget(house, opened):
    report = month_report(house.kuocang, OCTOBER)
    [paper] = report.expense
    assert paper.sums == (Decimal("50.50"), 30, 70, Decimal("80.50"))
    assert (paper.budget, paper.share) == (81, "99%")
    assert report.income_total.sums == (500, 200, 0, 700)
    numbers = report.numbers
    assert (numbers.opening, numbers.income, numbers.expense, numbers.closing) == (
        1100, 500, Decimal("50.50"), Decimal("1549.50"),
    )  # fmt: skip
    [fund] = report.funds
    assert (fund.opening, fund.income, fund.expense, fund.closing) == (200, 0, 40, 160)
    assert (report.waiting, report.closing) == (1, None)


def test_the_page_says_whether_the_month_is_closed(house, cast, opened, client):
    client.force_login(cast["supervisor"])
    page = client.get(url(house)).content.decode()
    assert "本月账目未月结" in page
    assert "还有1笔待审批" in page
    assert "1,549.50" in page
    assert page.count("十月市场管理费") == 1


def test_a_closed_month_says_who_reviewed_it(house, cast, client):
    open_anew(house.kuocang, begins_on=OCTOBER, opening=Decimal(5))
    booked(house, cast, "2.00", on=day(2026, 10))
    closing = months.close_month(by=cast["finance"], community=house.kuocang, month=OCTOBER)
    months.review(
        by=cast["supervisor"], closing=closing, verdict=FinanceReview.Verdict.OBJECTED, remark="少一张发票"
    )
    months.reopen_month(by=cast["director"], closing=closing, because="补一张发票")
    months.close_month(by=cast["finance"], community=house.kuocang, month=OCTOBER)
    client.force_login(cast["director"])
    page = client.get(url(house)).content.decode()
    assert "月结。" in page
    assert "补一张发票" in page
    assert "还没有审核意见" in page, "the review was of the closing that was reopened"


def test_a_month_before_the_book_or_to_come_has_no_report(house, cast, opened, client):
    client.force_login(cast["director"])
    for month in (day(2025, 8, 1), day(2099, 1, 1)):
        assert client.get(url(house, month=month)).status_code == 404


def test_only_readers_of_the_books_see_it(house, cast, opened, client):
    client.force_login(cast["staff"])
    for name in ("finance_report", "finance_report_pdf", "finance_report_xlsx"):
        assert client.get(url(house, name)).status_code == 403


def test_the_paper_has_amounts_in_words_and_lines_to_sign(house, cast, opened, client, monkeypatch):
    printed = {}

    def render(template, context):
        printed.update(context)
        from django.template.loader import render_to_string

        printed["html"] = render_to_string(template, context)
        return b"%PDF"

    monkeypatch.setattr("community.finance.report_views.render_pdf", render)
    client.force_login(cast["director"])
    response = client.get(url(house, "finance_report_pdf"))
    assert response.content == b"%PDF"
    assert finance_report_pdf.__name__ in response.resolver_match.func.__name__
    for words in (
        "壹仟壹佰元整",
        "伍佰元整",
        "伍拾元伍角",
        "壹仟伍佰肆拾玖元伍角",
        "制表",
        "审核",
        "民主理财小组",
        "未月结",
    ):
        assert words in printed["html"]
    assert AccessLog.objects.filter(action="print", reason="2026年10月财务月报").exists()


def test_the_spreadsheet_has_a_chart_of_its_own_and_no_formula(house, cast, opened, client):
    client.force_login(cast["director"])
    content = client.get(url(house, "finance_report_xlsx")).content
    with zipfile.ZipFile(io.BytesIO(content)) as book_file:
        names = book_file.namelist()
        assert [name for name in names if name.startswith("xl/charts/chart")] == [
            "xl/charts/chart1.xml",
            "xl/charts/chart2.xml",
        ]
        assert b"<f>" not in b"".join(book_file.read(name) for name in names if "worksheets/sheet" in name)
    workbook = load_workbook(io.BytesIO(content))
    report, entries = workbook.worksheets
    values = {row[0]: row[1:] for row in report.iter_rows(values_only=True)}
    assert values["期末余额"][:2] == (1549.5, "壹仟伍佰肆拾玖元伍角")
    assert values["办公费"][:5] == (50.5, 30, 70, 80.5, 81)
    rows = list(entries.iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == ["=SUM(A1)", "十月市场管理费", "购买打印纸"]
    assert (rows[1][3], rows[1][4]) == (500, None)


def test_the_queries_of_the_page_do_not_grow_with_the_book(house, cast, opened, client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(cast["director"])

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(url(house))
        return len(captured)

    queries()
    before = queries()
    for number in range(1, 6):
        other = category(house.kuocang, name=f"科目{number}")
        booked(house, cast, "1.00", on=day(2026, 10, number), category=other)
        Fund.objects.create(community=house.kuocang, name=f"专款{number}", purpose="用途")
    assert queries() == before
