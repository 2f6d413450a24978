from portal.spreadsheets.headers import body_rows, find_header, header_key
from portal.spreadsheets.reading import read_workbook
from tests.workbooks import workbook

KNOWN = frozenset("序号 姓名 身份证号码 户主姓名 低保证号 小计 家庭补差 楼栋 单元 房号".split())


def read(rows, **options):
    [sheet] = read_workbook(workbook(rows, **options)).sheets
    return sheet, find_header(sheet, KNOWN)


def row_numbers(sheet, header):
    return [row.number for row in body_rows(sheet, header) if not row.skipped]


def skipped(sheet, header):
    return {row.number: row.skipped for row in body_rows(sheet, header) if row.skipped}


def test_header_key_ignores_breaks_spaces_and_marks():
    for text in (
        "身份证\n号码",
        "身 份 证 号 码",
        "*身份证号码",
        "身份证号码：",
        "身份证号码（必填）",
        "身份证号码\u200b",
        "1、身份证号码",
    ):
        assert header_key(text) == "身份证号码"
    assert header_key("小区/建筑") == header_key("小区／建筑")
    assert header_key("面积（㎡）") == "面积(m2)"


def test_two_known_names_are_not_a_header():
    assert read([["姓名", "身份证号码", "爱好"]])[1] is None


def test_header_below_row_six_is_not_found():
    lines = [[f"第{number}行说明"] for number in range(6)]
    assert read([*lines, ["序号", "姓名", "身份证号码"]])[1] is None
    assert read([*lines[1:], ["序号", "姓名", "身份证号码"]])[1].first_row == 6


def test_title_is_not_a_header_level():
    rows = [["花名册", None, None], ["序号", "姓名", "身份证号码"], ["1", "王芳", ""]]
    for merges in ((), [(1, 1, 1, 3)]):
        header = read(rows, merges=merges)[1]
        assert header.names == ("序号", "姓名", "身份证号码")
        assert (header.first_row, header.last_row) == (2, 2)


def test_two_level_header_with_merged_cells_is_joined():
    rows = [
        ["序号", "户主姓名", "低保证号", "领取金额", None, "备注"],
        [None, None, None, "小计", "分解", None],
        [None, None, None, None, "家庭补差", None],
        ["1", "王芳", "D1", 1200, 800, ""],
    ]
    merges = [(1, 1, 3, 1), (1, 2, 3, 2), (1, 3, 3, 3), (1, 4, 1, 5), (2, 4, 3, 4), (1, 6, 3, 6)]
    sheet, header = read(rows, merges=merges)
    assert header.names == ("序号", "户主姓名", "低保证号", "领取金额.小计", "领取金额.分解.家庭补差", "备注")
    assert (header.first_row, header.last_row) == (1, 3)
    assert row_numbers(sheet, header) == [4]


def test_two_levels_without_a_vertical_merge_are_joined():
    rows = [
        ["姓名", "领取金额", None, "户主姓名", "低保证号"],
        [None, "小计", "家庭补差", None, None],
        ["王芳", 2, 1, "王", "D"],
    ]
    sheet, header = read(rows, merges=[(1, 2, 1, 3)])
    assert header.names == ("姓名", "领取金额.小计", "领取金额.家庭补差", "户主姓名", "低保证号")
    assert row_numbers(sheet, header) == [3]


def test_two_levels_without_any_merge_are_joined():
    rows = [
        ["序号", "姓名", "身份证号码", "住址", None, None],
        [None, None, None, "楼栋", "单元", "房号"],
        ["1", "王芳", "", "3", "2", "501"],
    ]
    sheet, header = read(rows)
    assert header.names == ("序号", "姓名", "身份证号码", "住址.楼栋", "住址.单元", "住址.房号")
    assert row_numbers(sheet, header) == [3]


def test_first_data_row_is_not_a_second_header_level():
    rows = [["序号", "姓名", "身份证号码"], ["1", "王芳", ""], ["2", "李强", ""]]
    sheet, header = read(rows)
    assert header.last_row == 1
    assert row_numbers(sheet, header) == [2, 3]


def test_skipped_rows_have_reasons():
    rows = [
        ["花名册"],
        ["序号", "姓名", "身份证号码", "备注"],
        [1, "必填，真实姓名", "必填，18位", "选填"],
        [1, "王芳", "无", ""],
        [],
        ["序号", "姓名", "身份证号码", "备注"],
        [2, "李强", "无", ""],
        ["合 计", 2],
        ["制表人：张三", None, "审核：李四"],
        ["注：本表一式两份"],
        ["第1页 共2页"],
    ]
    sheet, header = read(rows)
    assert row_numbers(sheet, header) == [4, 7]
    assert skipped(sheet, header) == {3: "help", 6: "header", 8: "total", 9: "note", 10: "note", 11: "note"}


def test_person_named_like_a_footer_word_is_data():
    rows = [
        ["序号", "姓名", "身份证号码"],
        [1, "注小明", ""],
        ["", "单位强", ""],
        ["计春", "计春", ""],
        [2, "说明", ""],
    ]
    sheet, header = read(rows)
    assert row_numbers(sheet, header) == [2, 3, 4, 5]
