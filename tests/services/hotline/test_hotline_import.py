"""Hotline lists (12345工单): read as they are, worked on as requests, updated and undone."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.dated_rules.models import DatedRule
from portal.cases.actions import take_step
from portal.importing.models import ImportBatch
from services.hotline.models import HotlineOrder
from services.hotline.words import category_of, is_hidden
from services.requests.models import Request
from tests.imports import XLSX, run_jobs
from tests.services.hotline.lists import answer, findings, hotline, local, order, request_of
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db


def test_each_order_becomes_a_request(take, cast):
    batch = take(
        hotline(
            order(
                "20261102000012345",
                来电人="张三",
                联系电话=13800000000.0,
                所在位置="3幢楼下",
                承办单位="括苍社区",
            ),
            order("GD-2", 诉求类型="路灯不亮", 办理时限=None, 来电人="匿名", 联系电话="***"),
            order("GD-3", 诉求类型="其他事项咨询", 办理时限="5个工作日"),
            title="岩泉街道12345工单",
        )
    )
    first = request_of("20261102000012345")
    assert (first.channel, first.state, first.category, first.name, first.phone, first.place) == (
        "hotline", "new", "noise", "张三", "13800000000", "3幢楼下",
    )  # fmt: skip
    assert (first.received_at, first.due) == (local(2026, 11, 2, 9, 15), local(2026, 11, 6, 17, 30))
    assert (first.clock_rule, first.clock_days, first.taken_by) == ("12345工单办理时限", None, cast["staff"])
    assert (first.year, first.number) > (2025, 0)
    [receipt] = first.steps.all()
    assert (receipt.name, receipt.number, receipt.by) == ("receive", 1, cast["staff"])
    assert receipt.details == {
        "来源": "12345热线", "工单编号": "20261102000012345", "诉求类型": "噪声扰民", "承办单位": "括苍社区",
    }  # fmt: skip
    hidden = request_of("GD-2")
    assert (hidden.name, hidden.phone, hidden.category) == ("", "", "repair")
    # Without a deadline of the list: 10 working days of 房屋和设施维修.
    assert (hidden.due, hidden.clock_days) == (local(2026, 11, 16, 23, 59, 59), 10)
    pending = request_of("GD-3")
    assert (pending.category, pending.due) == ("", local(2026, 11, 9, 23, 59, 59))
    assert batch.report["counts"] == {
        "rows": 3, "new": 3, "changed": 0, "unchanged": 0, "duplicate": 0, "error": 0,
    }  # fmt: skip
    numbers = [request_of(number).number for number in ("20261102000012345", "GD-2", "GD-3")]
    assert numbers == sorted(set(numbers))


def test_triage_keeps_the_deadline_of_the_list(take, cast):
    take(hotline(order("1")))
    request = request_of("1")
    take_step(request, "assign", by=cast["staff"], changes={"category": "repair", "owner": cast["staff"]})
    assert request.due == local(2026, 11, 6, 17, 30)


def test_every_row_is_accounted_for_and_dirt_is_named(pages):
    batch = pages.check(
        hotline(
            order("A-1"),
            order(20261102000012345.0),
            order("2.02611E+16"),
            order(""),
            order("A-2", 诉求内容=""),
            order("A-3", 办理时限="尽快"),
            order("A-4", 来电时间="2099-01-01 08:00"),
            order("A-5", 联系电话="138****0000", 诉求类型="外星人"),
            order("A-6", 办理结果="已转办"),
            order("A-1", 诉求内容="另一件"),
            order("A-7", 来电时间="2026-13-45"),
            order("A-8", 诉求内容="长" * 2001),
            order("A-9", 所在位置="远" * 130),
            {"诉求内容": "    "},
            {"工单编号": "合计", "来电时间": "10"},
            {"工单编号": "制表人：张三"},
        )
    )
    errors = findings(batch, "error")
    assert [(number, column) for number, column, _ in errors] == [
        (3, "工单编号"), (4, "工单编号"), (5, "工单编号"), (6, "诉求内容"), (7, "办理时限"), (8, "来电时间"),
        (12, "来电时间"), (13, "诉求内容"),
    ]  # fmt: skip
    said = "\n".join(sentence for *_, sentence in findings(batch))
    for words in ("已经丢失", "科学计数法", "没有工单编号", "没有诉求内容", "5个工作日", "晚于现在", "按没有电话登记",
                  "类别待定", "填回时保持原样", "同一张工单", "超过2000个字", "已截短"):  # fmt: skip
        assert words in said, words
    report = batch.report
    assert sum(report["rows_by_kind"].values()) == report["source_rows"] == 17
    assert report["counts"]["rows"] == 13
    page = pages.show(batch, show="error").content.decode()
    assert "怎么办" in page
    assert pages.client.post(pages.url("import_refused", batch)).status_code == 200


def test_numbers_are_shown_whole_on_the_check_page(pages):
    batch = pages.check(hotline(order("20261102000012345")))
    assert "20261102000012345" in pages.show(batch, show="new").content.decode()


@pytest.mark.parametrize("kind", ["empty", "text", "other"])
def test_files_that_are_no_lists_are_refused_with_a_sentence(pages, kind):
    content = {"empty": b"", "text": b"\x00\x01", "other": workbook([["甲", "乙"], [1, 2]])}[kind]
    response = pages.upload(content, "工单.xlsx")
    assert response.status_code == 422
    assert not ImportBatch.objects.filter(register="services:hotlineorder").exists()


def test_an_order_that_came_before_updates_what_the_list_owns(take, cast):
    take(hotline(order("1", 来电人="张三", 联系电话="13800000000", 所在位置="3幢")))
    request = request_of("1")
    changes = {"category": "repair", "owner": cast["staff"]}
    take_step(request, "assign", by=cast["staff"], changes=changes)
    batch = take(
        hotline(order("1", 联系电话="13900000000", 诉求内容="夜间施工，又来了", 办理时限="2026-11-10 12:00"))
    )
    assert (batch.report["applied"]["new"], batch.report["applied"]["changed"]) == (0, 1)
    request.refresh_from_db()
    assert (request.state, request.category, request.owner) == ("in_hand", "repair", cast["staff"])
    assert (request.text, request.name, request.phone, request.place) == (
        "夜间施工，又来了", "张三", "13900000000", "3幢",
    )  # fmt: skip
    assert request.due == local(2026, 11, 10, 12)
    step = request.steps.last()
    assert (step.name, step.number, step.before, step.after) == ("listed", 3, "in_hand", "in_hand")
    assert step.details == {
        "工单编号": "1", "联系电话": "已更新", "诉求内容": "夜间施工 → 夜间施工，又来了",
        "办理时限": "2026-11-06 17:30 → 2026-11-10 12:00",
    }  # fmt: skip
    again = take(
        hotline(order("1", 联系电话="13900000000", 诉求内容="夜间施工，又来了", 办理时限="2026-11-10 12:00"))
    )
    assert again.report["counts"]["unchanged"] == 1
    assert request.steps.count() == 3


def test_what_was_answered_keeps_its_deadline(take, cast):
    take(hotline(order("1")))
    request = request_of("1")
    answer(request, cast["staff"])
    take(hotline(order("1", 办理时限="2026-12-01 12:00", 所在位置="5幢")))
    request.refresh_from_db()
    assert (request.due, request.place, request.state) == (local(2026, 11, 6, 17, 30), "5幢", "answered")


def test_a_clerk_who_was_faster_is_not_overwritten(pages, cast):
    first = pages.check(hotline(order("1")))
    pages.client.post(pages.url("import_apply", first))
    run_jobs()
    batch = pages.check(hotline(order("1", 诉求内容="改了")))
    take_step(request_of("1"), "note", by=cast["director"], text="已去看过")
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    batch.refresh_from_db()
    [conflict] = batch.report["applied"]["conflicts"]
    assert "检查之后台账有变动" in conflict["message"]
    assert request_of("1").text == "夜间施工"


def test_an_order_of_a_private_request_is_not_updated_by_who_may_not_see_it(take, pages):
    take(hotline(order("1")))
    Request.objects.filter(pk=request_of("1").pk).update(required_right="requests.decide")
    batch = pages.check(hotline(order("1", 诉求内容="改了")))
    assert [sentence for *_, sentence in findings(batch, "error")] == [
        "这张工单由有权限的同事办理，您不能更新"
    ]


def test_undo_takes_the_requests_away_and_brings_back_what_was_updated(take, pages, cast):
    take(hotline(order("1", 来电人="张三", 联系电话="13800000000")))
    before = Request.objects.filter(channel="hotline").count()
    batch = take(
        hotline(order("1", 来电人="李四", 联系电话="13900000000", 诉求内容="改了"), order("2"), order("3"))
    )
    pages.client.post(pages.url("import_undo", batch))
    run_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.report.get("not_undone")) == ("undone", None)
    assert Request.objects.filter(channel="hotline").count() == before
    assert set(HotlineOrder.objects.values_list("number", flat=True)) >= {"1"}
    assert not HotlineOrder.objects.filter(number__in=("2", "3")).exists()
    request = request_of("1")
    assert (request.text, request.name, request.phone) == ("夜间施工", "张三", "13800000000")
    assert [step.name for step in request.steps.order_by("number")] == ["receive", "listed", "unlisted"]
    assert request.steps.last().number == request.version
    take_step(request, "note", by=cast["staff"], text="可以继续办理")
    take(hotline(order("2")))


def test_undo_is_refused_when_somebody_worked_on_one(take, pages, cast):
    batch = take(hotline(order("1"), order("2")))
    take_step(request_of("2"), "note", by=cast["director"], text="已去看过")
    pages.client.post(pages.url("import_undo", batch))
    run_jobs()
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert "导入之后又有改动" in batch.report["not_undone"]
    assert request_of("1").steps.count() == 1, "the receipts are back"


def test_the_page_of_the_request_names_the_order(take, client, cast):
    take(hotline(order("20261102000012345")))
    request = request_of("20261102000012345")
    page = client.get(f"/c/kuocang/requests/{request.uuid}/").content.decode()
    assert "20261102000012345" in page
    assert "应在2026年11月6日17:30前答复（12345工单办理时限）" in page
    client.force_login(cast["staff"])
    listed = client.get("/c/kuocang/hotline/?q=000012345").content.decode()
    assert "20261102000012345" in listed


def test_an_import_asks_as_often_for_many_rows_as_for_few(pages):
    def queries(count: int) -> int:
        rows = [order(f"{count}-{n}", 办理时限=None) for n in range(count)]
        batch = pages.check(hotline(*rows))
        pages.client.post(pages.url("import_apply", batch))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            run_jobs()
        assert HotlineOrder.objects.filter(number__startswith=f"{count}-").count() == count
        return len(asked)

    queries(2)  # what is loaded once
    assert queries(60) == queries(3)


def test_the_list_page_asks_as_often_for_many_as_for_few(take, client):
    take(hotline(order("1")))

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/c/kuocang/hotline/").status_code == 200
        return len(asked)

    queries()
    few = queries()
    take(hotline(*(order(f"m{n}") for n in range(30))))
    queries()  # what is due is counted anew
    assert queries() == few


@pytest.mark.parametrize(
    ("kind", "category"),
    [
        ("噪声扰民", "noise"), ("环境卫生-垃圾清运", "sanitation"), ("物业管理", "property"), ("停车难", "parking"),
        ("房屋漏水", "repair"), ("外星人", ""), ("", ""),
    ],
)  # fmt: skip
def test_categories_are_known_by_words(kind, category):
    assert category_of(kind) == category


@pytest.mark.parametrize("text", ["匿名", "（匿名）", "***", "＊＊＊", "已隐藏", "保密", "-"])
def test_hidden_callers(text):
    assert is_hidden(text)


def test_an_upload_by_hand_is_sent_once(pages):
    token = pages.client.get(pages.url("import")).context["form"]["token"].value()
    file = hotline(order("1"))
    urls = {
        pages.client.post(
            pages.url("import"), {"file": SimpleUploadedFile("a.xlsx", file, XLSX), "token": token}
        ).url
        for _ in range(2)
    }
    assert len(urls) == 1


def test_each_order_has_the_period_in_force_on_its_day(take, house, cast):
    start = datetime.date(2026, 11, 4)
    DatedRule.objects.create(
        community=house.kuocang,
        key="request_days_noise",
        value=9,
        start=start,
        source="街道通知",
        set_by=cast["director"],
    )
    days = {"P-1": "2026-11-02 09:15", "P-2": "2026-11-04 09:15", "P-3": "2026-11-05 09:15"}
    take(hotline(*(order(number, 来电时间=day, 办理时限=None) for number, day in days.items())))
    assert [request_of(number).clock_days for number in days] == [5, 9, 9]
