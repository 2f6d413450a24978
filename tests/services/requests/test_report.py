"""The report of a period: its edges, its numbers and the lists behind them, and who may read it."""

import datetime
import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from portal.access.permissions import Permission as P
from portal.access.user_access import Access
from portal.hooks.registry import _registry
from services.requests.models import Request
from services.requests.numbers import (
    HIDDEN_REQUESTS,
    HiddenRequests,
    hidden_requests,
    percent,
    requests_trend,
    satisfaction_words,
)
from services.requests.periods import any_period, month_period, quarter_period, year_period
from services.requests.report import RequestReport, mask_phone
from tests.community.bulletins.drafting import publish
from tests.services.requests.received import answer, at, in_scope, rate, receive

pytestmark = pytest.mark.django_db
OCTOBER = datetime.date(2026, 10, 1)


def day(number: int, month: int = 10) -> datetime.date:
    return datetime.date(2026, month, number)


@pytest.fixture
def staff(cast):
    client = Client()
    client.force_login(cast["staff"])
    return client


def url(page: str = "report", **query) -> str:
    return reverse(f"services:request_{page}", kwargs={"community": "kuocang"}, query=query or None)


def report_of(house, user, period=None) -> RequestReport:
    return RequestReport(Access.of(user), house.kuocang.ref, period or month_period(OCTOBER))


@pytest.fixture
def october(house, cast):
    """Requests of October 2026 of every kind that the report tells apart, and others that it must not count."""
    place, user = house.kuocang, cast["staff"]
    on_time = receive(place, user, day(1), moment=at(day(1), 0), category="papers", phone="138 0000 1234")
    answer(on_time, user, day(8))  # the first working day after the holiday: the first of three
    rate(on_time, "satisfied", day(9), by=user, way="电话回访")
    late = receive(place, user, day(9), category="papers", phone="13800001234", building=house.building)
    answer(late, user, day(20))
    rate(late, "dissatisfied", day(21))
    answer(late, user, day(22))  # not rated again: still dissatisfied
    unrated = receive(place, user, day(12), channel="web", phone="1380000-1234", building=house.building)
    answer(unrated, user, day(13))
    overdue = receive(place, user, day(31), moment=at(day(31), 23, 59, 59), category="", channel="counter")
    withdrawn = receive(place, user, day(14))
    Request.objects.filter(pk=withdrawn.pk).update(state="withdrawn", ended_at=at(day(15)))
    # Not counted: the next month's first moment, spam, a double, a private one, another community's.
    receive(place, user, day(1, 11), moment=at(day(1, 11), 0))
    for state in ("suspected", "rejected", "merged"):
        Request.objects.filter(pk=receive(place, user, day(14)).pk).update(state=state)
    receive(place, user, day(14), required_right=P.REQUESTS_DECIDE, is_private=True)
    receive(house.xizhigou, user, day(14))
    return {"on_time": on_time, "late": late, "unrated": unrated, "overdue": overdue, "withdrawn": withdrawn}


def test_a_month_has_its_first_and_its_last_moment(house, cast, october):
    report = report_of(house, cast["staff"])
    assert set(report.requests.values_list("pk", flat=True)) == {each.pk for each in october.values()}
    last = report_of(house, cast["staff"], any_period(day(31), day(31)))
    assert list(last.requests.values_list("pk", flat=True)) == [october["overdue"].pk]


@pytest.mark.parametrize(
    ("period", "first", "last", "label"),
    [
        (month_period(datetime.date(2024, 2, 1)), "2024-02-01", "2024-02-29", "2024年2月"),
        (month_period(datetime.date(2026, 12, 1)), "2026-12-01", "2026-12-31", "2026年12月"),
        (quarter_period(2026, 1), "2026-01-01", "2026-03-31", "2026年第一季度"),
        (quarter_period(2026, 4), "2026-10-01", "2026-12-31", "2026年第四季度"),
        (year_period(2025), "2025-01-01", "2025-12-31", "2025年"),
        (any_period(day(1), day(1)), "2026-10-01", "2026-10-01", "2026年10月1日"),
    ],
)
def test_periods(period, first, last, label):
    assert (str(period.first), str(period.last), period.label) == (first, last, label)


def test_first_answers_are_compared_with_the_deadline_that_they_had(house, cast, october):
    report = report_of(house, cast["staff"])
    assert report.answers == {"in_time": 2, "late": 1, "pending": 0, "overdue": 1, "closed": 1}
    late = Request.objects.get(pk=october["late"].pk)
    assert late.first_answered_at == at(day(20), 16)
    assert late.first_due == at(day(13), 23, 59, 59), "the 10th was a working day"
    assert late.due > late.first_due, "reopened, it has a deadline of its own"
    # From the holiday's first day to the day after it, from the 9th to the 20th, from the 12th to the 13th.
    assert report.average_days == pytest.approx((1 + 8 + 1) / 3)


def test_satisfaction_counts_answers_only_and_each_request_once(house, cast, october):
    report = report_of(house, cast["staff"])
    assert report.ratings == {"satisfied": 1, "dissatisfied": 1, "none": 3, "reopened": 1}
    assert "满意率：50%（2件评价中1件）；因不满意重新办理1件。" in report.sentences


@pytest.mark.parametrize(
    ("part", "whole", "rate"),
    [(23, 25, 92), (199, 200, 99), (1, 1000, 1), (0, 7, 0), (7, 7, 100), (1, 8, 13)],
)
def test_percent_is_100_only_when_nothing_is_missing(part, whole, rate):
    assert percent(part, whole) == rate


def test_satisfaction_in_words():
    assert satisfaction_words(23, 25) == "92%（25件评价中23件）"
    assert satisfaction_words(0, 0) == "暂无评价"


