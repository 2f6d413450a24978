"""Goods in store: in, out, reversal, stocktake, and what is due."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from community.dated_rules.models import DatedRule
from community.stock.models import StockBatch, StockItem, StockSlip, Stocktake
from portal.access.db_scope import APP, scope
from portal.access.user_access import Access
from portal.attachments.models import Attachment
from portal.hooks.registry import Hook, call_hooks
from tests.community.stock.pages import DESK, errors_of, on_hand, send

pytestmark = pytest.mark.django_db

TINY = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def today() -> str:
    return timezone.localdate().isoformat()


@pytest.fixture
def rice(house) -> StockBatch:
    """Five bags of rice."""
    return StockBatch.objects.get(item__name="大米")


@pytest.fixture
def desk(client, cast):
    client.force_login(cast["finance"])
    return client


def take(client, batch, number, **data):
    facts = {"on": today(), "party": "王五", "purpose": "临时困难"}
    return send(client, f"{DESK}/stock/out/", batch=batch.pk, quantity=number, **facts | data)


def test_goods_come_in_and_join_the_batch_with_the_same_marks(desk, rice):
    item = {"item": rice.item_id, "on": today(), "party": "街道下拨"}
    page = send(desk, f"{DESK}/stock/in/", quantity=10, store="社区仓库", **item)
    assert "大米10袋入库" in page.content.decode()
    assert on_hand(rice) == 15
    send(desk, f"{DESK}/stock/in/", quantity=3, store="社区仓库", expires_on="2099-01-31", **item)
    other = StockBatch.objects.exclude(pk=rice.pk).get()
    assert (on_hand(rice), on_hand(other)) == (15, 3)
    numbers = list(StockSlip.objects.order_by("serial").values_list("serial", flat=True))
    assert numbers == [1, 2, 3, 4]


def test_more_than_there_is_does_not_go_out(desk, rice):
    assert errors_of(take(desk, rice, 6))["quantity"] == [
        "大米（袋）库存5袋，不够6袋，请核对数量或换一个批次。"
    ]
    assert on_hand(rice) == 5
    page = take(desk, rice, 5, signature=TINY)
    assert on_hand(rice) == 0
    slip = StockSlip.objects.latest("pk")
    assert (slip.kind, slip.party, slip.by.username) == ("out", "王五", "finance")
    assert Attachment.objects.get(subject="community.StockSlip", row_id=slip.pk).name == "领用人签名.png"
    assert "大米5袋出库" in page.content.decode()


@pytest.mark.parametrize("drawing", ["签名", "data:image/png;base64,xx", "data:image/png;base64,aGFsbG8="])
def test_what_is_no_drawing_is_refused(desk, rice, drawing):
    assert errors_of(take(desk, rice, 1, signature=drawing)) == {
        "signature": ["签名没有保存好，请重签一次。"]
    }
    assert on_hand(rice) == 5


def test_a_form_sent_twice_takes_once(desk, rice):
    for _ in range(2):
        take(desk, rice, 2, token="7a4f1d1c-8f5c-4d8b-9d53-0c51f0e2c111")
    assert on_hand(rice) == 3


def test_a_slip_is_reversed_once_and_stays(desk, rice):
    take(desk, rice, 2)
    slip = StockSlip.objects.latest("pk")
    url = f"{DESK}/stock-slips/{slip.uuid}/reverse/"
    assert "reason" in errors_of(send(desk, url, on=today()))
    send(desk, url, on=today(), reason="登记错了数量")
    assert on_hand(rice) == 5
    reversal = StockSlip.objects.latest("pk")
    assert (reversal.kind, reversal.purpose) == ("out", f"冲销{slip.number}：登记错了数量")
    again = send(desk, url, on=today(), reason="再来一次")
    assert again.status_code == 422
    of_reversal = send(desk, f"{DESK}/stock-slips/{reversal.uuid}/reverse/", on=today(), reason="反悔")
    assert of_reversal.status_code == 422
    assert on_hand(rice) == 5
    words = desk.get(f"{DESK}/stock-slips/").content.decode()
    assert "已冲销" in words
    assert "冲销单" in words


def test_slips_of_other_features_are_reversed_there(desk, house):
    for slip in StockSlip.objects.all():
        page = send(desk, f"{DESK}/stock-slips/{slip.uuid}/reverse/", on=today(), reason="试试")
        assert page.status_code == 422
    assert StockSlip.objects.count() == 2


def test_slips_are_only_added_to(house, cast):
    ids = [house.kuocang.id]
    with scope(APP, communities=ids, write=ids, user_id=cast["director"].pk), connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('community_stockmovement', 'UPDATE'),"
            " has_table_privilege('community_stockmovement', 'DELETE'),"
            " has_table_privilege('community_stockslip', 'UPDATE'),"
            " has_table_privilege('community_stockslip', 'INSERT')"
        )
        assert cursor.fetchone() == (False, False, False, True)


def counted(batch, number, explanation="", booked=5) -> dict:
    return {
        f"counted-{batch.uuid}": number,
        f"explanation-{batch.uuid}": explanation,
        f"booked-{batch.uuid}": booked,
    }


def test_a_difference_is_explained_and_adjusts_the_stock(desk, rice):
    url, facts = f"{DESK}/stocktakes/record/", {"on": today(), "counters": "张三、李四"}
    assert errors_of(send(desk, url, **facts, **counted(rice, 4))) == {
        f"explanation-{rice.uuid}": ["与账面数不同，请写明原因。"]
    }
    assert "__all__" in errors_of(send(desk, url, **facts, **counted(rice, "")))
    send(desk, url, **facts, **counted(rice, 4, "受潮1袋，已报损"))
    assert on_hand(rice) == 4
    stocktake = Stocktake.objects.latest("pk")
    (line,) = stocktake.lines.all()
    assert (line.booked, line.counted, line.explanation) == (5, 4, "受潮1袋，已报损")
    assert stocktake.slip.kind == "count"


def test_a_count_of_what_moved_meanwhile_is_refused(desk, rice):
    take(desk, rice, 1)
    url, facts = f"{DESK}/stocktakes/record/", {"on": today(), "counters": "张三"}
    page = send(desk, url, **facts, **counted(rice, 5, booked=5))
    assert "账面数由5变为4" in errors_of(page)[f"counted-{rice.uuid}"][0]
    assert on_hand(rice) == 4
    assert Stocktake.objects.count() == 1


def due(cast, house, who="finance") -> dict[str, str]:
    access = Access.of(cast[who])
    found = call_hooks(Hook.DUE, access, [house.kuocang.ref], timezone.localdate())
    return {item.title: item.url for item in found if "stock" in item.url or "issue" in item.url}


def test_what_expires_and_what_was_not_counted_is_due(house, cast, rice):
    assert due(cast, house) == {}
    day = timezone.localdate()
    rice.expires_on = day + datetime.timedelta(60)
    rice.save()
    assert list(due(cast, house)) == ["快到期物资 1批，应先发放"]
    assert due(cast, house, "staff") == {}
    DatedRule.objects.create(
        community=house.kuocang,
        key="stock_expiry_notice_days",
        start=day,
        value=59,
        source="本社区规定",
        set_by=cast["director"],
    )
    assert due(cast, house) == {}
    rice.expires_on = day - datetime.timedelta(1)
    rice.save()
    assert list(due(cast, house)) == ["过期物资 1批，应清理"]
    Stocktake.objects.update(on=day - datetime.timedelta(366))
    assert list(due(cast, house)) == ["过期物资 1批，应清理", "物资应盘点"]


def test_marks_of_a_batch_are_corrected(desk, rice):
    url = f"{DESK}/stock/{rice.uuid}/marks/"
    send(desk, url, number="A7", expires_on="2099-01-31", store="二楼储物间", version=rice.version)
    rice.refresh_from_db()
    assert (rice.number, rice.store, rice.on_hand) == ("A7", "二楼储物间", 5)


def test_lists_and_papers_open(desk, house, rice):
    item, slip = StockItem.objects.get(), StockSlip.objects.first()
    for url in (
        f"{DESK}/stock/?state=in_stock",
        f"{DESK}/stock/{rice.uuid}/",
        f"{DESK}/stock-items/{item.uuid}/",
        f"{DESK}/stock-slips/?q=大米&item={item.pk}",
        f"{DESK}/stock-slips/{slip.uuid}/",
    ):
        assert "大米" in desk.get(url).content.decode(), url
    paper = desk.get(f"{DESK}/stock-slips/{slip.uuid}/print/")
    assert paper.content.startswith(b"%PDF")
