"""Formats other than .xlsx: old .xls, CSV in any encoding, HTML saved as .xls."""

import datetime
from pathlib import Path

import pytest

from portal.spreadsheets import errors, limits
from portal.spreadsheets.reading import read_workbook

# Made by xlwt 1.3: merged cells, a numeric ID, a date, a hidden sheet; the second in the 1904 system.
FILES = Path(__file__).parent / "files"
TABLE = [["姓名", "性别", "备注"], ["王芳", "女", "a,b;c"], ["李强", "男", ""]]


def refusal(content: bytes) -> errors.SpreadsheetError:
    with pytest.raises(errors.SpreadsheetError) as caught:
        read_workbook(content, "file.xls")
    return caught.value


def delimited(separator: str) -> str:
    return "".join(separator.join(f'"{c}"' if "," in c else c for c in row) + "\r\n" for row in TABLE)


@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_csv_encodings_and_separators(separator, encoding):
    book = read_workbook(delimited(separator).encode(encoding), "a.csv")
    [sheet] = book.sheets
    assert book.kind == "csv"
    assert sheet.rows == TABLE
    assert not sheet.typed


def test_gb18030_characters_beyond_gbk():
    [sheet] = read_workbook("姓名,性别\n王𠮷,男\n".encode("gb18030")).sheets
    assert sheet.rows[1] == ["王𠮷", "男"]


def test_csv_rows_are_padded_and_quoted_formulas_unwrapped():
    text = 'sep=;\n花名册\n姓名;号码;\n王芳;="00123";;\n"两\n行";\t88\n'
    [sheet] = read_workbook(text.encode()).sheets
    assert sheet.rows == [["花名册", ""], ["姓名", "号码"], ["王芳", "00123"], ["两\n行", "88"]]


def test_october_in_csv_is_ambiguous():
    [sheet] = read_workbook("姓名,出生\n王芳,1985.1\n李强,1985.10\n".encode()).sheets
    assert [row[1] for row in sheet.rows] == ["出生", 1985.1, "1985.10"]


def test_csv_limits():
    assert "200000 行" in str(refusal(b"a,b\n" * (limits.ROWS + 1)))
    assert "200 列" in str(refusal(b"a," * 200 + b"b\n"))
    assert "32767 字" in str(refusal(b"a,b\n" * 60 + b'c,"' + b"x" * 40_000))
    assert "32767 字" in str(refusal(b"a,b\n" * 40_000 + b'c,"' + b"x" * 40_000))


@pytest.mark.parametrize("name", ["old.xls", "old1904.xls"])
def test_old_xls_numbers_dates_merges_and_hidden_sheets(name):
    book = read_workbook(FILES / name)
    first, second = book.sheets
    assert (book.kind, book.date1904, first.date1904) == ("xls", "1904" in name, "1904" in name)
    assert (first.name, first.hidden, second.hidden) == ("3幢", False, True)
    assert first.rows[2][3:] == [330106198503010000.0, datetime.date(1985, 3, 1)]
    assert type(first.rows[3][4]) is float
    assert (3, 1, 4, 1) in [(m.first_row, m.first_column, m.last_row, m.last_column) for m in first.merges]


def test_truncated_encrypted_or_macro_xls_is_refused():
    content = (FILES / "old.xls").read_bytes()
    assert refusal(content[:2000]).code in ("broken", "not_a_spreadsheet")
    place = content.index(b"\x09\x08\x10\x00\x00\x06\x05\x00") + 20
    assert refusal(content[:place] + b"\x2f\x00" + content[place + 2 :]).code == "encrypted"
    assert "宏" in str(refusal(content + "_VBA_PROJECT".encode("utf-16-le")))


def test_html_tables_are_read():
    page = """<html><head><meta charset=gbk></head><body><table><tr><td><table>
      <tr><th colspan=2>花名册<tr><td rowspan="2">3幢<td>王芳</td></tr><tr><td>李&nbsp;强</td></tr>
      </table></table></body></html>"""
    book = read_workbook(page.encode("gbk"), "a.xls")
    [sheet] = book.sheets
    assert (book.kind, sheet.name, sheet.typed) == ("html", "表格1", False)
    assert sheet.rows == [["花名册", ""], ["3幢", "王芳"], ["", "李 强"]]
    assert [(m.first_row, m.first_column, m.last_row, m.last_column) for m in sheet.merges] == [
        (1, 1, 1, 2),
        (2, 1, 3, 1),
    ]


def test_html_limits():
    assert "200000 行" in str(refusal(b"<table>" + b"<tr><td>a" * (limits.ROWS + 1)))
    assert "200 列" in str(refusal(b"<table><tr><td colspan=999999>a<td>b"))
    assert "32767 字" in str(refusal(b"<table><tr><td>" + b"x" * 40_000))
    assert "200 张" in str(refusal(b"<table><tr><td>a</table>" * 201))
    assert "10 MB" in str(refusal(b"<table><tr><td>" + b"x" * 11_000_000))
    assert "256 层" in str(refusal(b"<table><tr><td>" * 3000))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "XML 表格 2003",
        ),
        (b"MIME-Version: 1.0\r\n\r\n<table>", ".mht"),
        (b"<html><frameset></frameset></html>", "没有表格"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\0\0,\0", "不是 .xlsx"),
        ("一句话。\n又一句。".encode(), "不是 .xlsx"),
    ],
)
def test_other_text_formats_are_named_in_the_error(content, sentence):
    error = refusal(content)
    assert error.code == "not_a_spreadsheet"
    assert sentence in str(error)