def test_every_number_leads_to_as_many_requests(house, cast, staff, october):
    page = staff.get(url(period="2026-10"))
    numbers = [
        (table.key, label, value, link)
        for table, lines in page.context["tables"]
        for label, cells, _ in lines
        for value, link in cells
        if link
    ]
    assert len(numbers) > 15
    for key, label, value, link in numbers:
        listed = staff.get(link).context["page"].paginator.count
        assert listed == value, (key, label, link)
    assert {key for key, *_ in numbers} == {"category", "answer", "rating", "callers", "buildings"}
    of_answer = [value for key, label, value, _ in numbers if key == "answer" and label != "合计"]
    assert sum(of_answer) == page.context["report"].received == 5


def test_repeat_callers_are_masked_also_in_addresses(house, cast, staff, october):
    content = staff.get(url(period="2026-10")).content.decode()
    assert "138****1234" in content
    assert "13800001234" not in content
    assert mask_phone("88885678") == "******78"


def test_both_readers_get_the_same_numbers(house, cast, october):
    """The private one is in nobody's number, also not in that of the director, who may read it."""
    staff, director = (report_of(house, cast[name]) for name in ("staff", "director"))
    assert staff.sentences == director.sentences


def test_hidden_ones_are_told_from_three_on(house, cast, october, monkeypatch):
    place, days = house.kuocang, (day(1), day(31))
    with in_scope(place):
        assert hidden_requests(place.ref, *days) == []
    for _ in range(2):
        receive(place, cast["staff"], day(31), required_right=P.REQUESTS_DECIDE, is_private=True)
    monkeypatch.setitem(
        _registry,
        HIDDEN_REQUESTS,
        [
            lambda community, first, last: [HiddenRequests(3, "由居务监督委员会办理")],
            lambda community, first, last: [HiddenRequests(2, "由街道办理")],
        ],
    )
    with in_scope(place, [P.REQUESTS]):
        words = report_of(house, cast["staff"]).sentences[0]
    assert words == (
        "2026年10月收到居民诉求5件，另有3件由有相应权限的人员单独办理，另有3件由居务监督委员会办理。"
    )


def test_late_entries_have_a_line_of_their_own(house, cast, staff, monkeypatch):
    monkeypatch.setattr("community.bulletins.actions.workflow.render_pdf", lambda *args: b"%PDF")
    receive(house.kuocang, cast["staff"], day(5))
    assert report_of(house, cast["staff"]).late == 0
    with in_scope(house.kuocang):
        publish(house.kuocang, cast, OCTOBER)
    late = receive(house.kuocang, cast["staff"], day(31))
    report = report_of(house, cast["staff"])
    assert (report.received, report.late) == (2, 1)
    assert "其中补登1件" in report.sentences[1]
    listed = staff.get(url("list", late="yes")).context["page"]
    assert [row.pk for row in listed.object_list] == [late.pk]


def test_trend_counts_each_month(house, cast, october):
    with in_scope(house.kuocang, []):
        months = requests_trend(house.kuocang.ref, 3, day(30, 11))
    assert [(each.month.month, each.received, each.answered) for each in months] == [
        (9, 0, 0), (10, 5, 3), (11, 1, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"period": "range"}, "自选日期要填写起止两个日期"),
        ({"first": "2026-10-01"}, "自选日期要填写起止两个日期"),
        ({"period": "range", "first": "2026-10-02", "last": "2026-10-01"}, "截止日期早于起始日期"),
        ({"period": "range", "first": "2020-01-01", "last": "2026-10-01"}, "一次最多统计三年"),
        ({"period": "range", "first": "0001-01-01", "last": "9999-12-31"}, "请填写2000年以后"),
        ({"period": "range", "first": "2026-02-30", "last": "x"}, "应填日期"),
        ({"period": "2026-13"}, "请选择统计时段"),
    ],
)
def test_a_wrong_period_counts_nothing(staff, query, sentence):
    for ask, page in ((staff.get, "report"), (staff.get, "report_export"), (staff.post, "report_print")):
        answered = ask(url(page, **query))
        assert answered.status_code == 422
        assert sentence in answered.content.decode()
        assert "概况" not in answered.content.decode()
    assert staff.get(url("report_chart", **query)).status_code == 200


def test_spreadsheet_holds_the_same_numbers(house, cast, staff, october):
    book = openpyxl.load_workbook(io.BytesIO(staff.get(url("report_export", period="2026-10")).content))
    categories = [[cell.value for cell in row] for row in book.worksheets[1].rows]
    assert categories[0] == ["类别", "网上", "电话", "窗口", "合计"]
    assert categories[-1] == ["合计", 1, 3, 1, 5]
    assert [cell.value for cell in book["近十二个月"][1]] == ["月份", "收到", "首次答复"]


def test_printed_report_is_about_the_period(house, cast, staff, october, monkeypatch):
    printed = {}
    monkeypatch.setattr(
        "services.requests.report_views.render_pdf",
        lambda template, context: printed.update(context) or b"%PDF",
    )
    address = url("report_print", period="2026-10")
    assert staff.get(address).url == url(period="2026-10")
    answered = staff.post(address)
    assert answered["Content-Type"] == "application/pdf"
    assert printed["title"] == "括苍社区居民诉求办理情况"
    assert printed["tables"][0]["rows"][-1] == ("合计", "1", "3", "1", "5")


def test_a_report_without_requests(staff):
    content = staff.get(url(period="range", first="2020-01-01", last="2020-01-31")).content.decode()
    assert "2020年1月1日至2020年1月31日收到居民诉求0件。" in content
    assert "还没有到期应答复的诉求。" in content
