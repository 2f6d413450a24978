"""Reading a file into cells, in a child process under limits that inspects and parses it."""

import json
from collections.abc import Iterable
from pathlib import Path

from portal.sandbox import limits as sandbox_limits
from portal.sandbox import sandbox
from portal.spreadsheets import limits
from portal.spreadsheets.cells import MergedRange, Sheet, Workbook
from portal.spreadsheets.errors import Broken, Encrypted, OverLimit, ReaderBusy, SpreadsheetError, error_of
from portal.spreadsheets.packing import PackedRows, decoded
from portal.values import sizes


def read_workbook(source: Path | bytes, name: str = "") -> Workbook:
    """Read a file. Raises SpreadsheetError. ``name`` is the name as uploaded."""
    if isinstance(source, Path):
        name = name or source.name
        with source.open("rb") as file:
            source = file.read(limits.FILE_MIB * sizes.MIB + 1)
    try:
        book = sandbox.run_in_child(
            "portal.spreadsheets.child_process", content=source, read=lambda lines: _parse_lines(lines, name)
        )
    except sandbox.Busy as busy:
        raise ReaderBusy(str(busy)) from busy
    except sandbox.TimedOut as late:
        raise OverLimit(f"读取超过 {sandbox_limits.SECONDS} 秒的上限，请按楼幢分成几个文件后再上传") from late
    except sandbox.Crashed as crash:
        raise _memory_limit() from crash
    if not book.sheets:
        raise Broken("文件里没有工作表。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传")
    return book


def _parse_lines(lines: Iterable[bytes], name: str) -> Workbook | None:
    """None when the lines are incomplete because the child was killed: its return code says why."""
    sheets: list[Sheet] = []
    book = None
    rows = PackedRows()
    try:
        for line in lines:
            if line.startswith(b"["):
                rows.add(line)
                continue
            message = decoded(line)
            if "error" in message:
                raise _refusal(message)
            if book is None:
                book = message
                continue
            rows = PackedRows()
            sheets.append(_sheet(message, rows, book["date1904"]))
    except json.JSONDecodeError:
        return None
    if book is None:
        return None
    return Workbook(
        name=name,
        kind=book["kind"],
        sheets=tuple(sheets),
        date1904=book["date1904"],
        marks=tuple(book["marks"]),
    )


def _sheet(meta: dict, rows: PackedRows, date1904: bool) -> Sheet:
    return Sheet(
        name=meta["sheet"],
        hidden=meta["hidden"],
        rows=rows,
        merges=tuple(MergedRange(*(number + 1 for number in merge)) for merge in meta["merges"]),
        date1904=date1904,
        typed=meta.get("typed", True),
    )


def _refusal(error: dict) -> SpreadsheetError:
    code, sheet = error["error"], error.get("sheet", "")
    if "message" in error:
        return error_of(code, error["message"])
    if code == "password":
        return Encrypted("文件设有打开密码，无法读取。请取消密码，另存后再上传")
    if code == "sheets":
        return OverLimit(f"工作表超过 {limits.SHEETS} 张的上限，请分成几个文件后再上传")
    if code == "rows":
        return OverLimit(f"工作表“{sheet}”超过 {limits.ROWS} 行的上限，请删除多余的行或分成几个文件后再上传")
    if code == "columns":
        return OverLimit(f"工作表“{sheet}”超过 {limits.COLUMNS} 列的上限，请删除多余的列后再上传")
    if code == "cell":
        return OverLimit(f"有单元格超过 {limits.CELL} 字的上限，可能是引号不成对，请改正后再上传")
    if code == "page":
        return OverLimit(
            "网页里有超过 10 MB 的内容或超过 256 层的嵌套，不像正常的表格。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传"
        )
    if code == "memory":
        return _memory_limit()
    return Broken("文件已损坏，打不开。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传")


def _memory_limit() -> OverLimit:
    return OverLimit(
        f"读取超过 {sandbox_limits.MEMORY_MB} MB 内存的上限，常因很远的单元格里有内容，使表格范围大于"
        f" {limits.ROWS} 行或 {limits.COLUMNS} 列。请把需要的部分复制到新的工作簿后再上传"
    )
