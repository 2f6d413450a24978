"""Import of a list of donations: rows of goods go into store, rows of money are named, the undo leaves nothing."""

import datetime
from decimal import Decimal

import pytest

from community.stock.models import StockBatch, StockItem, StockMovement, StockSlip
from partybuilding.goods.models import GoodsDonation
from tests.community.stock.pages import DESK, on_hand, send
from tests.imports import Pages, run_jobs
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db
HEADER = ["日期", "捐赠人", "款/物", "金额", "物品", "数量", "单位", "估价", "用途", "收据号"]
ROWS = (
    ["2025.3.5", "括苍小学", "物", None, "大米", 20, "袋", "￥1,800.00元", "慰问", "0001"],
    ["2025-04-06", "匿名", "物资", None, "雨衣", "30件", None, None, "防汛", None],
    ["2025-05-07", "李老板", "款", 500, None, None, None, None, None, "0002"],
)


@pytest.fixture
def pages(client, cast):
    client.force_login(cast["finance"])
    return Pages(client, "kuocang", "partybuilding:goodsdonation")


def book(*rows) -> bytes:
    return workbook([["括苍社区捐赠台账"], HEADER, *rows])


def test_goods_come_in_and_money_is_named(pages):
    checked = pages.check(book(*ROWS))
    assert "捐款，属于捐款台账，没有在这里导入" in pages.show(checked).content.decode()
    assert "李老板 500元" in pages.show(checked, show="money").content.decode()
    pages.take(book(*ROWS))
    school, nobody = GoodsDonation.objects.exclude(donor_name="热心商户").order_by("received_on")
    assert (school.unit.name, school.goods, school.estimated) == ("括苍小学", "大米20袋", Decimal(1800))
    assert (school.receipt, school.received_on) == ("0001", datetime.date(2025, 3, 5))
    assert (nobody.donor, nobody.goods, nobody.purpose) == ("匿名", "雨衣30件", "防汛")
    for batch_of_goods in StockBatch.objects.all():
        on_hand(batch_of_goods)


def test_a_second_import_finds_everything_there(pages):
    pages.take(book(*ROWS))
    again = pages.check(book(*ROWS))
    assert [row.verdict for row in again.rows.order_by("number")] == ["unchanged", "unchanged"]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (["2099-01-01", "甲", "物", None, "大米", 1, "袋", None, None, None], "日期", "日期晚于今天"),
        (["2025-01", "甲", "物", None, "大米", 1, "袋", None, None, None], "日期", "认不出日期"),
        (["2025-01-02", "甲", None, None, "大米", 1, "袋", None, None, None], "款/物", "没有写明是款还是物"),
        (["2025-01-02", "甲", "物", None, "大米", 1.5, "袋", None, None, None], "数量", "数量请写整数"),
        (["2025-01-02", "甲", "物", None, "大米", "3箱", "袋", None, None, None], "数量", "与单位栏不同"),
        (["2025-01-02", "甲", "物", None, "大米", 3, None, None, None, None], "单位", "没有填写单位"),
        (["2025-01-02", "甲", "物", None, None, 3, "袋", None, None, None], "物品", "没有填写物品"),
        (["2025-01-02", "甲", "物", None, "大米", 3, "袋", "约百元", None, None], "估价", "估价请写数字"),
    ],
)
def test_what_is_wrong_is_said_at_its_cell(pages, row, column, words):
    (staged,) = pages.check(book(row)).rows.all()
    assert staged.verdict == "error"
    assert any(f["column"] == column and words in f["message"] for f in staged.findings), staged.findings


def test_two_rows_of_one_donation_are_shown_side_by_side(pages):
    batch = pages.check(book(ROWS[1], ROWS[1]))
    assert [row.verdict for row in batch.rows.order_by("number")] == ["new", "duplicate"]


def undo(pages, batch):
    answer = pages.client.post(pages.url("import_undo", batch), follow=True)
    run_jobs()
    return answer


def test_the_undo_leaves_nothing_of_it(pages):
    counts = [
        model.objects.count() for model in (GoodsDonation, StockItem, StockBatch, StockSlip, StockMovement)
    ]
    batch = pages.take(book(*ROWS))
    undo(pages, batch)
    batch.refresh_from_db()
    assert batch.state == "undone", batch.report
    assert counts == [
        model.objects.count() for model in (GoodsDonation, StockItem, StockBatch, StockSlip, StockMovement)
    ]
    assert on_hand(StockBatch.objects.get()) == 5


def test_what_was_given_out_since_keeps_the_import(pages, client):
    batch = pages.take(book(*ROWS))
    rain = StockBatch.objects.get(item__name="雨衣")
    facts = {"on": datetime.date(2025, 6, 1).isoformat(), "party": "王五", "purpose": "防汛"}
    send(client, f"{DESK}/stock/out/", batch=rain.pk, quantity=1, **facts)
    undo(pages, batch)
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert on_hand(rain) == 29
    assert GoodsDonation.objects.count() == 3
