"""Imports of the roll and of a book of dues, with the headers and the dirt of real files."""

import datetime
from decimal import Decimal

import pytest

from community.people.models import Person
from partybuilding.members.models import DuesMonth, DuesPayment, DuesYear, Member
from portal.importing.models import ImportBatch
from tests.imports import Pages, run_jobs
from tests.partybuilding.members.conftest import make_member, make_person
from tests.workbooks import resident_id, workbook

pytestmark = pytest.mark.django_db
Day = datetime.date
ROLL = (
    "序号 姓名 性别 民族 出生年月 身份证号 学历 籍贯 入党时间 转正时间 所在支部 党内职务 工作单位 居住地址 联系电话 党费标准 组织关系状态"
    " 流动去向 是否在职报到 认领岗位 备注"
).split()
DUES = ["姓名", "所在支部", "月收入基数", "比例", "月应缴", *(f"{month}月" for month in range(1, 13)), "合计"]


def row(name: str, **cells) -> list:
    values = {"姓名": name, "所在支部": "第一党支部"} | cells
    return [values.get(header) for header in ROLL]


@pytest.fixture
def roll(client, cast):
    client.force_login(cast["party"])
    return Pages(client, "kuocang", "partybuilding:member")


@pytest.fixture
def book(client, cast):
    client.force_login(cast["party"])
    return Pages(client, "kuocang", "partybuilding:duesyear")


def check(pages, *rows, header=ROLL, **changes) -> ImportBatch:
    return pages.check(workbook([["括苍社区党员花名册"], header, *rows]), **changes)


def apply(pages, batch) -> dict:
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    return pages.batch().report


def findings(batch) -> dict[str, list[str]]:
    """Column → messages of all rows."""
    found: dict[str, list[str]] = {}
    for staged in batch.rows.order_by("number"):
        for finding in staged.findings:
            found.setdefault(finding["column"], []).append(finding["message"])
    return found


def test_the_whole_header_is_recognised(roll):
    batch = check(roll, row("吴新来", 身份证号=resident_id("19700305")))
    mapped = batch.mapping["layouts"][0]["fields"]
    assert len(mapped) == len(ROLL) - 1  # all but 序号


def test_who_is_unknown_becomes_a_person_without_residence(roll, house):
    number = resident_id("19700305")
    batch = check(
        roll,
        row(
            "吴 新来", 性别="男", 民族="畲", 身份证号=number, 学历="大专", 籍贯="浙江丽水", 入党时间=Day(1995, 7, 1), 转正时间=Day(1996, 7, 1),
            工作单位="市公交公司", 联系电话=13805780001.0, 党费标准="￥12.50元", 组织关系状态="正常", 备注="老支委",
        ),
    )  # fmt: skip
    assert "吴新来" in roll.show(batch).content.decode()
    assert number not in roll.show(batch).content.decode()
    report = apply(roll, batch)
    assert report["applied"] == {"new": 1, "changed": 0, "conflicts": []}
    member = Member.objects.get(community=house.kuocang, person__name="吴新来")
    person = member.person
    assert person.read_id() == number
    assert (person.sex, person.birth_date, person.ethnic, person.education) == (
        "M", Day(1970, 3, 5), "畲族", "30",
    )  # fmt: skip
    assert (person.phone, person.workplace, person.place_label) == ("13805780001", "市公交公司", "")
    assert (member.branch, member.stage, member.relation) == (house.branch, "full", "on_roll")
    assert (member.dues_standard, member.native_place, member.note) == (
        Decimal("12.50"),
        "浙江丽水",
        "老支委",
    )
    assert person.residences.count() == 0


def test_undo_takes_new_people_back(roll, house):
    batch = check(roll, row("吴新来", 身份证号=resident_id("19700305")))
    apply(roll, batch)
    roll.client.post(roll.url("import_undo", batch))
    run_jobs()
    assert not Member.objects.filter(person__name="吴新来").exists()
    assert not Person.objects.filter(name="吴新来").exists()


