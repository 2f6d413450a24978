"""Pages of the book: what is typed, what is refused with which sentence, and what each role is offered."""

import datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from community.finance.actions import entries, months
from community.finance.models import (
    FinanceBook,
    FinanceCategory,
    FinanceEntry,
    FinanceMonth,
    FinanceReview,
    Fund,
)
from portal.attachments.store import attachments_of
from portal.values.months import month_before, months_later
from tests.community.activities.planned import client_of, url_of
from tests.community.finance.book import booked, category, enter, open_book
from tests.community.finance.sample import remove_finance

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def book(house, today):
    return open_book(house.kuocang, today)


@pytest.fixture
def finance(cast, book):
    return client_of(cast, "finance")


@pytest.fixture
def director(cast, book):
    return client_of(cast, "director")


def errors(answer) -> dict:
    assert answer.status_code == 422
    return {name: words[0] for name, words in answer.context["form"].errors.items()}


def fields_of(house, today, **changes) -> dict:
    office = category(house.kuocang)
    return {"category": office.pk, "amount": "12.50", "on": str(today), "summary": "购买打印纸"} | changes


def test_the_book_is_opened_with_usual_categories(house, cast):
    remove_finance(house.kuocang)
    client = client_of(cast, "finance")
    assert "启用账本" in client.get(url_of("finance_book")).content.decode()
    assert client.get(url_of("finance_enter")).url == url_of("finance_book")
    client.post(url_of("finance_opening"), {"begins_on": "2026-01", "opening": "1250.40", "usual": "on"})
    book = FinanceBook.objects.get(community=house.kuocang)
    assert (book.begins_on, book.opening) == (datetime.date(2026, 1, 1), Decimal("1250.40"))
    assert FinanceCategory.objects.filter(community=house.kuocang, special="market_fee").count() == 1
    assert (
        client_of(cast, "supervisor").get(url_of("finance_book")).context["overview"].month.closing
        == book.opening
    )


def test_the_opening_is_corrected_until_a_month_is_closed(house, cast, finance, book):
    url, month = url_of("finance_opening"), f"{book.begins_on:%Y-%m}"
    finance.post(url, {"begins_on": month, "opening": "200", "version": 1})
    book.refresh_from_db()
    assert book.opening == 200
    assert (
        "别处改过" in errors(finance.post(url, {"begins_on": month, "opening": "9", "version": 1}))["__all__"]
    )
    months.close_month(by=cast["finance"], community=house.kuocang, month=book.begins_on)
    assert (
        "先重开" in errors(finance.post(url, {"begins_on": month, "opening": "9", "version": 2}))["__all__"]
    )


def test_an_entry_is_typed_once_with_its_papers(house, finance, today):
    paper = SimpleUploadedFile("发票.pdf", PDF, "application/pdf")
    answer = finance.post(url_of("finance_enter"), fields_of(house, today, papers=paper))
    entry = FinanceEntry.objects.get()
    assert answer.url == url_of("financeentry_detail", row=entry.uuid)
    assert (entry.amount, entry.direction, entry.state) == (Decimal("12.50"), "expense", "entered")
    assert attachments_of(entry).get().name == "发票.pdf"
    again = finance.get(url_of("finance_enter")).context["form"]
    assert again["category"].value() == entry.category_id


def test_a_refused_paper_keeps_what_was_typed_and_leaves_nothing(house, finance, today):
    paper = SimpleUploadedFile("发票.pdf", b"no pdf", "application/pdf")
    answer = finance.post(url_of("finance_enter"), fields_of(house, today, papers=paper))
    assert "发票.pdf" in errors(answer)["papers"]
    assert answer.context["form"]["summary"].value() == "购买打印纸"
    assert not FinanceEntry.objects.exists()


def test_the_next_entry_begins_with_day_and_category(house, finance, today):
    day = month_before(today)
    answer = finance.post(url_of("finance_enter"), fields_of(house, day, again="1"), follow=True)
    form = answer.context["form"]
    assert (form["category"].value(), form["on"].value()) == (category(house.kuocang).pk, day)
    assert not form["summary"].value()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("amount", "0.005", "最多两位小数。"),
        ("amount", "0", "金额应大于0。"),
        ("amount", "-5", "金额应大于0。"),
        ("amount", "一百", "请填写数字，如 12.50。"),
        ("amount", "123456789012", "数字太大，请核对。"),
        ("amount", "", "请填写金额。"),
        ("on", "2999-01-01", "日期不能晚于今天。"),
        ("on", "2001-01-01", "启用，日期不能更早。"),
        ("summary", "", "请填写摘要。"),
        ("category", "", "请选择科目。"),
        ("category", "999999", "请选择列出的科目。"),
    ],
)
def test_bad_input_gets_a_sentence_and_is_kept(house, finance, today, field, value, sentence):
    answer = finance.post(url_of("finance_enter"), fields_of(house, today, **{field: value}))
    assert errors(answer)[field].endswith(sentence)
    assert answer.context["form"][field].value() == value
    assert not FinanceEntry.objects.exists()


