"""Reading a file into cells: look first, then read in a child process under limits."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

from portal.spreadsheets import limits
from portal.spreadsheets.cells import MergedRange, Sheet, Workbook
from portal.spreadsheets.errors import Broken, Encrypted, OverLimit, SpreadsheetError
from portal.spreadsheets.inspection import inspect, kind_of
from portal.spreadsheets.packing import PackedRows, decoded

_ROOT = Path(__file__).resolve().parents[2]


def read_workbook(source: Path | bytes, name: str = "") -> Workbook:
    """The file's sheets; SpreadsheetError when it is refused. ``name`` is the name as uploaded."""
    if isinstance(source, Path):
        name = name or source.name
        with source.open("rb") as file:
            source = file.read(limits.FILE_MIB * limits.MIB + 1)
    kind = kind_of(source)
    look = inspect(source, kind)
    sheets = tuple(_read_in_child(source, kind, look.date1904))
    return Workbook(name=name, kind=kind, sheets=sheets, date1904=look.date1904, marks=look.marks)


def _read_in_child(content: bytes, kind: str, date1904: bool) -> list[Sheet]:
    """Sheets as the child process reads them. The child gets no environment: it needs no password or key."""
    child = subprocess.Popen(
        [sys.executable, "-m", "portal.spreadsheets.child", kind],
        cwd=_ROOT,
        env={},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    late = threading.Event()
    timer = threading.Timer(limits.SECONDS, lambda: (late.set(), child.kill()))
    timer.start()
    try:
        with child:
            try:
                child.stdin.write(content)
                child.stdin.close()
            except BrokenPipeError:
                pass  # The child has ended; its lines or their absence say why.
            try:
                sheets = _parse_lines(child.stdout, date1904)
            except json.JSONDecodeError:
                sheets = []  # The last line of a killed child; the return code speaks below.
            except SpreadsheetError:
                child.kill()
                raise
    finally:
        timer.cancel()
    if late.is_set():
        raise OverLimit(f"读取超过 {limits.SECONDS} 秒的上限，请按楼幢分成几个文件后再上传")
    if child.returncode != 0:
        raise _memory_limit()
    if not sheets:
        raise Broken("文件里没有工作表。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传")
    return sheets


def _parse_lines(lines: Iterable[bytes], date1904: bool) -> list[Sheet]:
    sheets: list[Sheet] = []
    rows = PackedRows()
    for line in lines:
        if line.startswith(b"["):
            rows.add(line)
            continue
        said = decoded(line)
        if "error" in said:
            raise _refusal(said["error"], said.get("sheet", ""))
        rows = PackedRows()
        merges = tuple(MergedRange(*(number + 1 for number in merge)) for merge in said["merges"])
        sheets.append(
            Sheet(
                name=said["sheet"],
                hidden=said["hidden"],
                rows=rows,
                merges=merges,
                date1904=date1904,
                typed=said.get("typed", True),
            )
        )
    return sheets


def _refusal(code: str, sheet: str) -> SpreadsheetError:
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
        f"读取超过 {limits.MEMORY_MB} MB 内存的上限，常因很远的单元格里有内容，使表格范围大于"
        f" {limits.ROWS} 行或 {limits.COLUMNS} 列。请把需要的部分复制到新的工作簿后再上传"
    )
