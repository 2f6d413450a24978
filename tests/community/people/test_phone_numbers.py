import pytest

from community.people.phone_numbers import read_phones


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("13800000000", ("13800000000",)),
        (13800000000.0, ("13800000000",)),
        ("13800000000.0", ("13800000000",)),
        ("138 0000 0000", ("13800000000",)),
        ("138-0000-0000", ("13800000000",)),
        ("+86 13800000000", ("13800000000",)),
        ("１３８００００００００", ("13800000000",)),
        ("13800000000/13900000000", ("13800000000", "13900000000")),
        ("13800000000、13900000000", ("13800000000", "13900000000")),
        ("13800000000;13900000000", ("13800000000", "13900000000")),
        ("13800000000 13900000000", ("13800000000", "13900000000")),
        ("13800000000（儿子）", ("13800000000",)),
        ("母13800000000、父13900000000", ("13800000000", "13900000000")),
        ("0571-88888888", ("0571-88888888",)),
        ("(0571)88888888", ("0571-88888888",)),
        ("057188888888", ("0571-88888888",)),
        ("0571-88888888转801", ("0571-88888888-801",)),
        ("88888888", ("88888888",)),
        ("无", ()),
        ("", ()),
    ],
)
def test_phone_numbers_are_extracted(cell, numbers):
    reading = read_phones(cell)
    assert (reading.numbers, reading.problem) == (numbers, "")


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [("1.38E+10", "科学计数"), ("1380000000", "认不出"), ("0571-8", "认不出"), ("问门卫", "认不出")],
)
def test_unreadable_phone_cell_is_an_error(cell, sentence):
    reading = read_phones(cell)
    assert reading.is_error
    assert sentence in reading.problem
    assert reading.numbers == ()


def test_leftover_digits_are_a_warning():
    reading = read_phones("13800000000/1390000")
    assert reading.numbers == ("13800000000",)
    assert reading.problem
    assert not reading.is_error