def test_people_are_matched_by_number_else_by_name_and_birth(roll, house):
    known = make_person(house.kuocang, "林认得", birth_date=Day(1970, 3, 5))
    other = make_person(house.kuocang, "郑生日", birth_date=Day(1966, 2, 1))
    batch = check(
        roll,
        row("林认得", 身份证号=resident_id("19700305")),
        row("郑生日", 出生年月="1966.2"),
    )
    assert apply(roll, batch)["applied"]["new"] == 2
    assert Member.objects.get(person=known).branch == house.branch
    assert Member.objects.filter(person=other).exists()
    assert "按姓名和出生日期认定是同一人" in findings(batch)["姓名"][0]


def test_nothing_is_dropped_silently(roll, house):
    batch = check(
        roll,
        row("甲一", 出生年月="1970-01-01", 党内职务="书记", 认领岗位="垃圾桶看护"),
        row("乙二", 出生年月="1970-01-01", 组织关系状态="已转出"),
        row("丙三", 出生年月="1970-01-01", 所在支部="第九党支部"),
        row("丁四"),
        row("戊五", 身份证号=110101197003051234.0),
        row("己六", 出生年月="1970-01-01", 学历="私塾", 入党时间="1999.7"),
        row("庚七", 出生年月="1970-01-01", 所在支部="括苍社区居民委员会"),
        row("合计", 所在支部=None),
    )
    found = findings(batch)
    assert found["党内职务"] == ["这一栏不导入，请在组织网络中登记任职"]
    assert found["认领岗位"] == ["这一栏不导入，请在党员岗位中登记认领"]
    assert "已转出、去世的不导入" in found["组织关系状态"][0]
    assert found["所在支部"] == ["没有找到这个党支部或党小组，请核对，或先在组织网络中登记"] * 2
    assert "请补填其中一项" in found["姓名"][0]
    assert "丢失" in found["身份证号"][0]
    assert found["学历"] == ["认不出这个学历，没有登记"]
    assert found["入党时间"] == ["没有写到日，按1999-07-01登记，请核对"]
    counts = batch.report["counts"]
    assert (counts["rows"], counts["new"], counts["error"]) == (7, 2, 5)


def test_relation_state_and_stage(roll, house):
    recent = Day.today() - datetime.timedelta(days=100)
    batch = check(
        roll,
        row("甲一", 出生年月="1970-01-01", 是否在职报到="是"),
        row("乙二", 出生年月="1970-01-02", 组织关系状态="流动", 流动去向="杭州"),
        row("丙三", 出生年月="1970-01-03", 组织关系状态="失联"),
        row("丁四", 出生年月="1990-01-03", 入党时间=recent),
        row("戊五", 出生年月="1970-01-05", 组织关系状态="流入"),
    )
    apply(roll, batch)
    members = {
        m.person.name: m for m in Member.objects.filter(community=house.kuocang).select_related("person")
    }
    assert (members["甲一"].relation, members["甲一"].dues_from) == ("reporting", None)
    assert (members["乙二"].state, members["乙二"].where) == ("mobile_out", "杭州")
    assert (members["丙三"].state, members["丙三"].lost_since is not None) == ("lost", True)
    assert (members["丁四"].stage, members["丁四"].dues_from is not None) == ("probationary", True)
    assert members["戊五"].relation == "mobile_in"


def test_existing_members_are_not_moved_or_promoted(roll, house):
    member = make_member(
        house.kuocang, "林一平", house.branch, stage="activist", joined_on=None, full_on=None
    )
    batch = check(roll, row("林一平", 出生年月="1980-05-01", 所在支部="第二党支部", 备注="新备注"))
    assert "换支部请办理组织关系转接" in findings(batch)["所在支部"][0]
    assert apply(roll, batch)["applied"]["changed"] == 1
    member.refresh_from_db()
    assert (member.branch, member.stage, member.note) == (house.branch, "activist", "新备注")


