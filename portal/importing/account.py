"""Accounting of an imported file: every row is counted exactly once, every column is used or listed as ignored.

Rows are counted by outcome (verdict of the importer, reason for skipping, kind of a row without data); the counts
must add up to the number of rows read. Uncounted rows are shown as such and logged as an error, so that no row is
lost silently.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from portal.importing.masking import looks_like_id, looks_like_phone
from portal.importing.protocol import VERDICTS, CheckedRow, SheetMapping, SkippedRow
from portal.spreadsheets.cells import Cell, Sheet
from portal.spreadsheets.findings import WARNING, Finding
from portal.spreadsheets.headers import body_rows

logger = logging.getLogger(__name__)

NO_HEADER, HIDDEN, NOT_TICKED = "没有找到表头", "隐藏的工作表", "没有勾选"
"""Reasons why a sheet is not read; the last is the user's choice."""
_REMEDIES = {NO_HEADER: "请补上表头后重新上传", HIDDEN: "请在核对栏目时勾选，或取消隐藏后重新上传"}
LEFT_OUT, UNREAD, UNACCOUNTED = "left_out", "unread", "unaccounted"
KINDS = {
    "new": "新增",
    "changed": "有变化",
    "unchanged": "无变化",
    "duplicate": "重复",
    "error": "有误",
    LEFT_OUT: "没有要导入的内容",
    "title": "标题",
    "header": "表头",
    "help": "填表说明",
    "repeated_header": "重复的表头",
    "total": "合计",
    "note": "备注、签章",
    "blank": "空行",
    UNREAD: "没有读取",
    UNACCOUNTED: "没有计入",
}
"""All outcomes of a row, with labels."""
_CODES = {kind: code for code, kind in enumerate(KINDS, start=1)}
_OF_BODY = {"help": "help", "header": "repeated_header", "total": "total", "note": "note"}
_NUMBERED = ("help", "repeated_header", "total", "note", LEFT_OUT)
"""Outcomes whose row numbers are listed, so that a person can verify them."""
_NAMED_ROWS = 20


@dataclass(slots=True)
class ColumnAccount:
    """A column of a sheet that is read; `label` is the field it is imported as, "" if ignored."""

    sheet: str
    row: int
    name: str
    label: str
    filled: int = 0
    ids: int = 0
    phones: int = 0

    def count_cell(self, cell: Cell) -> None:
        if cell == "" or (isinstance(cell, str) and cell.isspace()):
            return
        self.filled += 1
        if not self.label:
            is_id = looks_like_id(cell)
            self.ids += is_id
            self.phones += not is_id and looks_like_phone(cell)

    @property
    def looks_like(self) -> str:
        if self.ids:
            return "id_number"
        return "phone" if self.phones else ""

    @property
    def warning(self) -> str:
        """Warning for an ignored column that seems to hold ID or phone numbers; else ""."""
        if not self.looks_like:
            return ""
        count, word = (self.ids, "证件号码") if self.ids else (self.phones, "电话号码")
        return f"这一栏没有导入，其中 {count} 格像{word}；需要导入的，请指定它是哪一栏，或改正表头后重新上传"


class SheetAccount:
    """Outcome of each row of one sheet. `reason` is why the sheet is not read, "" if it is."""

    def __init__(self, sheet: Sheet, mapping: SheetMapping | None, labels: dict[str, str], reason: str = ""):
        self.name = sheet.name
        self.reason = reason
        self._codes = bytearray(len(sheet.rows))
        self.left_out: dict[str, int] = {}
        self.columns: list[ColumnAccount] = []
        self.ids = 0
        if mapping is None:
            self._count_unread(sheet)
        else:
            self._count_read(sheet, mapping, labels)

    def _count_unread(self, sheet: Sheet) -> None:
        for number, cells in enumerate(sheet.rows, start=1):
            self.count_row(number, "blank" if _is_blank(cells) else UNREAD)
            self.ids += any(looks_like_id(cell) for cell in cells)

    def _count_read(self, sheet: Sheet, mapping: SheetMapping, labels: dict[str, str]) -> None:
        header = mapping.header
        fields = {column: key for key, column in mapping.fields.items()}
        columns = [
            ColumnAccount(
                sheet.name, header.last_row, name, labels[fields[column]] if column in fields else ""
            )
            for column, name in enumerate(header.names)
        ]
        for number, cells in enumerate(sheet.rows[: header.last_row], start=1):
            is_above = number < header.first_row
            self.count_row(number, "blank" if _is_blank(cells) else "title" if is_above else "header")
        blank = set(range(header.last_row + 1, len(sheet.rows) + 1))
        for row in body_rows(sheet, header):
            blank.remove(row.number)
            if row.skipped:
                self.count_row(row.number, _OF_BODY[row.skipped])
                continue
            for column, cell in zip(columns, row.cells, strict=True):
                column.count_cell(cell)
        for number in blank:
            self.count_row(number, "blank")
        for number, column in enumerate(columns, start=1):
            column.name = column.name or f"第 {number} 列（没有表头）"
        self.columns = [
            column for column, name in zip(columns, header.names, strict=True) if name or column.filled
        ]

    @property
    def warning(self) -> str:
        """Warning for a sheet with content that is not read; else ""."""
        if self.reason == NOT_TICKED or not self.counts.get(UNREAD):
            return ""
        hint = f"，其中 {self.ids} 行像有证件号码" if self.ids else ""
        remedy = _REMEDIES.get(self.reason, "请补上这一栏后重新上传，或在核对栏目时指定")
        return f"这张工作表没有读取（{self.reason}）{hint}；需要导入的，{remedy}"

    def count_row(self, number: int, kind: str) -> None:
        if self._codes[number - 1]:
            raise ValueError(f"row {number} is counted twice")
        self._codes[number - 1] = _CODES[kind]

    def count_left_out(self, number: int, reason: str) -> None:
        self.count_row(number, LEFT_OUT)
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    @property
    def source_rows(self) -> int:
        return len(self._codes)

    @property
    def counts(self) -> dict[str, int]:
        """Number of rows by outcome, without zeros."""
        counts = {kind: self._codes.count(code) for kind, code in _CODES.items()}
        counts[UNACCOUNTED] = self._codes.count(0)
        return {kind: count for kind, count in counts.items() if count}

    def as_dict(self) -> dict:
        return {
            "sheet": self.name,
            "read": not self.reason,
            "reason": self.reason,
            "source_rows": self.source_rows,
            "rows_by_kind": self.counts,
            "left_out": self.left_out,
            "row_numbers": {kind: numbers for kind in _NUMBERED if (numbers := self._numbers_of(kind))},
        }

    def _numbers_of(self, kind: str) -> list[int]:
        numbers, place = [], self._codes.find(_CODES[kind])
        while place >= 0 and len(numbers) < _NAMED_ROWS:
            numbers.append(place + 1)
            place = self._codes.find(_CODES[kind], place + 1)
        return numbers


