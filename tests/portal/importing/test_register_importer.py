"""The generic importer, with units and buildings as examples."""

import pytest
from django.db import IntegrityError

from community.places.models import Area, Building
from community.units.models import Unit
from portal.importing.register import RegisterRun
from portal.values.uscc import is_uscc
from tests.imports import Pages, run_jobs
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db

HEADER = ["序号", "单位名称", "类别", "统一社会信用代码", "联系人", "电话", "地址"]
USCC = next(code for char in "0123456789ABCDEFGHJKLMNPQRTUWXY" if is_uscc(code := f"91330106MA2B12345{char}"))


@pytest.fixture
def units(client, cast):
    client.force_login(cast["staff"])
    return Pages(client, "kuocang", "community:unit")


def table(*rows, header=HEADER) -> bytes:
    return workbook([header, *rows])


def load(pages, content) -> dict:
    """Check and apply; the batch's report."""
    batch = pages.check(content)
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    return pages.batch().report


def test_rows_are_imported_as_units(units, house):
    report = load(
        units,
        table(
            [1, "利民超市", "驻区单位", "", "王店长", 13800000001.0, "文二路1号"],
            [2, "实验小学", "共建单位", "", "", "0571-88888888", ""],
        ),
    )
    assert report["applied"] == {"new": 2, "changed": 0, "conflicts": []}
    unit = Unit.objects.get(community=house.kuocang, name="利民超市")
    assert (unit.kinds, unit.contact, unit.phone) == (["located"], "王店长", "13800000001")
    assert unit.events.get().pgh_label == "insert"


def test_reimport_changes_nothing_and_blanks_never_clear(units, house):
    row = [1, "利民超市", "驻区单位", "", "王店长", "13800000001", ""]
    load(units, table(row))
    report = load(units, table([1, "利民超市", "驻区单位", "", "", "", ""]))
    assert report["counts"] == {
        "rows": 1,
        "new": 0,
        "changed": 0,
        "unchanged": 1,
        "duplicate": 0,
        "error": 0,
    }
    assert Unit.objects.get(name="利民超市").contact == "王店长"


def test_changes_are_shown_with_old_and_new_values(units):
    load(units, table([1, "利民超市", "驻区单位", "", "王店长", "", ""]))
    batch = units.check(table([1, "利民超市", "共建单位", "", "李店长", "", ""]))
    page = units.show(batch, show="changed").content.decode()
    assert "<del>驻区单位</del>" in page
    assert "<ins>共建单位</ins>" in page
    units.client.post(units.url("import_apply", batch))
    run_jobs()
    unit = Unit.objects.get(name="利民超市")
    assert (unit.kinds, unit.contact, unit.version) == (["cobuilding"], "李店长", 2)


def test_errors_name_the_cell(units):
    batch = units.check(
        table(
            [1, "利民超市", "合作伙伴", "", "", "", ""],
            [2, "实验小学", "共建单位", "12345", "", "", ""],
            [3, "", "共建单位", "", "", "", ""],
            [4, "名" * 90, "共建单位", "", "", "", ""],
        )
    )
    assert batch.report["counts"]["error"] == 4
    page = units.show(batch, show="error").content.decode()
    assert "类别应为以下之一：驻区单位、联系单位、共建单位" in page
    assert "校验位" in page
    assert "没有填写名称" in page
    assert "名" * 90 in page


def test_second_row_of_a_key_is_a_duplicate_and_unique_constraints_hold(units, house):
    Unit.objects.create(community=house.kuocang, name="老单位", kinds=["located"], uscc=USCC)
    batch = units.check(
        table(
            [1, "利民超市", "驻区单位", "", "", "", ""],
            [2, "利民超市", "共建单位", "", "", "", ""],
            [3, "新单位", "驻区单位", USCC, "", "", ""],
        )
    )
    counts = batch.report["counts"]
    assert (counts["new"], counts["duplicate"], counts["error"]) == (1, 1, 1)
    assert "已有这个统一社会信用代码的单位" in units.show(batch, show="error").content.decode()


def test_row_changed_since_the_check_is_a_conflict(units, house):
    load(units, table([1, "利民超市", "驻区单位", "", "王店长", "", ""]))
    batch = units.check(table([1, "利民超市", "驻区单位", "", "李店长", "", ""]))
    Unit.objects.filter(name="利民超市").update(contact="赵店长", version=5)
    units.client.post(units.url("import_apply", batch))
    run_jobs()
    assert len(units.batch().report["applied"]["conflicts"]) == 1
    assert Unit.objects.get(name="利民超市").contact == "赵店长"


def test_conflict_names_the_error_met_and_the_other_rows_are_imported(units, house):
    batch = units.check(
        table(
            [1, "利民超市", "驻区单位", USCC, "", "", ""],
            [2, "实验小学", "共建单位", "", "", "", ""],
        )
    )
    Unit.objects.create(community=house.kuocang, name="老单位", kinds=["located"], uscc=USCC)
    units.client.post(units.url("import_apply", batch))
    run_jobs()
    [conflict] = units.batch().report["applied"]["conflicts"]
    assert (conflict["row"], conflict["value"]) == (2, "利民超市")
    assert "检查之后台账有变动" in conflict["message"]
    assert "已有这个统一社会信用代码的单位" in conflict["message"]
    assert not Unit.objects.filter(name="利民超市").exists()
    assert Unit.objects.filter(name="实验小学").exists()


def test_buildings_are_matched_by_number(client, cast, house):
    client.force_login(cast["staff"])
    pages = Pages(client, "kuocang", "community:building")
    header = ["序号", "楼栋", "小区", "用途", "总层数"]
    report = load(
        pages,
        table(
            [1, "3号楼", "", "住宅", 6],
            [2, "12幢", "", "住宅", 18.0],
            [3, "13幢", "", "", "六"],
            header=header,
        ),
    )
    counts = report["counts"]
    assert (counts["new"], counts["changed"], counts["error"]) == (1, 1, 1)
    house.building.refresh_from_db()
    assert house.building.floors == 6
    new = Building.objects.get(community=house.kuocang, label="12幢")
    assert (new.key, new.sort, new.floors) == ("12", "000012", 18)


def test_header_of_a_register_with_few_fields_is_found(client, cast, house):
    client.force_login(cast["staff"])
    pages = Pages(client, "kuocang", "community:area")
    report = load(pages, table([1, "第九小组", "居民小组"], header=["序号", "名称", "层级"]))
    assert report["applied"]["new"] == 1
    assert Area.objects.get(community=house.kuocang, name="第九小组").kind == "group"


def test_integrity_error_on_apply_is_rolled_back(units, monkeypatch):
    """The database rejects what the check could not see, and the page says what to do."""
    batch = units.check(table([1, "利民超市", "驻区单位", "", "", "", ""]))
    units.client.post(units.url("import_apply", batch))

    def breaks_a_rule(*args):
        raise IntegrityError("unit_name_once")

    monkeypatch.setattr(RegisterRun, "write", breaks_a_rule)
    run_jobs()
    page = units.show(units.batch()).content.decode()
    assert "没有写入任何内容" in page
    assert not Unit.objects.filter(name="利民超市").exists()
