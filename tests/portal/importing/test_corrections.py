"""Refused rows are corrected in the browser and the whole file is checked again; the sums stay as they are."""

import io

import openpyxl
import pytest

from community.units.models import Unit
from portal.audit.models import AccessLog
from portal.importing import corrections
from portal.importing.models import ImportBatch
from portal.registers.registry import all_registers
from portal.spreadsheets.cells import MergedRange, Sheet
from tests.imports import Pages, roster, run_jobs
from tests.workbooks import resident_id, workbook

pytestmark = pytest.mark.django_db

HEADER = ["序号", "单位名称", "类别", "统一社会信用代码", "联系人", "电话", "地址"]
GOOD = [1, "利民超市", "驻区单位", "", "王店长", "", ""]
BAD = [2, "实验小学", "学校", "123", "", "", ""]


@pytest.fixture
def units(client, cast):
    client.force_login(cast["staff"])
    return Pages(client, "kuocang", "community:unit")


@pytest.fixture
def batch(units):
    return units.check(workbook([HEADER, GOOD, BAD]))


def correct(pages, batch, **changes):
    """Send the form as the page shows it, with the changes by column header."""
    form = pages.client.get(pages.url("import_correct", batch)).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    for cell in form.cells:
        if cell.finding.column in changes:
            sent[cell.name] = changes[cell.finding.column]
    return pages.client.post(pages.url("import_correct", batch), sent)


def counts(batch) -> tuple[int, int, int]:
    numbers = batch.report["counts"]
    return numbers["rows"], numbers["new"], numbers["error"]


def test_a_corrected_row_is_imported(units, batch):
    assert counts(batch) == (2, 1, 1)
    page = units.show(batch).content.decode()
    assert 'value="学校"' in page
    assert "共<strong>2</strong>条：可导入1条，有误1条。" in page
    assert correct(units, batch, 类别="共建单位", 统一社会信用代码="").status_code == 302
    assert run_jobs() == 1
    batch = units.batch()
    assert counts(batch) == (2, 2, 0)
    assert batch.report["source_rows"] == sum(batch.report["rows_by_kind"].values())
    assert "共<strong>2</strong>条：可导入2条。已改正1条。" in units.show(batch).content.decode()
    units.client.post(units.url("import_apply", batch))
    run_jobs()
    assert Unit.objects.get(name="实验小学").kinds == ["cobuilding"]


def test_what_is_still_wrong_is_refused_again_with_the_new_value(units, batch):
    correct(units, batch, 类别="共建单位", 统一社会信用代码="456")
    run_jobs()
    batch = units.batch()
    assert counts(batch) == (2, 1, 1)
    text = units.show(batch).content.decode()
    assert 'value="456"' in text
    assert "学校" not in text
    refused = units.client.post(units.url("import_refused", batch)).content
    cells = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(refused)).active[2]]
    assert cells[1:4] == ["实验小学", "共建单位", "456"]


def test_an_unchanged_too_long_or_foreign_value_starts_nothing(units, batch):
    answer = correct(units, batch)
    assert "没有改动" in answer.content.decode()
    answer = correct(units, batch, 类别="长" * 201)
    assert answer.status_code == 422
    assert "最多200个字" in answer.content.decode()
    url = units.url("import_correct", batch)
    for name in ("cell0-2-1", "cell0-3-1", "cell9-3-2", "cell0-3-999", "cell-1-x", "cell0-9999999-2"):
        answer = units.client.post(url, {name: "共建单位"})
        assert answer.status_code == 422, name
    assert ImportBatch.objects.get(pk=batch.pk).corrections is None
    assert run_jobs() == 0


