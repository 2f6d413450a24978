"""Import of care registers with the headers that other offices use."""

import datetime
from decimal import Decimal

import pytest

from portal.crypto import encrypted_fields
from residents.care.models.elder import Elder
from residents.care.models.low_income import LowIncome
from tests.imports import Pages, run_jobs
from tests.residents.care.entries import resident
from tests.workbooks import resident_id, workbook

pytestmark = pytest.mark.django_db
WANG = resident_id("19400301", "124")


@pytest.fixture
def wang(house):
    return resident(house, "王桂英", datetime.date(1940, 3, 1), number=WANG)


@pytest.fixture
def load(client, cast, wang):
    """Check and apply a list of one row; returns the batch."""
    client.force_login(cast["civil"])

    def run(noun: str, header: list, row: list):
        pages = Pages(client, "kuocang", f"residents:{noun}")
        batch = pages.check(workbook([header, row]))
        client.post(pages.url("import_apply", batch))
        run_jobs()
        return pages.batch()

    return run


def test_an_elder_list_with_social_security_card_and_allowance(load, wang):
    header = ["姓名（老人）", "身份证号码（18位）", "补贴标准", "社保卡号", "健在情况"]
    batch = load("elder", header, ["王桂英", WANG, "200元", "6222020200112233445", "2026-03-01"])
    assert batch.report["counts"]["new"] == 1, batch.report
    elder = Elder.objects.get(person=wang)
    assert (elder.allowance, elder.checked_on) == (Decimal(200), datetime.date(2026, 3, 1))
    assert encrypted_fields.read_secret(elder, "bank_card") == "6222020200112233445"
    assert batch.report["ignored_columns"] == []


def test_a_file_exported_when_the_columns_had_older_names_is_still_read(load, wang):
    header = ["姓名", "身份证号码", "上次健在核实", "下次健在核实"]
    batch = load("elder", header, ["王桂英", WANG, "2026-03-01", "2027-03-01"])
    elder = Elder.objects.get(person=wang)
    assert (elder.checked_on, elder.due) == (datetime.date(2026, 3, 1), datetime.date(2027, 3, 1))
    assert batch.report["ignored_columns"] == []


def test_a_low_income_list_with_a_monthly_total(load, wang):
    header = ["户主姓名", "身份证号", "保障人口数", "月救助金额", "救助起始时间"]
    row = ["王桂英", WANG, 2, "1,280.00", "2025-07-01"]
    batch = load("lowincome", header, row)
    entry = LowIncome.objects.get(applicant=wang)
    assert (entry.covered, entry.amount, entry.start) == (2, Decimal(1280), datetime.date(2025, 7, 1))
    assert any("家庭补差" in warning["message"] for warning in batch.report["sheet_warnings"])
    assert load("lowincome", header, row).report["counts"]["unchanged"] == 1


def test_a_total_does_not_overwrite_known_parts(load, wang):
    header = ["户主姓名", "身份证号", "家庭补差", "残疾人救助"]
    load("lowincome", header, ["王桂英", WANG, 1000, 280])
    totals = ["户主姓名", "身份证号", "月救助金额"]
    assert load("lowincome", totals, ["王桂英", WANG, 1280]).report["counts"]["unchanged"] == 1
    batch = load("lowincome", totals, ["王桂英", WANG, 1300])
    assert (batch.report["counts"]["unchanged"], batch.report["warnings"]) == (1, 3)
    assert LowIncome.objects.get(applicant=wang).family_amount == Decimal(1000)
