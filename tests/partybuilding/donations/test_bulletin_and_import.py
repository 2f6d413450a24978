"""The section of the bulletin, the figure, and lists on paper."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from partybuilding.donations.actions.uses import record_use
from partybuilding.donations.bulletin_section import SECTION, drill_down_rows, sections
from partybuilding.donations.figures import donated_money
from partybuilding.donations.models import Donation, Donor
from portal.access.user_access import Access
from portal.values.months import month_before
from tests.imports import Pages, run_jobs
from tests.partybuilding.donations import gifts
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
MONTH = TODAY.replace(day=1)
HEADER = ["日期", "捐赠人", "款/物", "金额", "物品", "数量", "单位", "估价", "用途", "收据号"]


def section(house):
    return next(sections(house.kuocang, MONTH))


def test_donors_are_named_only_where_they_agreed(house, cast):
    agreed = gifts.donor(house, "钱同意", consent="written", consented_on=TODAY)
    receipt = gifts.booked(house, cast, gifts.donation(house, "300", by=agreed), on=MONTH)
    gifts.booked(house, cast, gifts.donation(house, "200", by=gifts.donor(house, "孙不肯")), on=MONTH)
    before = month_before(MONTH)
    gifts.booked(house, cast, gifts.donation(house, "50"), on=before)
    gifts.receive(house, cast, gifts.donation(house, "999"))
    record_use(receipt=receipt, entry=gifts.expense(house, cast, "80"), amount=Decimal(80), words="学习用品")
    found = section(house)
    assert found.rows == (
        ("收到捐款（元）", "500.00", "50.00", "0.00"),
        ("使用捐款（元）", "80.00", "0.00", "0.00"),
    )
    text = "".join(found.sentences)
    assert "钱同意300.00元、匿名1笔200.00元" in text
    assert "到本月底捐款结余470.00元" in text
    assert "孙不肯" not in text
    assert [number.value for number in found.numbers] == ["500.00", "80.00", "470.00"]


def test_rows_behind_the_numbers_name_donors_to_those_who_keep_them(house, cast):
    gifts.booked(house, cast, gifts.donation(house, "200", by=gifts.donor(house, "孙不肯")), on=MONTH)

    def names(who: str, key: str) -> set:
        panel = next(drill_down_rows(Access.of(cast[who]), house.kuocang.ref, MONTH, f"{SECTION}.{key}"))
        return {row[2] for row in panel.rows}

    for key in ("received", "left"):
        assert names("party", key) == {"孙不肯"}
        assert names("supervisor", key) == {"匿名"}


def test_the_figure_counts_history_and_what_is_booked(house, cast):
    assert donated_money(house.kuocang) == 0
    gifts.donation(house, "1000", is_earlier=True)
    gifts.booked(house, cast, gifts.donation(house, "500"), "300")
    gifts.receive(house, cast, gifts.donation(house, "50"))
    assert donated_money(house.kuocang) == 1300


@pytest.fixture
def pages(client, cast):
    client.force_login(cast["party"])
    return Pages(client, "kuocang", "partybuilding:donation")


def row(*cells):
    return [*cells, *[None] * (len(HEADER) - len(cells))]


def load(pages, *rows):
    batch = pages.check(workbook([HEADER, *rows]))
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    return pages.batch()


def test_a_list_on_paper_becomes_history_and_promises(pages, house):
    old = datetime.date(TODAY.year - 4, 3, 5)
    lines = [
        [old, "括苍小学", "款", 2000, None, None, None, None, "助学", "No.017"],
        [old, "李新人", "款", "￥500元", None, None, None, None, "", ""],
        [old, "周新人", "款", 500, None, None, None, None, "", ""],
        [old, "李新人", "物", None, "大米", 20, "袋", 1600, "慰问", ""],
        [TODAY, "李新人", "款", 100, None, None, None, None, "敬老", ""],
    ]
    batch = load(pages, *lines)
    assert batch.report["applied"]["new"] == 4
    gifts_there = Donation.objects.of(house.kuocang)
    assert gifts_there.filter(is_earlier=True).count() == 3
    assert gifts_there.get(amount=2000).old_receipt == "No.017"
    assert gifts_there.get(amount=2000).donor.unit.name == "括苍小学"
    assert Donor.objects.filter(name="李新人").count() == 1
    promised = gifts_there.get(amount=100)
    assert (promised.is_earlier, promised.receipts.count()) == (False, 0)
    assert donated_money(house.kuocang) == 3000
    again = pages.check(workbook([HEADER, *lines])).report["counts"]
    assert (again["unchanged"], again["new"]) == (4, 0)


def test_goods_are_named_and_not_dropped_without_a_word(pages, house):
    old = datetime.date(TODAY.year - 4, 3, 5)
    batch = pages.check(
        workbook(
            [
                HEADER,
                [old, "李新人", "物", None, "大米", 20, "袋", 1600, "慰问", ""],
                [old, "李新人", "款", 5],
            ]
        )
    )
    assert "捐物" in pages.show(batch).content.decode()


def test_export_comes_back_unchanged(pages, house, cast):
    donor = gifts.donor(house)
    gifts.booked(house, cast, gifts.donation(house, by=donor, purpose="助学"))
    gifts.donation(house, "20", by=donor, is_earlier=True, on=datetime.date(2020, 1, 1), old_receipt="7")
    content = pages.client.post("/c/kuocang/donations/export/").content
    batch = pages.check(content)
    counts = batch.report["counts"]
    findings = [staged.findings for staged in batch.rows.all()]
    assert counts["unchanged"] == counts["rows"] == 2, (counts, findings)
