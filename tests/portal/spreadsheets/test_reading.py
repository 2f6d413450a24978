import datetime
import io
import zipfile

import pytest
import xlsxwriter

from portal.sandbox import sandbox
from portal.spreadsheets import errors, limits
from portal.spreadsheets.inspection import inspect
from portal.spreadsheets.reading import read_workbook
from portal.values import sizes
from tests.workbooks import workbook


def repacked(content: bytes, *, add: dict[str, bytes] | None = None, drop: str = "") -> bytes:
    """The same file with parts added or one removed."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            if entry.filename != drop:
                new.writestr(entry, old.read(entry))
        for name, part in (add or {}).items():
            new.writestr(name, part)
    return stream.getvalue()


def refusal(content: bytes) -> errors.SpreadsheetError:
    with pytest.raises(errors.SpreadsheetError) as caught:
        read_workbook(content, "file.xlsx")
    return caught.value


def test_cells_keep_their_type():
    rows = [["文字", "012", 12, 1985.1, True, datetime.date(1985, 3, 1), None, 3.3e17]]
    [sheet] = read_workbook(workbook(rows)).sheets
    assert sheet.rows == [["文字", "012", 12.0, 1985.1, True, datetime.date(1985, 3, 1), "", 3.3e17]]
    assert [type(cell) for cell in sheet.rows[0][2:4]] == [float, float]


def test_row_and_column_numbers_match_the_spreadsheet():
    [sheet] = read_workbook(workbook([[], [], [None, None, "C3"]])).sheets
    assert sheet.rows == [["", "", ""], ["", "", ""], ["", "", "C3"]]


def test_hidden_sheets_are_marked_and_hidden_rows_are_read():
    book = read_workbook(
        workbook([["一"], ["二"]], [["三"]], names=["甲", "乙"], hidden=[2], hidden_rows=[2])
    )
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [("甲", False), ("乙", True)]
    assert [sheet.name for sheet in book.visible] == ["甲"]
    assert book.sheets[0].rows == [["一"], ["二"]]


def test_merged_ranges_count_from_one():
    [sheet] = read_workbook(workbook([["户主", "a"], [None, "b"]], merges=[(1, 1, 2, 1)])).sheets
    [merge] = sheet.merges
    assert (merge.first_row, merge.first_column, merge.last_row, merge.last_column) == (1, 1, 2, 1)


def test_formulas_are_read_by_stored_value():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    book.add_worksheet().write_formula(0, 0, '="王"&"芳"', None, "王芳")
    book.close()
    [sheet] = read_workbook(stream.getvalue()).sheets
    assert sheet.rows == [["王芳"]]


def test_1904_date_system_is_detected():
    book = read_workbook(workbook([[29645, datetime.date(1985, 3, 1)]], date1904=True))
    assert book.date1904
    assert book.sheets[0].date1904
    assert book.sheets[0].rows == [[29645.0, datetime.date(1985, 3, 1)]]
    assert not read_workbook(workbook([["x"]])).date1904


def test_path_is_read_like_bytes(tmp_path):
    path = tmp_path / "花名册.xlsx"
    path.write_bytes(workbook([["x"]]))
    assert read_workbook(path).name == "花名册.xlsx"


def test_child_process_has_no_environment(monkeypatch):
    """A malicious file must not get at keys or passwords."""
    options = {}
    popen = sandbox.subprocess.Popen

    def watched(*args, **kwargs):
        options.update(kwargs)
        return popen(*args, **kwargs)

    monkeypatch.setattr(sandbox.subprocess, "Popen", watched)
    read_workbook(workbook([["x"]]))
    assert options["env"] == {}


@pytest.mark.parametrize(
    ("content", "kind", "sentence"),
    [
        (b"", errors.NotASpreadsheet, "空的"),
        (b"%PDF-1.7 ...", errors.NotASpreadsheet, "不是 .xlsx"),
        ("只有一列的文字".encode(), errors.NotASpreadsheet, "另存为"),
        (b"PK\x03\x04 then nothing", errors.Broken, "已损坏"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            errors.Encrypted,
            "密码",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "Workbook".encode("utf-16-le"),
            errors.Broken,
            "已损坏",
        ),
    ],
)
def test_other_file_types_are_refused_with_a_message(content, kind, sentence):
    error = refusal(content)
    assert type(error) is kind
    assert sentence in str(error)


def test_word_document_is_named_in_the_error():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "Word" in str(refusal(stream.getvalue()))


def test_truncated_file_is_broken():
    content = workbook([["x"] * 50] * 200)
    assert refusal(content[: len(content) // 2]).code == "broken"


def test_invalid_sheet_xml_is_broken():
    content = repacked(
        workbook([["x"]]),
        drop="xl/worksheets/sheet1.xml",
        add={"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row r"},
    )
    assert refusal(content).code == "broken"


def test_macros_and_external_links_are_refused():
    plain = workbook([["x"]])
    assert "宏" in str(refusal(repacked(plain, add={"xl/vbaProject.bin": b"x"})))
    assert "外部链接" in str(refusal(repacked(plain, add={"xl/externalLinks/externalLink1.xml": b"<x/>"})))


def test_file_size_limit():
    error = refusal(b"PK\x03\x04" + b"\0" * limits.FILE_MIB * sizes.MIB)
    assert error.code == "over_limit"
    assert "20 MB" in str(error)


def test_zip_entry_limit():
    parts = {f"xl/part{number}.xml": b"x" for number in range(limits.ZIP_ENTRIES)}
    assert "1000 个部件" in str(refusal(repacked(workbook([["x"]]), add=parts)))


def test_zip_bomb_is_refused_before_unpacking(monkeypatch):
    bomb = repacked(workbook([["x"]]), add={"xl/media/image1.png": b"\0" * 30 * sizes.MIB})
    assert "200 倍" in str(refusal(bomb))
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    with pytest.raises(errors.OverLimit, match="200 倍"):
        inspect(bomb, "xlsx")


def test_unpacked_size_limit(monkeypatch):
    monkeypatch.setattr(limits, "UNPACKED_MIB", 0)
    with pytest.raises(errors.OverLimit, match="解压后超过 0 MB"):
        inspect(workbook([["x"]]), "xlsx")


def test_more_than_200_sheets_are_refused():
    assert "200 张" in str(refusal(workbook(*[[["x"]]] * 201)))


def test_more_than_200_columns_are_refused():
    assert "200 列" in str(refusal(workbook([["x"] * 201])))


def test_more_than_200000_rows_are_refused():
    rows = [[] for _ in range(limits.ROWS + 1)]
    rows[0], rows[-1] = ["姓名"], ["王芳"]
    error = refusal(workbook(rows))
    assert "“Sheet1”超过 200000 行" in str(error)


def test_cell_in_the_far_corner_exceeds_the_memory_limit():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "姓名")
    sheet.write_string(1_048_575, 16_383, "x")
    book.close()
    error = refusal(stream.getvalue())
    assert error.code == "over_limit"
    assert all(limit in str(error) for limit in ("500 MB", "200000 行", "200 列"))


def test_time_limit(monkeypatch):
    monkeypatch.setattr(sandbox.DOCUMENTS, "seconds", 0)
    assert "0 秒" in str(refusal(workbook([["x"]])))
