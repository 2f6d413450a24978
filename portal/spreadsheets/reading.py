"""Reading a file into cells, in a child process under limits that inspects and parses it."""

from collections.abc import Iterable
from pathlib import Path

from portal.sandbox import limits as sandbox_limits
from portal.sandbox import sandbox
from portal.spreadsheets import limits
from portal.spreadsheets.cells import MergedRange, Sheet, Workbook
from portal.spreadsheets.errors import SAVE_AS, Broken, ReaderBusy, SpreadsheetError
from portal.spreadsheets.packing import PackedRows, decoded
from portal.values import sizes

READ = sandbox.Task(
    function="portal.spreadsheets.sandboxed:lines",
    error=SpreadsheetError,
    late="读取超过 {seconds} 秒的上限，请按楼幢分成几个文件后再上传",
    too_large=f"读取超过 {sandbox_limits.MEMORY_MB} MB 内存的上限，常因很远的单元格里有内容，使表格范围大于"
    f" {limits.ROWS} 行或 {limits.COLUMNS} 列。请把需要的部分复制到新的工作簿后再上传",
    busy=ReaderBusy,
)


def read_workbook(source: Path | bytes, name: str = "") -> Workbook:
    """Read a file. Raises SpreadsheetError. ``name`` is the name as uploaded."""
    if isinstance(source, Path):
        name = name or source.name
        with source.open("rb") as file:
            source = file.read(limits.FILE_MIB * sizes.MIB + 1)
    book = sandbox.stream(READ, source, lambda lines: _parse_lines(lines, name))
    if not book.sheets:
        raise Broken(f"文件里没有工作表。{SAVE_AS}")
    return book


def _parse_lines(lines: Iterable[bytes], name: str) -> Workbook | None:
    """None when the child broke off before the first line."""
    sheets: list[Sheet] = []
    book = None
    rows = PackedRows()
    for line in lines:
        if line.startswith(b"["):
            rows.add(line)
        elif book is None:
            book = decoded(line)
        else:
            rows = PackedRows()
            sheets.append(_sheet(decoded(line), rows, book["date1904"]))
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
