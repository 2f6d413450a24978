"""Hotline lists given back: the same file with its result columns, and its end."""

import datetime
import io
import zipfile

import openpyxl
import pytest
import xlsxwriter
from django.utils import timezone

from portal.cases.actions import take_step
from portal.files.models import StoredFile, StoredFilePart
from portal.files.tasks import forget_files
from portal.importing.models import ImportBatch
from tests.imports import run_jobs
from tests.services.hotline.lists import HEADER, answer, hotline, order, request_of

pytestmark = pytest.mark.django_db


def styled_list() -> bytes:
    """A list as a street keeps it: title, styles, a second sheet, a formula, a merged cell and column widths."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet, other = book.add_worksheet("工单"), book.add_worksheet("说明")
    bold = book.add_format({"bold": True, "bg_color": "#ffff00"})
    sheet.merge_range("A1:L1", "12345工单办理表", bold)
    sheet.write_row(1, 0, HEADER, bold)
    for index, number in enumerate(("G-1", "G-2", "G-3")):
        sheet.write_row(index + 2, 0, [order(number).get(name) or "" for name in HEADER[:9]], bold)
    sheet.write(3, 9, "已先行电话告知")
    sheet.set_column(5, 5, 40)
    sheet.freeze_panes(2, 1)
    other.write(0, 0, "请于时限前反馈")
    other.write_formula(1, 0, "=COUNTA(工单!J3:J5)", None, 1)
    book.close()
    return stream.getvalue()


def test_the_same_file_comes_back_with_its_result_columns(take, pages, urls, cast):
    content = styled_list()
    batch = take(content)
    answer(request_of("G-1"), cast["staff"], rating="satisfied")
    answer(request_of("G-2"), cast["staff"])
    page = pages.client.get("/c/kuocang/hotline/files/").content.decode()
    assert "共3件：已答复2件，没有答复、填回时留空的1件。" in page
    response = pages.client.post(urls("fill", batch))
    assert response.status_code == 200
    before, after = (
        openpyxl.load_workbook(io.BytesIO(content)),
        openpyxl.load_workbook(io.BytesIO(response.content)),
    )
    filled = after["工单"]
    assert [cell.value for cell in filled[3][9:12]] == ["已解决：已劝离，夜间不再施工", "是", "满意"]
    assert [cell.value for cell in filled[4][9:12]] == ["已先行电话告知", None, None], (
        "what stands there stays"
    )
    assert [cell.value for cell in filled[5][9:12]] == [None, None, None]
    for row in before["工单"].iter_rows(max_col=9):
        for cell in row:
            other = filled[cell.coordinate]
            assert (other.value, other.font.b, other.fill.fgColor.rgb) == (
                cell.value, cell.font.b, cell.fill.fgColor.rgb,
            )  # fmt: skip
    old, new = zipfile.ZipFile(io.BytesIO(content)), zipfile.ZipFile(io.BytesIO(response.content))
    assert old.namelist() == new.namelist()
    changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
    # Only the sheet, and the one whose formula counts it: its stored result is out of date.
    assert changed == {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}


def test_an_untouched_sheet_comes_back_byte_for_byte(take, pages, urls, cast):
    content = hotline(order("1"), order("2"))
    batch = take(content)
    answer(request_of("1"), cast["staff"])
    file = pages.client.post(urls("fill", batch)).content
    old, new = zipfile.ZipFile(io.BytesIO(content)), zipfile.ZipFile(io.BytesIO(file))
    assert {n for n in old.namelist() if old.read(n) != new.read(n)} == {"xl/worksheets/sheet1.xml"}
    # What is filled in comes back by the import as nothing new.
    assert pages.check(file).report["counts"]["unchanged"] == 2


def test_merged_withdrawn_and_unreachable_orders_have_their_result(take, pages, urls, cast):
    staff = cast["staff"]
    batch = take(hotline(order("1"), order("2"), order("3"), order("4")))
    answer(request_of("1"), staff, rating="dissatisfied")
    answer(request_of("2"), staff)
    take_step(request_of("3"), "merge", by=staff, changes={"merged_into": request_of("2")})
    take_step(request_of("4"), "withdraw", by=staff, text="已自行解决")
    file = openpyxl.load_workbook(io.BytesIO(pages.client.post(urls("fill", batch)).content)).active
    results = {row[0].value: [cell.value for cell in row[9:12]] for row in file.iter_rows(min_row=2)}
    assert results["1"] == [None, None, None], "reopened: there is no answer yet"
    assert results["3"][0] == results["2"][0] == "已解决：已劝离，夜间不再施工"
    assert results["4"][0] == "来电人撤回诉求：已自行解决"


def test_an_old_file_is_worked_on_but_not_filled(client, pages, urls, cast):
    text = (
        ",".join(HEADER)
        + "\n"
        + "1,2026-11-02 09:15,张三,13800000000,噪声,夜间施工,3幢,,2026-11-06 17:30,,,\n"
    )
    response = pages.upload(text.encode("gb18030"), "工单.csv")
    assert response.status_code == 302
    batch = pages.batch()
    pages.client.post(pages.url("import_mapping", batch), pages.mapping(batch))
    run_jobs()
    batch.refresh_from_db()
    assert "不能填回原文件" in pages.show(batch).content.decode()
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    assert request_of("1").phone == "13800000000"
    page = pages.client.post(urls("fill", batch), follow=True).content.decode()
    assert "不是 .xlsx 格式，结果不能填回原文件" in page


def test_a_list_is_deleted_when_given_back_and_after_thirty_days(take, pages, urls, house):
    batch = take(hotline(order("1")))
    assert batch.file.expires_at - timezone.now() < datetime.timedelta(days=30, minutes=1)
    assert b"sheet" not in bytes(StoredFilePart.objects.filter(file=batch.file).first().content)
    assert pages.client.post(urls("finish", batch)).status_code == 302
    assert "没有待反馈的表格" in pages.client.get("/c/kuocang/hotline/files/").content.decode()
    assert pages.client.post(urls("fill", batch)).status_code == 404
    # now() of the database is the beginning of the test's transaction.
    StoredFile.objects.filter(pk=batch.file_id).update(
        expires_at=timezone.now() - datetime.timedelta(hours=1)
    )
    forget_files(0)
    assert not ImportBatch.objects.filter(pk=batch.pk).exists()
    assert not StoredFile.objects.filter(pk=batch.file_id).exists()
    assert request_of("1").channel == "hotline"


def test_another_community_and_other_rights_see_nothing(take, client, urls, cast):
    batch = take(hotline(order("1")))
    for name in ("finance", "supervisor", "stranger"):
        client.force_login(cast[name])
        for action in ("fill", "finish"):
            assert client.post(urls(action, batch)).status_code in (403, 404)
    client.force_login(cast["director"])
    assert client.post(urls("fill", batch).replace("kuocang", "xizhigou")).status_code == 404


def test_the_export_of_the_orders_comes_back_unchanged(take, pages, cast):
    take(
        hotline(order("1", 联系电话="13800000000", 来电人="张三"), order("20261102000012345", 办理时限=None))
    )
    export = pages.client.post("/c/kuocang/hotline/export/").content
    counts = pages.check(export).report["counts"]
    # One more is that of the house, of which no file said a deadline.
    assert (counts["unchanged"], counts["changed"], counts["new"]) == (3, 0, 0)


def test_rows_that_were_not_imported_are_named_where_the_list_is_given_back(take, pages):
    take(hotline(order("1"), order("", 诉求内容="没有编号")))
    page = pages.client.get("/c/kuocang/hotline/files/").content.decode()
    assert "共1件" in page
    assert "另有1行有误或没有决定，没有导入，也留空" in page
