"""Units of several kinds at once: form, list, import of a committee's own list, organisation page, and what older ones become."""

import importlib

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from community.units.hooks import figures
from community.units.models import Unit
from portal.values.uscc import is_uscc
from tests.imports import Pages, run_jobs
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db

USCC = next(code for char in "0123456789ABCDEFGHJKLMNPQRTUWXY" if is_uscc(code := f"91330106MA2B12345{char}"))
HEADER = ["单位名称", "统一社会信用代码", "类别", "地址", "负责人", "联系人", "联系电话", "党组织", "备注"]


def url_of(name: str, **kwargs) -> str:
    return reverse(f"community:{name}", kwargs={"community": "kuocang", **kwargs})


@pytest.fixture
def staff(cast):
    client = Client()
    client.force_login(cast["staff"])
    return client


def create(client, **values):
    address = url_of("unit_create")
    form = client.get(address).context["form"]
    shown = {name: form[name].value() or "" for name in form.fields if name != "kinds"}
    return client.post(address, shown | values)


def test_a_unit_has_several_kinds_in_their_order_and_at_least_one(staff, house):
    answer = create(staff, name="金桂弄书店")
    assert answer.context["form"].errors["kinds"] == ["请至少选择一个类别。"]
    assert create(staff, name="金桂弄书店", kinds=["nonsense"]).status_code == 422
    create(
        staff, name="金桂弄书店", kinds=["cobuilding", "located"], principal="叶某", party_body="书店党支部"
    )
    unit = Unit.objects.get(name="金桂弄书店")
    assert unit.kinds == ["located", "cobuilding"]
    page = staff.get(url_of("unit_detail", row=unit.uuid)).content.decode()
    assert "驻区单位、共建单位" in page
    assert "书店党支部" in page


def test_the_credit_code_is_checked(staff, house):
    answer = create(staff, name="金桂弄书店", kinds=["located"], uscc="91330106MA2B123450")
    assert "校验位" in answer.context["form"].errors["uscc"][0]


def test_the_filter_finds_a_unit_by_each_of_its_kinds(staff, house):
    for name, kinds in (
        ("甲", ["located", "cobuilding"]),
        ("乙", ["cobuilding"]),
        ("丙", ["liaison"]),
        ("丁", ["designated"]),
    ):
        Unit.objects.create(community=house.kuocang, name=name, kinds=kinds)

    def shown(kind: str) -> set[str]:
        page = staff.get(url_of("unit_list"), {"kind": kind}).content.decode()
        return {name for name in ("甲", "乙", "丙", "丁", "括苍小学") if f">{name}</a>" in page}

    assert shown("cobuilding") == {"甲", "乙"}
    assert shown("located") == {"甲", "括苍小学"}
    assert shown("here") == {"甲", "乙", "括苍小学"}
    [figure] = figures(house.kuocang.ref, 2026)
    assert figure.compute() == 3
    answer = staff.get(reverse("community:organisation", kwargs={"community": "kuocang"}))
    assert [(label, count) for label, count, _ in answer.context["units"]] == [
        ("驻区单位", 2), ("联系单位", 1), ("共建单位", 2), ("包保部门", 1),
    ]  # fmt: skip


def test_a_committees_own_list_is_imported(client, cast, house):
    client.force_login(cast["staff"])
    pages = Pages(client, "kuocang", "community:unit")
    rows = [
        [
            "利民超市",
            USCC,
            "驻区、共建",
            "文二路1号",
            "王总",
            "王店长",
            "13800000001",
            "超市党支部",
            "可用会议室",
        ],
        ["区税务局", "", "定点联系", "", "", "", "", "", ""],
        ["未知单位", "", "驻区、别的", "", "", "", "", "", ""],
    ]
    batch = pages.check(workbook([HEADER, *rows]))
    assert "类别应为以下之一" in pages.show(batch).content.decode()
    client.post(pages.url("import_apply", batch))
    run_jobs()
    unit = Unit.objects.get(name="利民超市")
    assert (unit.kinds, unit.principal, unit.contact) == (["located", "cobuilding"], "王总", "王店长")
    assert (unit.party_body, unit.note, unit.uscc) == ("超市党支部", "可用会议室", USCC)
    assert Unit.objects.get(name="区税务局").kinds == ["designated"]
    assert not Unit.objects.filter(name="未知单位")
    again = pages.check(workbook([HEADER, *rows[:2]]))
    assert (
        "没有变化" in pages.show(again).content.decode() or pages.batch().report["counts"]["unchanged"] == 2
    )


def test_the_migration_makes_one_kind_a_list_of_one():
    migration = importlib.import_module("community.migrations.0006_units_and_agreements").Migration
    [change] = [
        operation.sql
        for operation in migration.operations
        if "ALTER TABLE community_unit " in str(getattr(operation, "sql", ""))
    ]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE old_units (name text, kind varchar(10) NOT NULL) ON COMMIT DROP")
        cursor.execute("INSERT INTO old_units VALUES ('甲', 'located'), ('乙', 'cobuilding')")
        cursor.execute(change.replace("community_unit ", "old_units "))
        cursor.execute("SELECT name, kinds FROM old_units ORDER BY name DESC")
        assert cursor.fetchall() == [("甲", ["located"]), ("乙", ["cobuilding"])]