class FileAccount:
    """Accounting of a whole file, completed while the checked rows are iterated."""

    def __init__(self, sheets: Sequence[SheetAccount], left_out: Iterable[SkippedRow] = ()):
        self.sheets = sheets
        self._by_name = {sheet.name: sheet for sheet in sheets}
        for row in left_out:
            self._by_name[row.sheet].count_left_out(row.number, row.reason)

    def count_rows(self, rows: Iterable[CheckedRow]) -> Iterator[CheckedRow]:
        """Pass the rows through, counting each; verifies the total after the last."""
        for row in rows:
            self._by_name[row.sheet].count_row(row.number, row.verdict)
            yield row
        if lost := self.unaccounted:
            logger.error("an import has lost %s of %s rows", lost, self.source_rows)

    @property
    def source_rows(self) -> int:
        return sum(sheet.source_rows for sheet in self.sheets)

    @property
    def rows_by_kind(self) -> dict[str, int]:
        counts = dict.fromkeys(KINDS, 0)
        for sheet in self.sheets:
            for kind, count in sheet.counts.items():
                counts[kind] += count
        return {kind: count for kind, count in counts.items() if count or kind in VERDICTS}

    @property
    def unaccounted(self) -> int:
        return self.rows_by_kind.get(UNACCOUNTED, 0)

    @property
    def ignored(self) -> list[ColumnAccount]:
        return [column for sheet in self.sheets for column in sheet.columns if not column.label]

    def warnings(self) -> list[Finding]:
        """Warnings for sheets that are not read without the user choosing so, and for ignored columns with ID or phone numbers."""
        sheets = [
            Finding(sheet.name, 1, "", "", sheet.warning, WARNING) for sheet in self.sheets if sheet.warning
        ]
        return sheets + [
            Finding(column.sheet, column.row, column.name, "", column.warning, WARNING)
            for column in self.ignored
            if column.warning
        ]

    def as_dict(self) -> dict:
        return {
            "source_rows": self.source_rows,
            "rows_by_kind": self.rows_by_kind,
            "sheets": [sheet.as_dict() for sheet in self.sheets],
            "used_columns": [
                {"sheet": column.sheet, "column": column.name, "field": column.label, "filled": column.filled}
                for sheet in self.sheets
                for column in sheet.columns
                if column.label
            ],
            "ignored_columns": [
                {
                    "sheet": column.sheet,
                    "column": column.name,
                    "filled": column.filled,
                    "looks_like": column.looks_like,
                }
                for column in self.ignored
            ],
        }


def _is_blank(cells: Sequence[Cell]) -> bool:
    return all(cell == "" or (isinstance(cell, str) and cell.isspace()) for cell in cells)


_LOOKS_LIKE = {"id_number": "证件号码", "phone": "电话号码", "": ""}


def account_context(report: dict) -> dict | None:
    """Accounting from a batch's report for its page; None for old checks without one."""
    if "source_rows" not in report:
        return None
    kinds = [kind for kind in KINDS if report["rows_by_kind"].get(kind)]  # JSON keeps an order of its own
    return {
        "source_rows": report["source_rows"],
        "counts": [(KINDS[kind], report["rows_by_kind"][kind]) for kind in kinds],
        "labels": [KINDS[kind] for kind in kinds],
        "sheets": [
            {
                "name": sheet["sheet"],
                "reason": sheet["reason"],
                "source_rows": sheet["source_rows"],
                "counts": [sheet["rows_by_kind"].get(kind, 0) for kind in kinds],
            }
            for sheet in report["sheets"]
        ],
        "rows": [
            {
                "sheet": sheet["sheet"],
                "numbers": numbers,
                "more": sheet["rows_by_kind"][kind] > len(numbers),
                "label": "；".join(sheet["left_out"]) if kind == LEFT_OUT else KINDS[kind],
            }
            for sheet in report["sheets"]
            for kind in kinds
            if (numbers := sheet["row_numbers"].get(kind))
        ],
        "used_columns": report["used_columns"],
        "ignored_columns": [
            column | {"looks_like_label": _LOOKS_LIKE[column["looks_like"]]}
            for column in report["ignored_columns"]
        ],
        "is_open": UNACCOUNTED in kinds or any(column["looks_like"] for column in report["ignored_columns"]),
    }
