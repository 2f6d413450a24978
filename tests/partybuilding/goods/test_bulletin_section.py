"""The bulletin's section on goods: three months side by side, donors as recorded, no recipients, rows behind each number."""

import datetime

import pytest

from community.stock.actions.booking import Head, take_out
from community.stock.models import StockBatch
from partybuilding.goods.actions import DonorRef, GivenGoods, Reception, receive
from partybuilding.goods.bulletin_section import drill_down_rows, sections
from portal.access.user_access import Access

pytestmark = pytest.mark.django_db
MONTH = datetime.date(2026, 3, 1)
Day = datetime.date


@pytest.fixture
def moved(house, cast):
    """Quilts came in this month, last month and last year; two went out to somebody in need."""
    by = cast["party"]

    def give(on, number, estimated=None, **donor):
        goods = [GivenGoods("棉被", "床", number, estimated)]
        receive(
            by_id=by.pk,
            community_id=house.kuocang.pk,
            donor=DonorRef(**donor),
            goods=goods,
            reception=Reception(on),
        )

    give(Day(2025, 3, 31), 4)
    give(Day(2026, 2, 28), 3)
    give(Day(2026, 3, 1), 2, 160, name="李老板")
    give(Day(2026, 3, 31), 1, 80)
    batch = StockBatch.objects.get(item__name="棉被")
    take_out(by=by, batch=batch, quantity=5, head=Head(Day(2026, 3, 9), "困难户钱二", "临时困难"))
    return batch


def test_months_stand_beside_one_another(house, moved):
    (section,) = sections(house.kuocang, MONTH)
    assert section.rows == (("棉被（床）", "3", "5", "3", "0", "4", "0", "240.00"),)
    assert section.sentences == (
        "本月收到捐赠物资2笔：李老板捐赠棉被2床；匿名捐赠棉被1床。",
        "估价由捐赠人提供或接收时估算，只供参考，不是收款，不计入社区收支。",
    )
    assert "钱二" not in str(section)
    assert not list(sections(house.kuocang, Day(2020, 1, 1)))


def test_every_number_has_its_rows(house, cast, moved):
    (section,) = sections(house.kuocang, MONTH)
    assert [(n.label, n.value, n.unit) for n in section.numbers] == [
        ("捐赠物资", 2, "笔"), ("棉被收入", 3, "床"), ("棉被发出", 5, "床"),
    ]  # fmt: skip
    for who, is_linked in (("director", True), ("supervisor", False)):
        access = Access.of(cast[who])
        for number in section.numbers:
            (panel,) = drill_down_rows(access, house.kuocang.ref, MONTH, number.rows)
            assert f"{number.value}{number.unit}" in panel.title
            assert "钱二" not in str(panel.rows)
            assert any(hasattr(cell, "url") for row in panel.rows for cell in row) == is_linked
    for key in ("partybuilding.goods.in-0", "partybuilding.goods.in-x", "partybuilding.goods", "other.in-1"):
        assert not list(drill_down_rows(Access.of(cast["director"]), house.kuocang.ref, MONTH, key))
