"""Parse and fill a form in a child process (`portal.sandbox`)."""

from dataclasses import replace

from portal.form_filling.fill import FillOrder
from portal.form_filling.layout import KnownNames
from portal.form_filling.protocol import ParsedForm, fill_request, request_of_words
from portal.sandbox import limits as sandbox_limits
from portal.sandbox import sandbox
from portal.spreadsheets.errors import Broken, ReaderBusy, SpreadsheetError

PARSE = sandbox.Task(
    function="portal.form_filling.sandboxed:parse",
    error=SpreadsheetError,
    late="读取超过 {seconds} 秒的上限，请只保留要填的工作表后再上传",
    too_large=f"读取超过 {sandbox_limits.MEMORY_MB} MB 内存的上限，请把要填的工作表复制到新的工作簿后再上传",
    busy=ReaderBusy,
)
FILL = replace(PARSE, function="portal.form_filling.sandboxed:fill")


def parse_form(content: bytes, words: KnownNames) -> ParsedForm:
    """Layout of every sheet. Raises SpreadsheetError if the file is refused or has no table."""
    form = ParsedForm.of_json(_parse(content, words)["form"])
    if not form.layouts:
        raise Broken("没有找到表头：应有一行写着各栏的名称（如 姓名、身份证号码）。请补上表头后再上传")
    return form


def texts_in(content: bytes, words: KnownNames, sheet: str) -> dict[int, dict[int, str]]:
    """Texts in the filled rows of a sheet, by row and column."""
    return {
        int(row): {int(column): text for column, text in cells.items()}
        for row, cells in _parse(content, words, sheet)["cells"].items()
    }


def _parse(content: bytes, words: KnownNames, sheet: str = "") -> dict:
    return sandbox.run(PARSE, content, sheet=sheet, **request_of_words(words))[0]


def fill(content: bytes, order: FillOrder) -> tuple[bytes, int]:
    """Fill a form; return the file and the number of inserted rows. Raises TooFewRows or another SpreadsheetError."""
    added, file = sandbox.run(FILL, content, **fill_request(order))
    return file, added
