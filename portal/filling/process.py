"""Reading and filling a form in a child process under the limits of `portal.spreadsheets.limits`."""

import json
import subprocess
import sys
from pathlib import Path

from portal.filling.fill import NoRoom, Order
from portal.filling.layout import Words
from portal.filling.protocol import Form, asked_fill, asked_look
from portal.spreadsheets import limits
from portal.spreadsheets.errors import Broken, NotASpreadsheet, OverLimit, SpreadsheetError
from portal.spreadsheets.inspection import inspect, kind_of

_ROOT = Path(__file__).resolve().parents[2]
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传"


def look(content: bytes, words: Words) -> Form:
    """The layout of every sheet. SpreadsheetError when the file is refused or has no table."""
    _check(content)
    answer, _ = _run("look", asked_look(words), content)
    form = Form.of_json(answer["form"])
    if not form.layouts:
        raise Broken("没有找到表头：应有一行写着各栏的名称（如 姓名、身份证号码）。请补上表头后再上传")
    return form


def written_in(content: bytes, words: Words, sheet: str) -> dict[int, dict[int, str]]:
    """What stands in the filled rows of a sheet, by row and column."""
    answer, _ = _run("look", asked_look(words, sheet), content)
    return {
        int(row): {int(column): text for column, text in cells.items()}
        for row, cells in answer["cells"].items()
    }


def fill(content: bytes, order: Order) -> tuple[bytes, int]:
    """The filled file, and how many rows were put in. Raises NoRoom and other SpreadsheetErrors."""
    answer, made = _run("fill", asked_fill(order), content)
    return made, answer["added"]


def _check(content: bytes) -> None:
    kind = kind_of(content)
    if kind != "xlsx":
        raise NotASpreadsheet(f"填表只能用 .xlsx 格式的表。{_SAVE_AS}")
    inspect(content, kind)


def _run(what: str, asked: dict, content: bytes) -> tuple[dict, bytes]:
    """Ask the child, which gets no environment: it needs no password or key."""
    try:
        child = subprocess.run(
            [sys.executable, "-m", "portal.filling.child", what],
            cwd=_ROOT,
            env={},
            input=json.dumps(asked).encode() + b"\n" + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise OverLimit(f"读取超过 {limits.SECONDS} 秒的上限，请只保留要填的工作表后再上传") from late
    line, _, made = child.stdout.partition(b"\n")
    if child.returncode != 0 or not line:
        raise _too_large()
    answer = json.loads(line)
    if "error" in answer:
        raise _refusal(answer)
    return answer, made


def _refusal(answer: dict) -> SpreadsheetError:
    if answer["error"] == "memory":
        return _too_large()
    if answer["error"] == NoRoom.code:
        return NoRoom(answer["message"])
    return Broken(answer.get("message", f"文件已损坏，打不开。{_SAVE_AS}"))


def _too_large() -> OverLimit:
    return OverLimit(f"读取超过 {limits.MEMORY_MB} MB 内存的上限，请把要填的工作表复制到新的工作簿后再上传")