def test_nothing_is_entered_in_a_closed_month(house, cast, finance, book):
    entry = booked(house, cast, on=book.begins_on)
    months.close_month(by=cast["finance"], community=house.kuocang, month=book.begins_on)
    answer = finance.post(url_of("finance_enter"), fields_of(house, book.begins_on, voucher="记-7"))
    assert "已经月结" in errors(answer)["on"]
    assert answer.context["form"]["voucher"].value() == "记-7"
    url = url_of("financeentry_voucher", row=entry.uuid)
    answer = finance.post(url, {"voucher": "记-7", "version": entry.version})
    assert "已经月结" in errors(answer)["__all__"]
    page = finance.get(url_of("financeentry_detail", row=entry.uuid)).content.decode()
    assert "补填凭证号" not in page.partition("<main")[2]
    assert "冲销" in page


def test_the_approver_is_nobody_who_ever_handled_it(house, cast, director, finance):
    entry = enter(house, cast, by="director")
    data = {"category": entry.category_id, "amount": "11", "on": str(entry.on), "summary": "改", "version": 1}
    finance.post(url_of("financeentry_correct", row=entry.uuid), data)
    entry.refresh_from_db()
    assert (entry.handler, entry.version) == (cast["finance"], 2)
    page = director.get(url_of("financeentry_approve", row=entry.uuid))
    assert page.context["form"].lines == []
    assert "另有1笔由您经手" in page.content.decode()
    detail = director.get(url_of("financeentry_detail", row=entry.uuid)).content.decode()
    assert url_of("financeentry_approve", row=entry.uuid) not in detail
    url = url_of("financeentry_return", row=entry.uuid)
    answer = director.post(url, {"because": "看看", "version": entry.version})
    assert "由您经手" in errors(answer)["__all__"]


def approval(*chosen, **reasons) -> dict:
    data = {}
    for entry in chosen:
        data |= {f"approve-{entry.uuid}": "on", f"version-{entry.uuid}": entry.version}
        data[f"because-{entry.uuid}"] = reasons.get(str(entry.pk), "")
    return data


def test_several_are_approved_at_once_or_none(house, cast, director):
    phone = category(house.kuocang, name="电话费补贴", most_month=Decimal(60))
    plain, first, second = (
        enter(house, cast),
        *(enter(house, cast, "40.00", category=phone) for _ in range(2)),
    )
    form = director.get(url_of("finance_approve")).context["form"]
    assert [bool(line.exceeds) for line in form.lines] == [False, False, True]
    data = approval(plain, first, second)
    answer = director.post(url_of("finance_approve"), data)
    assert "写明原因" in errors(answer)[f"because-{second.uuid}"]
    assert not FinanceEntry.objects.booked().exists()
    director.post(url_of("finance_approve"), data | {f"because-{second.uuid}": "防汛值班"})
    assert FinanceEntry.objects.booked().count() == 3
    reasons = dict(FinanceEntry.objects.values_list("pk", "over_limit_because"))
    assert reasons == {plain.pk: "", first.pk: "", second.pk: "防汛值班"}


def test_what_somebody_else_decided_meanwhile_is_said(house, cast, director):
    entry, other = enter(house, cast), enter(house, cast)
    data = approval(entry, other)
    entries.withdraw(by=cast["finance"], entry=other, because="没有发生", seen_version=1)
    answer = director.post(url_of("finance_approve"), data)
    assert "刚刚被别人处理" in errors(answer)["__all__"]
    assert not FinanceEntry.objects.booked().exists()
    assert answer.context["form"][f"approve-{entry.uuid}"].value()


def test_a_stale_page_approves_nothing(house, cast, director):
    entry, other = enter(house, cast), enter(house, cast)
    data = approval(entry, other)
    FinanceEntry.objects.filter(pk=other.pk).update(version=2, amount=99)
    assert director.post(url_of("finance_approve"), data).status_code == 302
    assert not FinanceEntry.objects.booked().exists()
    unticked = {f"version-{entry.uuid}": 1, f"version-{other.uuid}": 2}
    assert "请勾选" in errors(director.post(url_of("finance_approve"), unticked))["__all__"]