def test_corrections_of_two_people_are_both_kept(units, cast):
    batch = units.check(workbook([HEADER, BAD[:3] + [""] * 4, [3, "文化馆", "文化"]]))
    url = units.url("import_correct", batch)
    units.client.post(url, {"cell0-2-2": "共建单位"})
    late = units.client.post(url, {"cell0-3-2": "驻区单位"})
    assert late.status_code == 422
    assert "正在检查" in late.content.decode()
    assert 'value="驻区单位"' in late.content.decode()
    run_jobs()
    again = units.client.post(url, {"cell0-2-2": "驻区单位"})
    assert "刚刚已经改正" in again.content.decode()
    units.client.post(url, {"cell0-3-2": "驻区单位"})
    run_jobs()
    assert counts(units.batch()) == (2, 2, 0)


def test_an_applied_batch_is_not_corrected(units, batch):
    units.client.post(units.url("import_apply", batch))
    run_jobs()
    assert units.client.get(units.url("import_correct", batch)).url == units.url("import_batch", batch)
    answer = units.client.post(units.url("import_correct", batch), {"cell0-3-2": "共建单位"})
    assert "已经导入" in answer.content.decode()
    assert 'name="cell' not in units.show(batch).content.decode()


def test_decisions_about_duplicates_outlive_a_correction(units):
    other = [4, "利民超市", "共建单位"]
    batch = units.check(workbook([HEADER, GOOD, BAD, other + [""] * 4]))
    (group,) = units.show(batch, show="duplicate").context["page"].object_list
    chosen = next(option for option in group.options if "4" in option.label)
    units.client.post(units.url("import_decide", batch), {f"group-{group.number}": chosen.value})
    correct(units, batch, 类别="共建单位", 统一社会信用代码="")
    run_jobs()
    (group,) = units.show(units.batch(), show="duplicate").context["page"].object_list
    assert not group.is_open


def test_a_number_is_typed_anew_and_kept_encrypted(client, cast, house):
    client.force_login(cast["staff"])
    pages = Pages(client, "kuocang")
    wrong, right = resident_id("19800301", "123")[:17] + "?", resident_id("19800301", "123")
    batch = pages.check(
        roster({"姓名": "李明", "身份证号码": wrong, "楼栋": "3幢", "单元": "1", "房号": "101"})
    )
    page = pages.show(batch).content.decode()
    assert wrong[:17] not in page
    assert 'placeholder="重新填写，不改请留空"' in page
    correct(pages, batch, 身份证号码=right)
    run_jobs()
    batch = pages.batch()
    assert batch.report["counts"]["error"] == 0
    assert right.encode() not in bytes(batch.corrections)
    assert list(corrections.corrections_of(batch).values()) == [right]


def test_a_merged_block_is_taken_apart_where_a_cell_of_it_is_corrected():
    rows = [["户", "名"], ["甲", "一"], ["", "二"], ["", "三"]]
    merges = (MergedRange(2, 1, 4, 1), MergedRange(1, 1, 1, 2))
    sheet = corrections._corrected(Sheet("表", rows=rows, merges=merges), {2: {0: "乙"}})
    assert list(sheet.rows) == [["户", "名"], ["甲", "一"], ["乙", "二"], ["甲", "三"]]
    assert sheet.rows[1:3] == [["甲", "一"], ["乙", "二"]]
    assert sheet.rows[-2] == ["乙", "二"]
    assert sheet.merges == (MergedRange(1, 1, 1, 2),)


@pytest.mark.parametrize(
    "register", [r for r in all_registers() if r.import_right], ids=lambda register: register.noun
)
def test_the_template_is_recognised_by_the_import(client, cast, register):
    client.force_login(cast["director"])
    pages = Pages(client, "kuocang", register.label)
    answer = client.get(pages.url("import_template"))
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    headers = {cell.value: cell.comment.text for cell in book.active[1] if cell.comment}
    assert all("填" in note for note in headers.values())
    book.active.append(["1"] * len(book.active[1]))
    stream = io.BytesIO()
    book.save(stream)
    assert pages.upload(stream.getvalue()).status_code == 302
    (layout,) = pages.batch().mapping["layouts"]
    assert {layout["headers"][column] for column in layout["fields"].values()} == headers.keys()
    assert not pages.batch().mapping["marks"]
    assert not AccessLog.objects.filter(action="denied").exists()
