"""Dirty data 4 (decision 0097) in CSV, where cells have no type: ID numbers destroyed by Excel."""

from tests.workbooks import people, resident_id

HEAD = "姓名,身份证号码,楼栋,单元,房号,与户主关系,人户分离\n"


def person(number: str):
    [row] = people(f"{HEAD}王芳,{number},3幢,2单元,501,户主,否\n".encode("gbk"))
    return row, [finding for finding in row.findings if finding.column == "身份证号码"]


def round_number() -> str:
    """A valid number whose last three digits are 000."""
    numbers = (resident_id(birth=f"198503{day:02d}", order="100") for day in range(1, 29))
    return next(number for number in numbers if number.endswith("000"))


def test_ordinary_number_is_accepted():
    row, findings = person(resident_id())
    assert (row.id_number, findings) == (resident_id(), [])


def test_scientific_notation_is_an_error():
    _, [finding] = person("3.30106E+17")
    assert finding.is_error
    assert "已丢失" in finding.message


def test_18_digits_ending_in_000_are_a_warning():
    number = round_number()
    row, [finding] = person(number)
    assert not finding.is_error
    assert "000 结尾" in finding.message
    assert row.id_number == number
