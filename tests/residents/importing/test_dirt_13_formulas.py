"""Dirty data 13 (decision 0097): formulas are read by their stored value; without one they are an error in identifying columns."""

import io
import re
import zipfile

import pytest

from portal.spreadsheets.cells import NO_RESULT
from portal.spreadsheets.reading import read_workbook
from tests.workbooks import ROSTER, messages, people, resident_id, workbook

MARK = "这里是公式"


def with_formulas(table: list[list], xml: str) -> bytes:
    """The workbook with every cell that contains MARK turned into a formula, followed by ``xml``."""
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
                formula = rf'<c r="\1"{kind}><f>A1&amp;"x"</f>{xml.removeprefix("str")}</c>'
                part = re.sub(cell, formula, part.decode()).encode()
            new.writestr(entry.filename, part)
    return stream.getvalue()


def test_formula_without_result_is_marked_at_the_edge_too():
    for xml in ("", "<v></v>", "<v/>"):
        [sheet] = read_workbook(with_formulas([["a", MARK], [MARK]], xml)).sheets
        assert sheet.rows == [["a", NO_RESULT], [NO_RESULT, ""]]


def test_non_text_result_is_a_blank_cell():
    [sheet] = read_workbook(with_formulas([["a", MARK, "b"]], "str<v></v>")).sheets
    assert sheet.rows == [["a", "", "b"]]


def test_stored_result_is_read():
    [sheet] = read_workbook(with_formulas([["a", MARK]], "str<v>王芳</v>")).sheets
    assert sheet.rows == [["a", "王芳"]]


PERSON = dict.fromkeys(ROSTER, "") | {
    "楼栋": "3幢",
    "单元": "2单元",
    "房号": "501",
    "与户主关系": "户主",
    "姓名": "王芳",
    "身份证号码": resident_id(),
    "人户分离": "否",
}


def with_formula_in(*names: str, **cells):
    row = PERSON | cells | dict.fromkeys(names, MARK)
    [person] = people(with_formulas([ROSTER, list(row.values())], "<v></v>"))
    return person


@pytest.mark.parametrize("name", ["姓名", "身份证号码", "楼栋", "房号", "户籍地址", "人户分离"])
def test_formula_without_result_is_an_error_in_identifying_columns(name):
    person = with_formula_in(name)
    assert (name, "error") in messages(person)
    assert "公式没有保存结果" in person.errors[0].message


@pytest.mark.parametrize(
    "name", ["民族", "备注", "性别", "联系电话", "出生年月", "文化程度", "工作单位", "与户主关系"]
)
def test_formula_without_result_elsewhere_is_a_warning(name):
    person = with_formula_in(name)
    assert person.is_good, person.errors
    [warning] = [finding for finding in person.findings if finding.column == name]
    assert "公式没有保存结果" in warning.message
    assert "没有采用" in warning.message


def test_birth_date_formula_is_an_error_without_an_id_number():
    assert ("出生年月", "error") in messages(with_formula_in("出生年月", 身份证号码="无"))