def test_the_same_newcomer_twice_is_a_duplicate(roll):
    number = resident_id("19700305")
    batch = check(roll, row("吴新来", 身份证号=number), row("吴新来", 身份证号=number, 备注="又一行"))
    assert batch.report["counts"]["duplicate"] == 1
    assert apply(roll, batch)["applied"]["new"] == 1
    assert Person.objects.filter(name="吴新来").count() == 1


def test_secretaries_import_nothing(client, cast):
    client.force_login(cast["branch"])
    assert client.get("/c/kuocang/members/import/").status_code == 403
    assert client.get("/c/kuocang/dues/import/").status_code == 403


# Dues


def line(name: str, *, branch="第一党支部", base=None, rate=None, monthly=None, paid=(), total=None) -> list:
    return [name, branch, base, rate, monthly, *paid, *([None] * (12 - len(paid))), total]


@pytest.fixture
def payer(house):
    return make_member(house.kuocang, "林一平", house.branch, dues_from=Day(2026, 1, 1))


def test_a_book_of_dues(book, payer):
    batch = check(
        book,
        line("林一平", base=3000, rate="0.5%", monthly=15, paid=(15, "15元", 15), total=45),
        header=DUES,
        choice="2026",
    )
    assert findings(batch) == {}
    assert apply(book, batch)["applied"] == {"new": 1, "changed": 0, "conflicts": []}
    year = DuesYear.objects.get(member=payer, year=2026)
    assert (year.base, year.rate, year.monthly) == (3000, 5, 15)
    payment = DuesPayment.objects.get(member=payer)
    assert (payment.amount, payment.period, payment.number) == (45, "2026年1月至3月", "")
    assert DuesMonth.objects.filter(payment=payment).count() == 3


def test_months_that_are_paid_stay_and_new_ones_are_added(book, payer):
    first = line("林一平", monthly=10, paid=(10, 10))
    apply(book, check(book, first, header=DUES, choice="2026"))
    batch = check(book, first, header=DUES, choice="2026")
    assert batch.report["counts"]["unchanged"] == 1
    batch = check(book, line("林一平", monthly=10, paid=(12, 10, 10)), header=DUES, choice="2026")
    assert "这个月已缴10.00元（台账导入），没有改动" in findings(batch)["1月"][0]
    assert apply(book, batch)["applied"]["changed"] == 1
    assert DuesMonth.objects.filter(member=payer).count() == 3


def test_what_does_not_add_up_is_said(book, payer, house):
    make_member(house.kuocang, "林一平", house.branch2)
    batch = check(
        book,
        line("林一平", base=4000, rate=0.005, monthly=20, paid=(40,), total=50),
        line("查无人", monthly=10),
        line("林一平", branch="", monthly=10),
        header=DUES,
        choice="2026",
    )
    found = findings(batch)
    assert found["比例"] == ["与规定的比例1%不符，按规定登记"]
    assert found["月应缴"] == ["按基数4000.00元和比例1%应为40.00元，按后者登记"]
    assert "各月相加是40.00元" in found["合计"][0]
    assert any("没有查无人" in message for message in found["姓名"])
    assert any("有2名党员叫林一平" in message for message in found["姓名"])


def test_a_row_without_amount_is_refused(book, payer):
    batch = check(book, line("林一平", paid=(10,)), header=DUES, choice="2026")
    assert batch.report["counts"]["error"] == 1


def test_undo_of_a_book(book, payer):
    batch = check(book, line("林一平", monthly=10, paid=(10, 10)), header=DUES, choice="2026")
    apply(book, batch)
    book.client.post(book.url("import_undo", batch))
    run_jobs()
    assert not DuesPayment.objects.filter(member=payer).exists()
    assert not DuesYear.objects.filter(member=payer).exists()
