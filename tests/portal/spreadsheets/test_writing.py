"""Exported files open safely and lose no digits (dirt 15 of decision 0097)."""

import datetime
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from portal.spreadsheets.reading import read_workbook
from portal.spreadsheets.writing import OutputColumn, write_xlsx
from portal.values.partial_dates import PartialDate

ID = "330106198503011235"


def written(columns, rows, **options) -> openpyxl.worksheet.worksheet.Worksheet:
    stream = io.BytesIO()
    write_xlsx(columns, rows, stream, **options)
    stream.seek(0)
    return openpyxl.load_workbook(stream).active


def test_identifiers_are_text_cells_with_text_format():
    columns = [
        OutputColumn("身份证号码", text=True),
        OutputColumn("联系电话", text=True),
        OutputColumn("银行卡号", text=True),
    ]
    sheet = written(columns, [[ID, "13800000000", 6217000000000000000]])
    for cell, value in zip(sheet[2], (ID, "13800000000", "6217000000000000000"), strict=True):
        assert (cell.data_type, cell.number_format, cell.value) == ("s", "@", value)
    assert sheet.column_dimensions["A"].width >= 12


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', " =1+1", "\t=1+1", "\r=1"]
)
@pytest.mark.parametrize("as_text", [True, False])
def test_text_never_becomes_a_formula(text, as_text):
    sheet = written([OutputColumn("备注", text=as_text)], [[text]])
    cell = sheet["A2"]
    assert cell.data_type == "s"
    assert cell.value.lstrip("\r\t ") == text.lstrip("\r\t ")
    assert not cell.value.startswith(("\t", "\r"))
    assert cell.quotePrefix
    assert cell.number_format == "@"


def test_values_keep_their_type():
    day = datetime.date(2026, 3, 1)
    columns = [OutputColumn(name) for name in "日期 时间 月 人数 金额 是否 网址 空".split()]
    moment = datetime.datetime(2026, 3, 1, 8, 30, tzinfo=datetime.UTC)
    row = [day, moment, PartialDate.of(1985, 3), 12, Decimal("12.50"), True, "http://example.com", None]
    sheet = written(columns, [row])
    values = [cell.value for cell in sheet[2]]
    assert values[0].date() == day
    assert values[2:7] == ["1985年3月", 12, 12.5, "是", "http://example.com"]
    assert values[1].date() == day
    assert not sheet._hyperlinks
    assert sheet["A2"].number_format == "yyyy-mm-dd"


def test_a_date_before_1900_is_written_as_text():
    assert written([OutputColumn("日期")], [[datetime.date(1899, 5, 1)]])["A2"].value == "1899-05-01"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        (" 甲 乙 ", " 甲 乙 "),
        ("甲\n乙", "甲\n乙"),
        ("甲\x00\x1f\uffff乙", "甲乙"),
        ("_x000D_", "_x000D_"),
        ("长" * 40_000, "长" * 32_767),
        (float("nan"), "nan"),
        ("\x00=1", "=1"),
    ],
)
def test_any_text_round_trips(text, read):
    columns = [OutputColumn("甲"), OutputColumn("乙", text=True)]
    stream = io.BytesIO()
    write_xlsx(columns, [[text, text]], stream)
    [sheet] = read_workbook(stream.getvalue()).sheets
    assert sheet.rows[1] == [read, read]
    cells = openpyxl.load_workbook(stream).active[2]
    assert [unescape(cell.value) for cell in cells] == [read, read]
    assert [cell.quotePrefix for cell in cells] == [read.startswith("=")] * 2


@pytest.mark.parametrize(
    ("day", "number"),
    [((1900, 1, 1), 1), ((1900, 2, 28), 59), ((1900, 3, 1), 61), ((2026, 11, 26), 46352)],
)
def test_date_serial_numbers(day, number):
    stream = io.BytesIO()
    write_xlsx([OutputColumn("日期")], [[datetime.date(*day)]], stream)
    xml = zipfile.ZipFile(stream).read("xl/worksheets/sheet1.xml").decode()
    assert f"<v>{number}</v>" in xml


def test_rows_are_below_the_header():
    """Also a row with empty cells, and a sheet without rows."""
    columns = [OutputColumn(f"列{number}") for number in range(30)]
    sheet = written(columns, [[None] * 27 + ["甲", "", 3], [""] * 30])
    assert (sheet["AB2"].value, sheet["AC2"].value, sheet["AD2"].value) == ("甲", None, 3)
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in written(columns[:1], [])[1]] == ["列0"]


def test_rows_are_counted_and_may_be_a_generator():
    stream = io.BytesIO()
    assert (
        write_xlsx([OutputColumn("数")], ([number] for number in range(500)), stream, title="居民[1]/2")
        == 500
    )
    [sheet] = read_workbook(stream.getvalue()).sheets
    assert sheet.name == "居民12"
    assert sheet.rows[0] == ["数"]
    assert sheet.rows[500] == [499.0]


def test_written_file_can_be_read():
    stream = io.BytesIO()
    columns = [OutputColumn("姓名"), OutputColumn("身份证号码", text=True), OutputColumn("出生日期")]
    write_xlsx(columns, [["王芳", ID, PartialDate.of(1985, 3)]], stream)
    [sheet] = read_workbook(stream.getvalue()).sheets
    assert sheet.rows[1] == ["王芳", ID, "1985年3月"]
