"""Dirt 13: a formula counts by its stored value; one without is an error."""

import io
import re
import zipfile

from portal.spreadsheets.cells import NO_RESULT
from portal.spreadsheets.reading import read_workbook
from tests.workbooks import ROSTER, messages, people, resident_id, workbook

MARK = "这里是公式"


def with_formulas(table: list[list], xml: str) -> bytes:
    """The workbook with every cell that holds MARK made into a formula; ``xml`` follows the formula."""
    stream = io.BytesIO()
    content = workbook(table)
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        texts = re.findall(r"<si><t[^>]*>(.*?)</t></si>", old.read("xl/sharedStrings.xml").decode())
        string = texts.index(MARK)
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                cell = rf'<c r="(\w+)" t="s"><v>{string}</v></c>'
                kind = ' t="str"' if "str" in xml else ""
                made = rf'<c r="\1"{kind}><f>A1&amp;"x"</f>{xml.removeprefix("str")}</c>'
                part = re.sub(cell, made, part.decode()).encode()
            new.writestr(entry.filename, part)
    return stream.getvalue()


def test_a_formula_without_result_is_marked_also_at_the_edge():
    for xml in ("", "<v></v>", "<v/>"):
        [sheet] = read_workbook(with_formulas([["a", MARK], [MARK]], xml)).sheets
        assert sheet.rows == [["a", NO_RESULT], [NO_RESULT, ""]]


def test_a_result_that_is_no_text_is_a_blank_cell():
    [sheet] = read_workbook(with_formulas([["a", MARK, "b"]], "str<v></v>")).sheets
    assert sheet.rows == [["a", "", "b"]]


def test_a_stored_result_counts():
    [sheet] = read_workbook(with_formulas([["a", MARK]], "str<v>王芳</v>")).sheets
    assert sheet.rows == [["a", "王芳"]]


def test_a_person_with_such_a_formula_is_an_error_that_says_so():
    row = dict.fromkeys(ROSTER, "") | {
        "楼栋": "3幢",
        "单元": "2单元",
        "房号": "501",
        "与户主关系": "户主",
        "姓名": "王芳",
        "身份证号码": resident_id(),
        "人户分离": "否",
        "民族": MARK,
    }
    [person] = people(with_formulas([ROSTER, list(row.values())], "<v></v>"))
    assert ("民族", "error") in messages(person)
    assert "公式没有保存结果" in person.errors[0].message
