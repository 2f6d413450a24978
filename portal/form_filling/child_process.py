"""Child process that parses and fills a form: ``python -m portal.form_filling.child_process look|fill``.

It runs in the sandbox (`portal.sandbox.sandbox`). Standard input is a line of JSON, the request, and then the file; standard
output is a line of JSON, the answer or ``error``, and then, for ``fill``, the filled file.
"""

import json
import sys
import zipfile
import zlib

from portal.sandbox.sandbox import confine

SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传"


def main() -> None:
    confine()
    request, content = json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer.read()
    file = b""
    try:
        answer, file = _answer(sys.argv[1], request, content)
    except MemoryError:
        answer = {"error": "memory"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.write(file)
    sys.stdout.buffer.flush()


def _answer(task: str, request: dict, content: bytes) -> tuple[dict, bytes]:
    # Imported under the memory limit.
    from lxml import etree

    from portal.form_filling.fill import fill
    from portal.form_filling.protocol import answer_parse_request, order_from_request
    from portal.spreadsheets.errors import NotASpreadsheet, SpreadsheetError
    from portal.spreadsheets.inspection import inspect, kind_of

    try:
        if task == "look":
            kind = kind_of(content)
            if kind != "xlsx":
                raise NotASpreadsheet(f"填表只能用 .xlsx 格式的表。{SAVE_AS}")
            inspect(content, kind)
            return answer_parse_request(content, request), b""
        file, added = fill(content, order_from_request(request))
        return {"added": added}, file
    except SpreadsheetError as problem:
        return {"error": problem.code, "message": str(problem)}, b""
    except (
        etree.XMLSyntaxError,
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        StopIteration,
        OSError,
    ):
        return {"error": "broken"}, b""


if __name__ == "__main__":
    main()
