"""Parsing of rows, apart from the dirt of decision 0097."""

from tests.workbooks import messages, people, resident_id, roster, workbook


def test_blank_cells_have_no_value():
    [person] = roster({"民族": "", "备注": "无", "工作单位": "-", "婚姻状况": "不详"})
    assert (person.ethnic, person.note, person.workplace, person.marital, person.phones) == (
        "",
        "",
        "",
        "",
        (),
    )


def test_invalid_phones_are_warnings():
    good, two, lost = roster(
        {"联系电话": 13800000000}, {"联系电话": "13800000000/0571-88888888"}, {"联系电话": "1.38E+10"}
    )
    assert good.phones == ("13800000000",)
    assert two.phones == ("13800000000", "0571-88888888")
    assert messages(lost) == [("联系电话", "warning")]
    assert lost.is_good


def test_names_are_cleaned_and_brackets_reported():
    spaced, dead, two, numbered = roster(
        {"姓名": "王 芳"}, {"姓名": "李强（已故）"}, {"姓名": "张敏、陈军"}, {"姓名": "赵丽2"}
    )
    assert (spaced.name, spaced.findings) == ("王芳", ())
    assert (dead.name, dead.suggestions, messages(dead)) == ("李强", ("已故",), [("姓名", "warning")])
    assert messages(two) == messages(numbered) == [("姓名", "error")]


def test_category_words_in_remarks_are_suggestions():
    [person] = roster({"备注": "低保，残疾二级；独居"})
    assert person.suggestions == ("低保", "残疾二级", "独居")
    assert person.note == "低保，残疾二级；独居"
    assert person.findings == ()


def test_overlong_text_is_cut_with_a_warning():
    [person] = roster({"工作单位": "厂" * 81})
    assert person.workplace == "厂" * 80
    assert messages(person) == [("工作单位", "warning")]


def test_row_with_several_errors():
    [person] = roster({"姓名": "", "身份证号码": "123", "房号": ""})
    assert messages(person) == [("姓名", "error"), ("身份证号码", "error"), ("房号", "error")]


def test_hidden_rows_are_read():
    rows = [["姓名", "身份证号码", "现住地址"], ["王芳", resident_id(order="002"), "3-2-501"]]
    assert len(people(workbook(rows, hidden_rows=[2]))) == 1


def test_findings_are_shaped_for_the_report():
    [person] = roster({"房号": ""})
    assert person.errors[0].as_dict() == {
        "sheet": "居民花名册",
        "row": 2,
        "column": "房号",
        "value": "",
        "message": "有楼幢没有房号，请补填",
    }


def test_ten_thousand_rows_keep_order_and_numbers():
    header = ["姓名", "与户主关系", "身份证号码", "现住地址"]
    rows = [
        [
            f"王{'芳静敏丽'[n % 4]}",
            "户主" if n % 3 == 0 else "长子",
            resident_id(order=f"{n % 1000:03d}"),
            f"{n // 90 + 1}-1-{n % 90 // 3 + 101}",
        ]
        for n in range(10_000)
    ]
    rows_read = people(workbook([header, *rows]))
    assert [row.number for row in rows_read] == list(range(2, 10_002))
    assert sum(row.is_head for row in rows_read) == 3334
    assert all(row.is_good for row in rows_read)
