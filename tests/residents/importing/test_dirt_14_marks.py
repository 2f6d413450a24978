"""Dirty data 14 (decision 0097): colours and strikethrough are not read; every report states so."""

import io

import pytest
import xlsxwriter

from portal.importing.proposal import MARKS_NOTICE
from portal.spreadsheets.reading import read_workbook
from tests.imports import Pages, import_file, person, roster
from tests.workbooks import ROSTER


def marked(**style) -> bytes:
    """A roster whose second person is in a cell of that style."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("花名册")
    sheet.write_row(0, 0, ROSTER)
    row = person("李明")
    sheet.write_row(1, 0, [row.get(name, "") for name in ROSTER])
    row = person("王芳", "3幢2单元502室")
    sheet.write_row(2, 0, [row.get(name, "") for name in ROSTER], book.add_format(style))
    book.close()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("style", "marks"),
    [
        ({}, ()),
        ({"bold": True, "font_color": "red", "border": 1}, ()),
        ({"font_strikeout": True}, ("删除线",)),
        ({"bg_color": "#FFFF00"}, ("填充颜色",)),
        ({"bg_color": "#FFFF00", "font_strikeout": True}, ("删除线", "填充颜色")),
    ],
)
def test_marks_are_detected_in_the_styles(style, marks):
    assert read_workbook(marked(**style), "花名册.xlsx").marks == marks


@pytest.mark.django_db
def test_page_always_states_that_marks_are_not_read(client, cast):
    client.force_login(cast["staff"])
    pages = Pages(client)
    page = pages.show(pages.check(roster(person("李明")))).content.decode()
    assert MARKS_NOTICE in page
    assert "文件里用了" not in page
    batch = pages.check(marked(font_strikeout=True))
    page = pages.show(batch).content.decode()
    assert "alert-warning" in page
    assert "文件里用了删除线，不会被识别" in page
    assert "文件里用了删除线，不会被识别" in pages.client.get(
        pages.url("import_batch", batch) + "?mapping"
    ).content.decode().replace("。</strong>", "").replace("<strong>", "")


@pytest.mark.django_db
def test_command_reports_marks_in_json(tmp_path, capsys, house):
    path = tmp_path / "花名册.xlsx"
    path.write_bytes(marked(bg_color="#FFFF00"))
    _, outcome, _ = import_file(path, capsys)
    [warning] = [w for w in outcome["warnings"] if "文件里用了填充颜色" in w["message"]]
    assert (warning["sheet"], warning["row"]) == ("花名册", 1)
    path.write_bytes(roster(person("李明")))
    _, outcome, _ = import_file(path, capsys)
    assert not any("文件里用了" in warning["message"] for warning in outcome["warnings"])


@pytest.mark.django_db
def test_text_output_always_states_that_marks_are_not_read(tmp_path, capsys, house):
    from django.core.management import call_command

    path = tmp_path / "花名册.xlsx"
    path.write_bytes(roster(person("李明")))
    call_command("import_residents", str(path), "--community", "xizhigou")
    assert MARKS_NOTICE in capsys.readouterr().out
