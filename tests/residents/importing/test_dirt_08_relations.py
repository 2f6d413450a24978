"""Dirty data 8 (decision 0097): relations, and exactly one head a household."""

import pytest

from residents.homes.relation_codes import read_relation
from tests.workbooks import people, resident_id, roster, workbook


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("户主 本人 02", "02"),
        ("配偶 爱人", "10"),
        ("夫 丈夫", "11"),
        ("妻 妻子 之妻 户主之妻", "12"),
        ("子 儿子 户主的儿子", "20"),
        ("独生子", "21"),
        ("长子 大儿子", "22"),
        ("次子", "23"),
        ("女 女儿", "30"),
        ("长女", "32"),
        ("女婿", "28"),
        ("儿媳 儿媳妇", "38"),
        ("孙 孙子", "41"),
        ("孙女", "42"),
        ("外孙", "43"),
        ("外孙女", "44"),
        ("父 父亲", "51"),
        ("母 母亲", "52"),
        ("公公", "53"),
        ("岳父", "55"),
        ("兄 哥哥", "71"),
        ("弟 弟弟", "73"),
        ("姐 姐姐", "75"),
        ("妹 妹妹", "77"),
        ("租客 保姆 寄住 租户（2026年）", "99"),
        ("其他", "80"),
    ],
)
def test_relation_code_by_word(words, code):
    for word in words.split():
        relation = read_relation(word)
        assert (relation.word, relation.code) == (word, code)
        assert relation.is_head is (code == "02")
        assert relation.is_relative is (code != "99")


def test_relation_code_of_children_by_sex():
    assert read_relation("子女", "F").code == "30"
    assert read_relation("子女", "M").code == "20"
    assert read_relation("子女").code == ""


def test_blank_relation_has_no_code():
    assert read_relation("") is None
    assert read_relation(" - ") is None


def test_relation_stores_code_and_word_and_unknown_words_are_a_warning():
    first, second = roster({"与户主关系": "长 子", "房号": "501"}, {"与户主关系": "邻居的猫", "房号": "502"})
    assert (first.relation_word, first.relation_class, first.is_head) == ("长 子", "22", False)
    assert (second.relation_word, second.relation_class) == ("邻居的猫", "")
    assert [(finding.column, finding.severity) for finding in second.findings] == [("与户主关系", "warning")]


def test_second_head_at_a_dwelling_is_an_error_naming_the_first():
    rows = [
        {"姓名": name, "房号": "501", "与户主关系": relation}
        for name, relation in (("王芳", "户主"), ("李强", "夫"), ("张敏", "户主"))
    ]
    people_read = roster(*rows)
    assert [row.is_head for row in people_read] == [True, False, False]
    [error] = people_read[2].errors
    assert (error.row, error.column, error.value) == (4, "与户主关系", "户主")
    assert "王芳" in error.message
    assert "第 2 行" in error.message
    assert people_read[0].errors == people_read[1].errors == ()


def test_head_name_column_decides_between_two_heads():
    rows = [
        {"姓名": name, "户主姓名": "李强", "房号": "501", "与户主关系": "户主"} for name in ("王芳", "李强")
    ]
    people_read = roster(*rows)
    assert [row.is_head for row in people_read] == [False, True]
    assert [len(row.errors) for row in people_read] == [1, 0]


def test_two_named_heads_at_a_dwelling_are_two_households():
    rows = [{"姓名": name, "户主姓名": name, "房号": "501"} for name in ("王芳", "李强")]
    people_read = roster(*rows)
    assert all(row.is_head and row.is_good for row in people_read)
    assert people_read[0].household_key != people_read[1].household_key


def test_named_head_without_a_relation_column_is_the_head():
    header = ["户主姓名", "姓名", "身份证号码", "现住地址"]
    rows = [
        header,
        ["王芳", "王芳", resident_id(order="002"), "3-2-501"],
        ["", "李强", resident_id(order="003"), ""],
    ]
    people_read = people(workbook(rows))
    assert [(row.is_head, row.relation_class) for row in people_read] == [(True, "02"), (False, "")]
    assert all(row.is_good for row in people_read)


def test_household_without_head_is_accepted():
    people_read = roster({"与户主关系": "妻", "房号": "501"}, {"与户主关系": "长子", "房号": "501"})
    assert all(row.is_good and not row.is_head for row in people_read)
    assert people_read[0].household_key == people_read[1].household_key


def test_ticked_head_column_is_no_name():
    header = ["户主", "姓名", "身份证号码", "现住地址"]
    rows = [
        header,
        ["是", "王芳", resident_id(order="002"), "3-2-501"],
        ["否", "李强", resident_id(order="003"), "3-2-501"],
        ["", "李静", resident_id(order="004"), ""],
        ["√", "张敏", resident_id(order="006"), "3-2-502"],
    ]
    people_read = people(workbook(rows))
    assert [row.is_head for row in people_read] == [True, False, False, True]
    assert all(row.is_good for row in people_read)
    assert people_read[0].household_key != people_read[3].household_key


def test_head_without_own_name_in_the_head_column_stays_in_the_household():
    rows = [
        {"姓名": "王芳", "户主姓名": "", "房号": "501", "与户主关系": "户主"},
        {"姓名": "李强", "户主姓名": "王 芳", "房号": "501", "与户主关系": "夫"},
    ]
    head, husband = roster(*rows)
    assert head.household_key == husband.household_key
    assert head.is_good
    assert husband.is_good


def test_repeated_head_row_is_no_second_head():
    row = {"姓名": "王芳", "房号": "501", "身份证号码": resident_id()}
    assert all(person.is_good for person in roster(row, row))