def test_a_returned_entry_is_corrected_and_sent_again(house, cast, director, finance):
    entry = enter(house, cast)
    director.post(url_of("financeentry_return", row=entry.uuid), {"because": "缺发票", "version": 1})
    page = finance.get(url_of("financeentry_correct", row=entry.uuid))
    assert "退回原因：缺发票" in page.content.decode()
    data = {
        name: page.context["form"][name].value()
        for name in ("category", "amount", "on", "summary", "version")
    }
    finance.post(url_of("financeentry_correct", row=entry.uuid), data | {"amount": "8.00"})
    entry.refresh_from_db()
    assert (entry.state, entry.amount, entry.closed_because) == ("entered", 8, "")
    director.post(url_of("financeentry_approve", row=entry.uuid), approval(entry))
    entry.refresh_from_db()
    assert entry.state == "approved"
    answer = finance.post(url_of("financeentry_correct", row=entry.uuid), data | {"version": entry.version})
    assert "请冲销" in errors(answer)["__all__"]
    answer = director.post(
        url_of("financeentry_return", row=entry.uuid), {"because": "再看", "version": entry.version}
    )
    assert "请冲销" in errors(answer)["__all__"]


def test_a_reversal_is_linked_from_what_it_reverses(house, cast, director, finance, today):
    entry = booked(house, cast, "30.00")
    url = url_of("financeentry_reverse", row=entry.uuid)
    answer = finance.post(url, {"on": "2001-01-01", "because": "重复", "version": entry.version})
    assert "不能更早" in errors(answer)["on"]
    finance.post(url, {"on": str(today), "because": "重复", "version": entry.version})
    reversal = entry.reversals.get()
    assert reversal.amount == -30
    assert str(reversal) in finance.get(url_of("financeentry_detail", row=entry.uuid)).content.decode()
    finance.post(url_of("financeentry_withdraw", row=reversal.uuid), {"because": "不用冲销", "version": 1})
    finance.post(url_of("financeentry_restore", row=reversal.uuid), {"version": 2})
    director.post(url_of("financeentry_approve", row=reversal.uuid), approval(entry.reversals.get()))
    page = director.get(url_of("finance_book"))
    assert page.context["overview"].month.closing == 100


def test_voucher_numbers_are_filled_in_on_one_page(house, cast, finance):
    first, second = booked(house, cast), booked(house, cast)
    form = finance.get(url_of("finance_vouchers")).context["form"]
    assert {line.entry for line in form.lines} == {first, second}
    data = {f"version-{each.uuid}": each.version for each in (first, second)}
    assert "至少" in errors(finance.post(url_of("finance_vouchers"), data))["__all__"]
    finance.post(url_of("finance_vouchers"), data | {f"voucher-{first.uuid}": "记-1"})
    assert dict(FinanceEntry.objects.values_list("pk", "voucher")) == {first.pk: "记-1", second.pk: ""}


def test_the_list_reads_like_a_ledger_sheet(house, cast, finance, book):
    booked(house, cast, "10.00", on=book.begins_on)
    booked(house, cast, "25.00", direction="income", on=months_later(book.begins_on, 1))
    withdrawn = enter(house, cast, "7.00")
    entries.withdraw(by=cast["finance"], entry=withdrawn, because="没有发生", seen_version=1)
    page = finance.get(url_of("financeentry_list"), {"sort": "on"})
    register = page.context["register"]
    names = ("income", "expense", "balance")
    columns = [column for column in register.columns if column.name in names]
    table = register.table(list(page.context["page"].object_list), columns)
    assert [tuple(cells) for cells in table] == [("", 10, 90), (25, "", 115), ("", "", "")]
    assert [total for total in page.context["totals"] if total] == [25, 10]
    tabs = {label: number for label, number, *_ in page.context["tabs"]}
    assert tabs == {"待审批": 0, "已退回": 0, "超限": 0, "缺凭证": 2, "本月": 1, "上月": 0}


def test_limits_exceeded_are_found_before_and_after_approval(house, cast, director):
    phone = category(house.kuocang, name="电话费补贴", most_each=Decimal(50), most_month=Decimal(80))
    large = enter(house, cast, "55.00", category=phone)
    enter(house, cast, "20.00", category=phone)
    third = enter(house, cast, "10.00", category=phone)
    listed = director.get(url_of("financeentry_list"), {"check": "over"}).context["page"].object_list
    assert set(listed) == {large, third}
    director.post(url_of("finance_approve"), approval(large, **{str(large.pk): "防汛"}))
    listed = director.get(url_of("financeentry_list"), {"check": "over"}).context["page"].object_list
    assert set(listed) == {large, third}
    assert director.get(url_of("finance_book")).context["overview"].limits[0].used == 85


