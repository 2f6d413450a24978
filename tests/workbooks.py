"""Spreadsheets made for tests, and generated people to put into them."""

import datetime
import io
from collections.abc import Sequence

import xlsxwriter

from portal.importing.account import FileAccount, SheetAccount
from portal.spreadsheets.headers import find_header
from portal.spreadsheets.reading import read_workbook
from portal.values.id_numbers import checksum
from residents.importing.columns import FIELDS, known_names, suggest_mapping
from residents.importing.person_row import PersonRow
from residents.importing.rows import ReadOptions, read_people

TODAY = datetime.date(2026, 11, 21)

# The header of a committee's 居民花名册.
ROSTER = (
    "序号 楼栋 单元 房号 户主姓名 与户主关系 姓名 性别 民族 出生年月 身份证号码 政治面貌 文化程度 婚姻状况 工作单位 联系电话 户籍地址"
    " 是否常住 人户分离 备注"
).split()


def resident_id(birth: str = "19850301", order: str = "123", place: str = "330106") -> str:
    """A generated resident ID with a valid check character; an odd order is a man's."""
    seventeen = f"{place}{birth}{order}"
    return seventeen + checksum(seventeen)


def workbook(
    *sheets: Sequence[Sequence],
    names: Sequence[str] = (),
    merges: Sequence[tuple[int, int, int, int]] = (),
    hidden: Sequence[int] = (),
    hidden_rows: Sequence[int] = (),
    date1904: bool = False,
) -> bytes:
    """An .xlsx of rows of cells. Merges (of the first sheet) and hidden sheets and rows count from 1.

    A text is always a text cell, a number a numeric one, a date a real date.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"date_1904": date1904})
    date = book.add_format({"num_format": "yyyy-m-d"})
    for index, rows in enumerate(sheets):
        sheet = book.add_worksheet(names[index] if index < len(names) else f"Sheet{index + 1}")
        for number, cells in enumerate(rows):
            for column, value in enumerate(cells):
                if value is None:
                    continue
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif isinstance(value, datetime.date):
                    sheet.write_datetime(number, column, value, date)
                else:
                    sheet.write(number, column, value)
        for first_row, first_column, last_row, last_column in merges if index == 0 else ():
            value = rows[first_row - 1][first_column - 1]
            sheet.merge_range(first_row - 1, first_column - 1, last_row - 1, last_column - 1, value)
        for number in hidden_rows if index == 0 else ():
            sheet.set_row(number - 1, None, None, {"hidden": True})
        if index + 1 in hidden:
            sheet.hide()
    book.close()
    return stream.getvalue()


def people(content: bytes, **options) -> list[PersonRow]:
    """The people of a file's visible sheets, read as the importer reads them."""
    parts, left_out = [], []
    for sheet in read_workbook(content, "file.xlsx").visible:
        header = find_header(sheet, known_names())
        assert header is not None, f"no header in {sheet.name}"
        parts.append((sheet, suggest_mapping(header)))
    rows = read_people(parts, ReadOptions(**({"today": TODAY} | options)), left_out)
    account = FileAccount([SheetAccount(sheet, mapping, FIELDS) for sheet, mapping in parts], left_out)
    for _ in account.count_rows(rows):
        pass
    assert account.unaccounted == 0
    assert sum(account.rows_by_kind.values()) == sum(len(sheet.rows) for sheet, _ in parts)
    return rows


def roster(*rows: dict, **options) -> list[PersonRow]:
    """People of a 居民花名册 with one row per dict; what a dict leaves out gets an ordinary value.

    Every row is another person at another door, so that a test sees only what it puts in.
    """
    return people(roster_file(*rows), **options)


def roster_file(*rows: dict) -> bytes:
    """The file `roster` reads."""
    table: list[list] = [ROSTER]
    for index, row in enumerate(rows, start=1):
        usual = {
            "序号": index,
            "楼栋": "3幢",
            "单元": "2单元",
            "房号": f"{index}01",
            "与户主关系": "户主",
            "姓名": "王芳",
            "身份证号码": resident_id(order=f"{index * 2:03d}"),
            "人户分离": "否",
        }
        cells = usual | row
        assert set(cells) <= set(ROSTER), "a column the roster does not have"
        table.append([cells.get(name) for name in ROSTER])
    return workbook(table, names=["居民花名册"])


def messages(person: PersonRow) -> list[tuple[str, str]]:
    """Column and severity of a row's findings."""
    return [(finding.column, finding.severity) for finding in person.findings]
