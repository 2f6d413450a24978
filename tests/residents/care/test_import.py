"""Import of care registers with the headers that committees use: 低保, 残疾人, 高龄."""

import datetime

import pytest

from community.people.models import Person
from portal.crypto import encrypted_fields
from residents.care.models.disability import Disability
from residents.care.models.elder import Elder
from residents.care.models.low_income import LowIncome
from residents.care.queries import household_of_person
from tests.imports import Pages, run_jobs
from tests.residents.care.entries import resident
from tests.workbooks import resident_id, workbook

pytestmark = pytest.mark.django_db
WANG, LI = resident_id("19400301", "124"), resident_id("19450815", "133")
UPPER = [
    "序号",
    "户主姓名",
    "身份证号码",
    "低保证号",
    "保障人数",
    None,
    None,
    "领取金额",
    None,
    None,
    None,
    None,
]
LOWER = [
    *[None] * 4, "小计", "重点保障人数", "残疾人数", "小计", "家庭补差", "重点救助60元", "重点救助100元", "残疾人救助",
]  # fmt: skip
LOW_INCOME = [[*UPPER, "领款人签字(章)", "领款时间"], [*LOWER, None, None]]
MERGES = [*[(1, column, 2, column) for column in (1, 2, 3, 4, 13, 14)], (1, 5, 1, 7), (1, 8, 1, 12)]
DISABLED = ["姓名", "性别", "身份证", "残疾证号", "残疾类别", "等级", "监护人", "电话", "住址", "两项补贴"]
ELDERLY = ["姓名", "出生日期", "年龄", "身份证", "津贴标准", "银行卡号", "健在核实"]


@pytest.fixture
def people(house):
    wang = resident(house, "王桂英", datetime.date(1940, 3, 1), number=WANG)
    return wang, resident(house, "李建国", datetime.date(1945, 8, 15), sex="M", number=LI)


@pytest.fixture
def pages(client, cast):
    """The import pages of a register, with a check that returns its messages."""
    client.force_login(cast["civil"])

    def of(noun: str) -> Pages:
        return Pages(client, "kuocang", f"residents:{noun}")

    return of


def _apply(pages, batch) -> dict:
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    return pages.batch().report["applied"]


def _messages(pages, batch) -> str:
    return "".join(pages.show(batch, show=show).content.decode() for show in ("error", "warnings"))


def test_low_income_with_two_levels_of_header(pages, house, people):
    wang, li = people
    rows = [
        [1, "王桂英", WANG, "3311020001", 2, 1, 1, 1280, 1000, 60, 100, 120, None, None],
        [2, "李建国", LI, "3311020002", 1, 0, 0, 900, 800, 0, 0, 0, None, None],
        [3, "赵六", float(10**17), None, 1, 0, 0, 500, 500, 0, 0, 0, None, None],
        [4, "钱七", resident_id("19500101", "121"), None, 1, 0, 0, 500, 500, 0, 0, 0, None, None],
    ]
    imports = pages("lowincome")
    file = workbook([*LOW_INCOME, *rows], merges=MERGES)
    assert imports.upload(file, "括苍社区农村低保台账.xlsx").status_code == 302
    batch = imports.batch()
    assert batch.mapping["choice"] == "rural"
    imports.client.post(imports.url("import_mapping", batch), imports.mapping(batch))
    run_jobs()
    batch = imports.batch()
    assert (batch.report["counts"]["new"], batch.report["counts"]["error"]) == (2, 2)
    messages = _messages(imports, batch)
    for sentence in ("末尾几位已丢失", "居民台账中没有这个证件号码的人", "小计与各项之和 800 不符"):
        assert sentence in messages
    assert _apply(imports, batch) == {"new": 2, "changed": 0, "conflicts": []}
    entry = LowIncome.objects.get(applicant=wang)
    assert (entry.household, entry.area, entry.covered, entry.amount) == (
        household_of_person(wang),
        "rural",
        2,
        1280,
    )
    assert (entry.family_amount, entry.key_100, entry.disabled_people) == (1000, 100, 1)
    assert not Person.objects.filter(name__in=["赵六", "钱七"]).exists()
    # The same list a month later updates only changed values; the batch can be undone.
    rows[1][8] = rows[1][7] = 900
    batch = imports.check(workbook([*LOW_INCOME, *rows[:2]], merges=MERGES), choice="rural")
    assert (batch.report["counts"]["changed"], batch.report["counts"]["unchanged"]) == (1, 1)
    assert "<ins>900" in imports.show(batch, show="changed").content.decode()
    _apply(imports, batch)
    imports.client.post(imports.url("import_undo", imports.batch()))
    run_jobs()
    assert LowIncome.objects.get(applicant=li).family_amount == 800


