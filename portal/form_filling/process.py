"""Parse and fill a form in a child process, under the limits of `portal.spreadsheets.limits`."""

import json

from portal.form_filling.child_process import SAVE_AS
from portal.form_filling.fill import FillOrder
from portal.form_filling.layout import KnownNames
from portal.form_filling.protocol import ParsedForm, fill_request, parse_request
from portal.sandbox import limits as sandbox_limits
from portal.sandbox import sandbox
from portal.spreadsheets.errors import Broken, OverLimit, ReaderBusy, SpreadsheetError, error_of


def parse_form(content: bytes, words: KnownNames) -> ParsedForm:
    """Layout of every sheet. Raises SpreadsheetError if the file is refused or has no table."""
    answer, _ = _run("look", parse_request(words), content)
    form = ParsedForm.of_json(answer["form"])
    if not form.layouts:
        raise Broken("没有找到表头：应有一行写着各栏的名称（如 姓名、身份证号码）。请补上表头后再上传")
    return form


def texts_in(content: bytes, words: KnownNames, sheet: str) -> dict[int, dict[int, str]]:
    """Texts in the filled rows of a sheet, by row and column."""
    answer, _ = _run("look", parse_request(words, sheet), content)
    return {
        int(row): {int(column): text for column, text in cells.items()}
        for row, cells in answer["cells"].items()
    }


def fill(content: bytes, order: FillOrder) -> tuple[bytes, int]:
    """Fill a form; return the file and the number of inserted rows. Raises TooFewRows or another SpreadsheetError."""
    answer, file = _run("fill", fill_request(order), content)
    return file, answer["added"]


def _run(task: str, request: dict, content: bytes) -> tuple[dict, bytes]:
    try:
        output = sandbox.run_in_child(
            "portal.form_filling.child_process", task, content=json.dumps(request).encode() + b"\n" + content
        )
    except sandbox.Busy as busy:
        raise ReaderBusy(str(busy)) from busy
    except sandbox.TimedOut as late:
        raise OverLimit(f"读取超过 {sandbox_limits.SECONDS} 秒的上限，请只保留要填的工作表后再上传") from late
    except sandbox.Crashed as crash:
        raise _too_large() from crash
    line, _, file = output.partition(b"\n")
    answer = json.loads(line)
    if "error" in answer:
        raise _refusal(answer)
    return answer, file


def _refusal(answer: dict) -> SpreadsheetError:
    if answer["error"] == "memory":
        return _too_large()
    return error_of(answer["error"], answer.get("message", f"文件已损坏，打不开。{SAVE_AS}"))


def _too_large() -> OverLimit:
    return OverLimit(
        f"读取超过 {sandbox_limits.MEMORY_MB} MB 内存的上限，请把要填的工作表复制到新的工作簿后再上传"
    )
