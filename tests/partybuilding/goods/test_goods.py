"""Donations of goods: reception into store, reversal, estimated value, pages of unit and person, figures."""

from decimal import Decimal

import pytest
from django.utils import timezone

from community.figures.visible_figures import figures_for
from community.people.models import Person
from community.stock.models import StockBatch, StockItem, StockSlip
from community.units.models import Unit
from partybuilding.goods.figures import donated_value, largest_donor_value
from partybuilding.goods.models import GoodsDonation
from portal.access.user_access import Access
from portal.hooks.registry import Hook, call_hooks
from residents.merging.actions.merge import merge_people
from residents.merging.preview import KEPT, merge_preview
from tests.community.stock.pages import DESK, errors_of, on_hand, send

pytestmark = pytest.mark.django_db
RECEIVE = f"{DESK}/goods-donations/receive/"


def today() -> str:
    return timezone.localdate().isoformat()


@pytest.fixture
def desk(client, cast):
    client.force_login(cast["party"])
    return client


def receive(client, *goods, **data):
    """Goods are (name, unit, number, estimated value)."""
    fields = {"on": today(), "receiver": "王五", "store": "社区仓库"}
    for number, parts in enumerate(goods):
        for name, value in zip(("name", "measure", "quantity", "estimated"), parts, strict=True):
            fields[f"{name}-{number}"] = value
    return send(client, RECEIVE, **fields | data)


def test_goods_of_one_donor_come_in_on_one_slip(desk, house):
    unit = Unit.objects.get()
    receive(desk, ("大米", "袋", 10, "1000"), ("棉被", "床", 2, ""), unit=unit.pk, purpose="慰问")
    rice, quilt = GoodsDonation.objects.filter(unit=unit).order_by("pk")
    assert rice.movement.slip == quilt.movement.slip
    assert (rice.goods, rice.estimated, quilt.estimated) == ("大米10袋", Decimal(1000), None)
    assert on_hand(rice.movement.batch) == 15  # joined the batch that was there
    assert StockItem.objects.count() == 2
    assert rice.movement.slip.party == "括苍小学"
    panel = desk.get(f"{DESK}/units/{unit.uuid}/").content.decode()
    assert "捐赠物资" in panel
    assert "棉被2床" in panel
    paper = desk.get(f"{DESK}/goods-donations/{rice.uuid}/print/")
    assert paper.content.startswith(b"%PDF")


def test_a_donor_is_named_once_or_nobody(desk, house):
    goods = ("雨衣", "件", 5, "")
    assert errors_of(receive(desk, goods))["unit"] == ["请填写捐赠人；不具名的勾选匿名捐赠。"]
    both = errors_of(receive(desk, goods, donor_name="李老板", anonymous="on"))
    assert both == {"anonymous": ["捐赠人只能填写一项。"]}
    assert errors_of(receive(desk, ("雨衣", "", "", ""), anonymous="on")) == {
        "measure-0": ["请填写计量单位。"],
        "quantity-0": ["请填写数量。"],
    }
    assert "name-0" in errors_of(receive(desk, anonymous="on"))
    page = receive(desk, goods, anonymous="on")
    assert "匿名捐赠雨衣5件" in page.content.decode()


def test_a_reversal_takes_the_goods_out_again_and_stays_listed(desk, house):
    receive(desk, ("雨衣", "件", 5, "500"), anonymous="on")
    donation = GoodsDonation.objects.latest("pk")
    url = f"{DESK}/goods-donations/{donation.uuid}/reverse/"
    assert "reason" in errors_of(send(desk, url, on=today()))
    send(desk, url, on=today(), reason="数量登记错误")
    donation.refresh_from_db()
    assert donation.reversed_because == "数量登记错误"
    assert on_hand(donation.movement.batch) == 0
    assert send(desk, url, on=today(), reason="再来").status_code == 422
    assert donated_value(house.kuocang) == 600
    assert "已冲销" in desk.get(f"{DESK}/goods-donations/").content.decode()
    assert desk.get(f"{DESK}/goods-donations/{donation.uuid}/print/").status_code == 404


def test_what_was_given_out_is_not_reversed(desk, house):
    donation = GoodsDonation.objects.get()
    page = send(desk, f"{DESK}/goods-donations/{donation.uuid}/reverse/", on=today(), reason="登记错误")
    assert "大米（袋）库存5袋，不够6袋" in page.content.decode()
    donation.refresh_from_db()
    assert donation.reversed_on is None
    assert on_hand(StockBatch.objects.get()) == 5
    assert StockSlip.objects.count() == 2


def test_the_largest_donor_is_the_sum_of_one(desk, house):
    for value in ("400", "300"):
        receive(desk, ("雨衣", "件", 5, value), unit=Unit.objects.get().pk)
        receive(desk, ("雨衣", "件", 5, value), anonymous="on")
    assert donated_value(house.kuocang) == 2000
    assert largest_donor_value(house.kuocang) == 700
    GoodsDonation.objects.all().update(reversed_on=timezone.localdate(), reversed_because="x")
    assert (donated_value(house.kuocang), largest_donor_value(house.kuocang)) == (0, 0)


def test_figures_are_seen_by_whoever_may_open_the_list(house, cast):
    for who, is_linked in (("party", True), ("staff", False)):
        figures = {f.key: f for f in figures_for(Access.of(cast[who]), house.kuocang.ref, 2026)}
        assert bool(figures["donated_goods_value"].url) == is_linked, who


def test_an_estimate_is_changed_on_its_own_page(desk, house):
    donation = GoodsDonation.objects.get()
    send(desk, f"{DESK}/goods-donations/{donation.uuid}/estimate/", estimated="650.50")
    donation.refresh_from_db()
    assert donation.estimated == Decimal("650.50")


def test_the_page_of_a_person_names_what_they_gave_and_merging_carries_it(desk, house, cast):
    giver = Person.objects.create(community=house.kuocang, name="周丁", place_label="3幢1单元101室")
    receive(desk, ("雨衣", "件", 5, ""), person="周丁")
    (entry,) = call_hooks(Hook.TIMELINE, giver, Access.of(cast["party"]), house.kuocang.ref)
    assert (entry.kind, entry.title) == ("捐物", "捐赠雨衣5件")
    assert not list(call_hooks(Hook.TIMELINE, giver, Access.of(cast["staff"]), house.kuocang.ref))
    preview = merge_preview(house.person, giver)
    merge_people(
        by=cast["staff"],
        kept=house.person,
        removed=giver,
        seen_fingerprint=preview.fingerprint,
        sides_by_value={value.key: KEPT for value in preview.values},
        sides_by_conflict={},
    )
    assert GoodsDonation.objects.latest("pk").person == house.person
