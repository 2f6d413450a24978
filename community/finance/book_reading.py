"""Reading the street's book of accounts (账本): entries, and the rows by which the book accounts for itself."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID, uuid4

from community.finance.models import FinanceCategory, FinanceEntry, Fund
from community.finance.models.book import Direction
from community.finance.reconciliation import BookLine, LineKind, kind_of
from portal.importing.pipeline import Parts
from portal.importing.protocol import SkippedRow
from portal.importing.rows import ImportedRow
from portal.registers.columns import ImportField
from portal.spreadsheets.cells import NO_RESULT, Cell
from portal.spreadsheets.dates import read_date
from portal.spreadsheets.headers import body_rows
from portal.spreadsheets.values import cell_text, is_placeholder, normalise, read_decimal

FIELDS = (
    ImportField("on", ("记账日期", "发生日期", "业务日期", "年月日"), required=True, label="日期"),
    ImportField("summary", ("事由", "内容", "用途", "收支内容"), required=True, label="摘要"),
    ImportField("category", ("收支科目", "类别", "收支类别"), label="科目"),
    ImportField("income", ("收入金额", "借方", "借方金额"), label="收入"),
    ImportField("expense", ("支出金额", "贷方", "贷方金额"), label="支出"),
    ImportField("balance", ("结余", "结存", "结余金额", "账面余额"), label="余额"),
    ImportField("voucher", ("凭证编号", "凭证字号", "凭证号码", "票据号"), label="凭证号"),
    ImportField("handler_name", ("经办人", "报销人", "经手"), label="经手人"),
    ImportField("approver_name", ("批准人", "审批", "签批人"), label="审批人"),
    ImportField("counterparty", ("对方单位", "往来单位", "收款人", "付款人", "收款单位"), label="付款或收款方"),
    ImportField("fund", ("资金名称", "专款"), label="专项资金"),
)  # fmt: skip
TEXTS = ("summary", "voucher", "handler_name", "approver_name", "counterparty")
_LONGEST = {name: FinanceEntry._meta.get_field(name).max_length for name in TEXTS}
_LARGEST = Decimal("99999999.99")
_NEEDED = ("on", "summary", "income", "expense", "handler_name")
_FEN = Decimal("0.01")
_NOISE = Decimal("0.000001")
"""What a formula adds to a sum: 0.30000000000000004."""


@dataclass(slots=True, kw_only=True, eq=False)
class BookRow(ImportedRow):
    """An entry of the book. category and fund: as words, until the comparison finds their rows.

    reversed_entry: for a reversal in red, the entry in the register or the row of the file that it reverses.
    """

    on: datetime.date | None = None
    direction: str = ""
    amount: Decimal | None = None
    summary: str = ""
    voucher: str = ""
    handler_name: str = ""
    approver_name: str = ""
    counterparty: str = ""
    category_name: str = ""
    fund_name: str = ""
    category: FinanceCategory | None = None
    fund: Fund | None = None
    reversed_entry: "FinanceEntry | BookRow | None" = None
    uuid: UUID = field(default_factory=uuid4)

    @property
    def is_reversal(self) -> bool:
        return self.amount is not None and self.amount < 0

    @property
    def is_approved(self) -> bool:
        return bool(self.approver_name)

    @property
    def signed(self) -> Decimal:
        return self.amount if self.direction == Direction.INCOME else -self.amount

    @property
    def key(self) -> tuple:
        """Two rows with the same are the same entry."""
        return self.on, self.direction, self.amount, self.summary, self.voucher


class BookReader:
    """Reads a book. rows: its entries; lines: all rows that carry money, for the reconciliation; left_out: what is no entry."""

    def __init__(self, today: datetime.date):
        self.today = today
        self.rows: list[BookRow] = []
        self.lines: list[BookLine] = []
        self.left_out: list[SkippedRow] = []

    def read(self, parts: Parts) -> None:
        for sheet, mapping in parts:
            headers = mapping.headers()
            for body in body_rows(sheet, mapping.header):
                if body.skipped not in ("", "total"):
                    continue
                cells = {name: body.cells[column] for name, column in mapping.fields.items()}
                texts = {name: cell_text(cell) for name, cell in cells.items()}
                summary, kind = _kind_of_row(texts, is_total=bool(body.skipped))
                if kind != LineKind.ENTRY:
                    self._take_line(sheet.name, body.number, kind, summary, cells, sheet.date1904)
                    if not body.skipped:
                        self.left_out.append(
                            SkippedRow(sheet.name, body.number, f"{kind}，用于对账，不是收支")
                        )
                elif not any(texts.values()):
                    self.left_out.append(SkippedRow(sheet.name, body.number, "各栏都是空的"))
                else:
                    row = BookRow(sheet=sheet.name, number=body.number, headers=headers)
                    self._read_entry(row, cells, texts, sheet.date1904)
                    self.rows.append(row)

    def _take_line(self, sheet: str, number: int, kind, summary: str, cells: Mapping, date1904: bool) -> None:
        on = self._date(cells.get("on", ""), date1904)
        amounts = [_amount(cells.get(name, "")) for name in ("income", "expense", "balance")]
        readable = [None if isinstance(amount, str) else amount for amount in amounts]
        income, expense, balance = readable
        self.lines.append(
            BookLine(
                sheet,
                number,
                kind,
                summary,
                on,
                None if isinstance(amounts[0], str) else income or Decimal(0),
                None if isinstance(amounts[1], str) else expense or Decimal(0),
                balance,
            )
        )

    def _date(self, cell: Cell, date1904: bool) -> datetime.date | None:
        reading = read_date(cell, today=self.today, date1904=date1904)
        return reading.date.value if reading.date and reading.date.precision == "d" else None

    def _read_entry(
        self, row: BookRow, cells: dict[str, Cell], texts: dict[str, str], date1904: bool
    ) -> None:
        for name in [name for name, cell in cells.items() if cell == NO_RESULT]:
            row.report_formula(name, is_needed=name in _NEEDED)
            cells[name] = texts[name] = ""
        self._read_day(row, cells.get("on", ""), date1904)
        income, expense, balance = (self._read_amount(row, name, cells) for name in _AMOUNTS)
        self._set_amount(row, cells, income, expense)
        for name in TEXTS:
            text = texts.get(name, "")
            if len(text) > _LONGEST[name]:
                row.error(name, text, f"超过{_LONGEST[name]}个字，请精简")
            elif not is_placeholder(text):
                setattr(row, name, text)
        row.category_name, row.fund_name = texts.get("category", ""), texts.get("fund", "")
        if not row.summary:
            row.error("summary", "", "没有填写摘要，请补填")
        _check_people(row)
        is_readable = row.amount is not None
        self.lines.append(
            BookLine(
                row.sheet,
                row.number,
                LineKind.ENTRY,
                row.summary,
                row.on,
                (income or Decimal(0)) if is_readable else None,
                (expense or Decimal(0)) if is_readable else None,
                balance,
            )
        )

    def _read_day(self, row: BookRow, cell: Cell, date1904: bool) -> None:
        reading = read_date(cell, today=self.today, date1904=date1904)
        if reading.date is None or reading.date.precision != "d":
            row.error("on", cell, reading.problem or "请写明年月日，如 2026-11-30")
        elif reading.date.value > self.today:
            row.error("on", cell, "日期不能晚于今天，请核对")
        else:
            row.on = reading.date.value

    def _read_amount(self, row: BookRow, name: str, cells: Mapping[str, Cell]) -> Decimal | None:
        """The amount of a cell; None for a blank one and for one that cannot be read, which is reported."""
        cell = cells.get(name, "")
        amount = _amount(cell)
        if not isinstance(amount, str):
            return amount
        if name == "balance":
            row.warning(name, cell, f"{amount}；余额不导入，这一行没有核对余额")
        else:
            row.error(name, cell, amount)
        return None

    def _set_amount(
        self, row: BookRow, cells: Mapping[str, Cell], income: Decimal | None, expense: Decimal | None
    ) -> None:
        if any(finding.is_error and finding.column in _headers(row) for finding in row.findings):
            return
        if income and expense:
            row.error("income", cells["income"], "同一行既有收入又有支出，请分成两行")
        elif not income and not expense:
            row.error("income" if "income" in cells else "expense", "", "收入和支出都没有填写，请补填金额")
        else:
            row.direction = Direction.INCOME if income else Direction.EXPENSE
            row.amount = income or expense


_AMOUNTS = ("income", "expense", "balance")


def _headers(row: BookRow) -> set[str]:
    return {row.headers[name] for name in ("income", "expense") if name in row.headers}


def _kind_of_row(texts: Mapping[str, str], *, is_total: bool) -> tuple[str, LineKind]:
    """The words of a row by which it is known, and its kind. They stand in the summary, or in the first column."""
    for name in ("summary", "on", "voucher"):
        if (text := texts.get(name, "")) and (kind := kind_of(text)) != LineKind.ENTRY:
            return text, kind
    summary = texts.get("summary") or texts.get("on") or ""
    return summary, LineKind.TOTAL if is_total else LineKind.ENTRY


def _amount(cell: Cell) -> Decimal | str | None:
    """The amount of a cell, None for a blank one, or the sentence on what is wrong."""
    if cell == NO_RESULT:
        return "公式没有算出结果，请打开表格保存后再上传"
    try:
        amount = read_decimal(cell)
    except ValueError as problem:
        return str(problem)
    if amount is None:
        return None
    if abs(amount) > _LARGEST:
        return "金额太大，请核对"
    rounded = amount.quantize(_FEN)
    return rounded if abs(amount - rounded) <= _NOISE else "金额超过两位小数，请核对"


def _check_people(row: BookRow) -> None:
    if not row.handler_name:
        row.error("handler_name", "", "没有填写经手人，请补填")
    elif normalise(row.handler_name) == normalise(row.approver_name):
        row.error("approver_name", row.approver_name, "经手人和审批人不能是同一人，请核对")