@pytest.mark.usefixtures("people")
def test_disabled_people_by_certificate(pages):
    rows = [
        ["王桂英", "女", WANG, f"{WANG}42", "肢体", "二级", "", "13800000001", "", "护理补贴"],
        ["李建国", "男", None, f"{LI}13", None, None, "李小明", None, "", "两项"],
        ["张三", "男", None, None, "听力残疾", "3", None, None, "3-1-101", "无"],
        ["王桂英", "女", WANG, f"{LI}42", "肢体", "二级", None, None, None, None],
        ["李建国", "男", LI, f"{LI}13", "肢体", "三级", None, None, None, None],
        ["张三", "男", None, None, "听力残疾", "3", None, None, None, None],
    ]
    imports = pages("disability")
    batch = imports.check(workbook([DISABLED, *rows]))
    assert (batch.report["counts"]["new"], batch.report["counts"]["error"]) == (3, 3)
    messages = _messages(imports, batch)
    for sentence in ("与此人的身份证号码不符", "第 19 位表示视力残疾", "又没有出生日期或住处"):
        assert sentence in messages
    assert WANG not in messages
    assert _apply(imports, batch)["new"] == 3
    entries_by_name = {entry.person.name: entry for entry in Disability.objects.filter(end=None)}
    first, second = entries_by_name["王桂英"], entries_by_name["李建国"]
    assert (first.kind, first.grade, first.living_subsidy, first.nursing_subsidy) == ("4", "2", False, True)
    assert (second.kind, second.grade, second.living_subsidy) == ("1", "3", True)
    assert encrypted_fields.read_secret(second, "certificate") == f"{LI}13"
    assert entries_by_name["张三"].certificate_mask == ""
    imports.client.post(imports.url("import_undo", imports.batch()))
    run_jobs()
    assert not Disability.objects.filter(end=None).exists()


def test_elders_with_card_and_check(pages, house, people, today):
    wang, li = people
    Elder.objects.create(community=house.kuocang, person=li, allowance=60)
    rows = [
        ["王桂英", "1940.3", 86, WANG, 120, "6217990000000000001", "健在"],
        ["李建国", "1945-08-15", 80, None, "120元", None, datetime.date(2026, 2, 3)],
        ["张三", "1970-03-01", 56, None, 60, 6.21799e18, ""],
    ]
    imports = pages("elder")
    batch = imports.check(workbook([ELDERLY, *rows]))
    counts = batch.report["counts"]
    assert (counts["new"], counts["changed"], counts["error"]) == (1, 1, 1)
    messages = _messages(imports, batch)
    assert "没有写认证日期，按导入当天登记" in messages
    assert "此人不满60周岁" in messages
    assert "末尾几位已丢失" in messages
    _apply(imports, batch)
    entry = Elder.objects.get(person=wang)
    assert (entry.allowance, entry.checked_on) == (120, today)
    assert encrypted_fields.read_secret(entry, "bank_card") == "6217990000000000001"
    changed = Elder.objects.get(person=li)
    assert (changed.allowance, changed.checked_on) == (120, datetime.date(2026, 2, 3))


def test_ambiguous_people_are_refused(pages, house, people):
    resident(house, "王桂英", datetime.date(1940, 9, 1))
    rows = [
        ["王桂英", "1940", None, None, 60, None, None],
        ["李建", "1945-08-15", None, LI, 60, None, None],
        ["李建国", "1946", None, None, 60, None, None],
        ["王桂英", "1940-09", None, None, 60, None, None],
    ]
    imports = pages("elder")
    batch = imports.check(workbook([ELDERLY, *rows]))
    assert (batch.report["counts"]["new"], batch.report["counts"]["error"]) == (1, 3)
    messages = _messages(imports, batch)
    for sentence in ("有2位王桂英都符合", "台账中这个号码是李建国", "出生日期与这一行不符"):
        assert sentence in messages