def test_a_month_is_closed_on_the_page_that_shows_it(house, cast, finance, book):
    waiting = enter(house, cast, on=book.begins_on)
    page = finance.get(url_of("finance_close"))
    assert page.context["waiting"][0] == 1
    month = {"month": f"{book.begins_on:%Y-%m}"}
    assert "还有1笔" in errors(finance.post(url_of("finance_close"), month))["__all__"]
    entries.approve(by=cast["director"], entry=waiting, seen_version=1)
    page = finance.get(url_of("finance_close"))
    assert (page.context["numbers"].closing, page.context["lacking"][0]) == (90, 1)
    answer = finance.post(url_of("finance_close"), month)
    closing = FinanceMonth.objects.get()
    assert answer.url == url_of("financemonth_detail", row=closing.uuid)
    assert "已经月结" in errors(finance.post(url_of("finance_close"), month))["__all__"]
    assert FinanceMonth.objects.count() == 1


def test_reopening_names_the_later_months_and_asks_a_reason(house, cast, finance, director, book):
    closings = [
        months.close_month(
            by=cast["finance"], community=house.kuocang, month=months_later(book.begins_on, number)
        )
        for number in range(2)
    ]
    url = url_of("financemonth_reopen", row=closings[0].uuid)
    assert finance.get(url).status_code == 403
    assert f"{closings[1]}一并重开" in director.get(url).content.decode()
    assert "请填写重开原因" in errors(director.post(url, {"because": ""}))["because"]
    director.post(url, {"because": "补记一笔"})
    assert not FinanceMonth.objects.closed().exists()
    assert "已经重开" in errors(director.post(url, {"because": "再来"}))["__all__"]


def test_an_objection_is_answered_and_all_marks_stand_on_the_month(house, cast, finance, book):
    closing = months.close_month(by=cast["finance"], community=house.kuocang, month=book.begins_on)
    supervisor, url = client_of(cast, "supervisor"), url_of("financemonth_review", row=closing.uuid)
    assert "哪一笔" in errors(supervisor.post(url, {"verdict": "objected"}))["remark"]
    supervisor.post(url, {"verdict": "objected", "remark": "电话费太高"})
    assert "已审核过" in errors(supervisor.post(url, {"verdict": "agreed"}))["__all__"]
    client_of(cast, "supervisor2").post(url, {"verdict": "agreed"})
    review = FinanceReview.objects.get(verdict="objected")
    detail = url_of("financemonth_detail", row=closing.uuid)
    answer_url = url_of("financereview_answer", review=review.uuid)
    assert answer_url in finance.get(detail).content.decode()
    assert answer_url not in supervisor.get(detail).content.decode()
    finance.post(answer_url, {"answer": "防汛值班期间增加"})
    assert "已经答复" in errors(finance.post(answer_url, {"answer": "又"}))["__all__"]
    page = supervisor.get(detail).content.decode()
    for words in ("电话费太高", "防汛值班期间增加（finance某", "supervisor2某", "同意"):
        assert words in page
    listed = supervisor.get(url_of("financemonth_list"), {"state": "objected"}).content.decode()
    assert "同意1人，有异议1人" in listed


def test_a_fund_shows_what_came_what_was_spent_and_what_is_left(house, cast, finance, today):
    task_fund = Fund.objects.create(community=house.kuocang, name="充电整治", purpose="充电桩标识")
    booked(house, cast, "500.00", direction="income", fund=task_fund)
    booked(house, cast, "120.00", fund=task_fund)
    enter(house, cast, "50.00", fund=task_fund)
    page = finance.get(url_of("fund_detail", row=task_fund.uuid))
    facts = dict(page.context["lines"])
    assert (facts["已到账（元）"], facts["已支出（元）"], facts["结余（元）"]) == (500, 120, 380)
    assert len(page.context["panels"][0].rows) == 3
    task_fund.closed_on = today - datetime.timedelta(days=1)
    task_fund.save()
    answer = finance.post(url_of("finance_enter"), fields_of(house, today, fund=task_fund.pk))
    assert answer.status_code == 302  # a fund that has ended is not offered, and nothing is entered with it
    assert FinanceEntry.objects.filter(fund=task_fund).count() == 3


def test_supervisors_read_vouchers_and_write_nothing(house, cast, book):
    entry, client = booked(house, cast), client_of(cast, "supervisor")
    page = client.get(url_of("financeentry_detail", row=entry.uuid)).content.decode()
    assert "附件" in page
    assert url_of("financeentry_reverse", row=entry.uuid) not in page
    assert url_of("financeentry_attach", row=entry.uuid) not in page
    assert client.post(url_of("financeentry_attach", row=entry.uuid)).status_code == 403
