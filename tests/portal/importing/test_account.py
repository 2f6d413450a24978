"""Imports of every register: all rows and columns are accounted for, and ID numbers are masked."""

import io

import openpyxl
import pytest

from portal.importing.account import UNACCOUNTED
from portal.importing.importers import importer_for
from portal.importing.models import ImportRow
from portal.registers.extensions import importer_of
from portal.registers.registry import all_registers
from tests.imports import Pages
from tests.workbooks import resident_id, workbook

pytestmark = pytest.mark.django_db
REGISTERS = [
    pytest.param(register, id=register.label) for register in all_registers() if register.import_right
]
NUMBER, PHONE = resident_id("19600101", "601"), "13800138000"
WRONG = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
JUNK = (
    "5" * 5000,
    "甲" * 5000,
    "３" * 5000,
    1e300,
    -1.5,
    WRONG,
    f"{WRONG[:6]} {WRONG[6:14]} {WRONG[14:]}",
    f"{WRONG[:6]}-{WRONG[6:14]}-{WRONG[14:]}",
    " ".join(WRONG),
    WRONG.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
)


@pytest.fixture
def pages(client, cast):
    client.force_login(cast["director"])
    return lambda register: Pages(client, "kuocang", register.label)


def shown_of(pages, batch) -> str:
    """Text of all pages of a batch, and of its stored rows."""
    texts = [
        pages.show(batch, **query).content.decode()
        for query in ({"mapping": ""}, *({"show": show} for show in ("error", "warnings", "new", "changed")))
    ]
    rows = ImportRow.objects.filter(batch=batch)
    stored = [f"{row.label}{row.changes}{row.findings}{row.values.get('summary')}" for row in rows]
    return "".join([*texts, *stored, str(batch.report), str(batch.mapping)])


def balances(report: dict) -> bool:
    """Whether the counts of a check add up to the rows read, sheet by sheet."""
    sheets = report["sheets"]
    return (
        sum(report["rows_by_kind"].values()) == report["source_rows"]
        and all(sum(sheet["rows_by_kind"].values()) == sheet["source_rows"] for sheet in sheets)
        and UNACCOUNTED not in report["rows_by_kind"]
        and sum(
            report["rows_by_kind"][verdict]
            for verdict in ("new", "changed", "unchanged", "duplicate", "error")
        )
        == report["counts"]["rows"]
    )


@pytest.mark.parametrize("register", REGISTERS)
def test_every_row_and_column_is_accounted_for(register, pages, house):
    labels = ["序号", *(field.label for field in importer_for(register).fields)]
    unknown = ["某栏甲", "某栏乙", "某栏丙"]
    width = len(labels) + len(unknown)
    rows = [[*([f"值{number}"] * len(labels)), WRONG, PHONE, "x"] for number in range(3)]
    table = [
        ["一张表的标题"],
        [*labels, *unknown],
        *rows,
        [],
        [*labels, *unknown],
        ["合计", *[1] * (width - 1)],
        ["制表人：张三"],
    ]
    other = [["楼栋", "户数"], ["3幢", 12], [], ["4幢", 9]]
    pages = pages(register)
    batch = pages.check(workbook(table, other, names=["清单", "某表"]))
    report = batch.report
    assert balances(report)
    assert report["source_rows"] == 9 + 4
    kinds = {kind: count for kind, count in report["rows_by_kind"].items() if count}
    verdicts = {kind: kinds.pop(kind, 0) for kind in ("new", "changed", "unchanged", "duplicate", "error")}
    assert sum(verdicts.values()) == 3
    assert kinds == {
        "title": 1, "header": 1, "repeated_header": 1, "total": 1, "note": 1, "blank": 2, "unread": 3,
    }  # fmt: skip
    assert {sheet["sheet"]: sheet["read"] for sheet in report["sheets"]} == {"清单": True, "某表": False}
    assert len(report["used_columns"]) + len(report["ignored_columns"]) == width
    ignored = {
        column["column"]: (column["filled"], column["looks_like"]) for column in report["ignored_columns"]
    }
    assert ignored == {"序号": (3, ""), "某栏甲": (3, "id_number"), "某栏乙": (3, "phone"), "某栏丙": (3, "")}
    warned = {(warning["sheet"], warning["column"]) for warning in report["sheet_warnings"]}
    assert {("清单", "某栏甲"), ("清单", "某栏乙"), ("某表", "")} <= warned
    assert ("清单", "某栏丙") not in warned
    page = pages.show(batch).content.decode()
    assert "文件共 13 行" in page
    for name in unknown:
        assert name in page
    assert WRONG not in shown_of(pages, batch)


def base_of(register, pages, house) -> dict:
    """A valid row by header: of the register's own export, or of a new person."""
    if importer_of(register):
        cells = dict.fromkeys((field.label for field in importer_for(register).fields), "")
        return cells | {"姓名": "李明", "身份证号码": NUMBER, "楼幢": "3幢", "单元": "1单元", "房号": "901"}
    content = pages.client.post(register.url("export", house.kuocang.ref)).content
    header, row, *_ = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    return dict(zip(header, row, strict=True))


@pytest.mark.parametrize("register", REGISTERS)
def test_junk_cell_is_at_most_an_error_of_its_row(register, pages, house):
    """In each column in turn; the check completes, and neither page nor report shows an ID number."""
    pages = pages(register)
    base = {"序号": 1} | base_of(register, pages, house)
    rows = [list((base | {name: junk}).values()) for name in base for junk in JUNK]
    batch = pages.check(workbook([list(base), *rows]))
    assert batch.state == "checked", batch.job.message
    assert balances(batch.report)
    assert batch.report["source_rows"] == len(rows) + 1
    findings = [finding for row in ImportRow.objects.filter(batch=batch) for finding in row.findings]
    for junk in filter(lambda value: isinstance(value, str), JUNK):
        assert junk not in shown_of(pages, batch)
    assert max(len(finding["value"]) for finding in findings) < 300
