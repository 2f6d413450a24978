"""The child process that reads the text of a file: ``python -m portal.disclosing.child KIND < file > lines``.

Each line is JSON: place and text, or ``refused`` with the sentence to show; the last one says ``done``. It runs in the
`portal.sandbox`.
"""

import html
import io
import json
import logging
import re
import sys
import zipfile
from collections.abc import Iterator

from portal.sandbox import confine

_PASSWORD = "PDF 设有打开密码，无法检查。请取消密码，另存后再上传。"  # noqa: S105
_BROKEN_PDF = "PDF 已损坏，无法检查。请用原来的软件重新生成后再上传。"
_FILES_INSIDE = "PDF 里夹带了其他文件，无法检查。请去掉夹带的文件，另存后再上传。"
_FILES_IN_SHEETS = "表格里嵌入了其他文件，无法检查。请删除嵌入的文件，另存后再上传。"
_BROKEN_SHEETS = "表格已损坏，无法检查。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传。"

_PARTS = (
    ("docprops/", "文件属性"),
    ("xl/worksheets/", "页眉页脚、下拉选项或链接"),
    ("xl/chartsheets/", "图表"),
    ("xl/charts/", "图表"),
    ("xl/comments", "批注"),
    ("xl/threadedcomments/", "批注"),
    ("xl/persons/", "批注"),
    ("xl/drawings/", "文本框或图形"),
    ("xl/pivot", "数据透视表"),
    ("xl/styles", "单元格格式"),
)
_SHEET_DATA = re.compile(rb"<(?:\w+:)?sheetData\b.*</(?:\w+:)?sheetData\s*>", re.DOTALL)
# What is read as one piece of text although its runs are elements of their own.
_BLOCKS = {"text", "si", "p", "is"}
_KEYS = {"uid", "guid", "id", "embed"}
# Enough digits for the shortest number that is looked for.
_WORTH = re.compile(r"(?:[0-9０-９][^0-9０-９]{0,5}){11}")
_TAG = re.compile(r"<[^<>]*>")


def main() -> None:
    """Read a file from standard input, write its texts to standard output."""
    confine()
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="ascii")
    for line in _READERS[sys.argv[1]](sys.stdin.buffer.read()):
        out.write(json.dumps(line) + "\n")
    out.write('{"done": true}\n')
    out.flush()


def pdf_lines(content: bytes) -> Iterator[dict[str, str]]:
    """The text of each page, then that of comments, fields, bookmarks and properties."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.disable(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content))
        # An empty password opens what is only protected against changes.
        if reader.is_encrypted and not reader.decrypt(""):
            yield {"refused": _PASSWORD}
            return
        if reader.attachments:
            yield {"refused": _FILES_INSIDE}
            return
        for number, page in enumerate(reader.pages, start=1):
            notes = [note.get_object() for note in page.get("/Annots", ())]
            if any(note.get("/Subtype") == "/FileAttachment" for note in notes):
                yield {"refused": _FILES_INSIDE}
                return
            yield _line(f"第{number}页", page.extract_text())
            said = [str(note.get(key, "")) for note in notes for key in ("/Contents", "/V", "/T", "/TU")]
            links = [str(note["/A"].get_object().get("/URI", "")) for note in notes if "/A" in note]
            yield _line(f"第{number}页批注或链接", "\n".join([*said, *links]))
        fields = [str(field.get("/V", "")) for field in (reader.get_fields() or {}).values()]
        yield _line("表单内容", "\n".join(fields))
        yield _line("书签", "\n".join(_titles(reader.outline)))
        properties = [str(value) for value in (reader.metadata or {}).values()]
        packet = reader.trailer["/Root"].get("/Metadata")
        if packet is not None:
            properties.append(packet.get_object().get_data().decode("utf-8", "replace"))
        yield _line("文件属性", "\n".join(properties))
    except ImportError:
        # A cipher that the library does not know: to the reader it is a password.
        yield {"refused": _PASSWORD}
    except (
        PyPdfError,
        AttributeError,
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        OSError,
        RecursionError,
    ):
        yield {"refused": _BROKEN_PDF}


def _titles(outline: list) -> Iterator[str]:
    for entry in outline:
        if isinstance(entry, list):
            yield from _titles(entry)
        else:
            yield str(entry.title)


def xlsx_lines(content: bytes) -> Iterator[dict[str, str]]:
    """The text of every part of a workbook except the cells."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name: name.replace("\\", "/").lower() for name in archive.namelist()}
            if any(name.startswith("xl/embeddings/") for name in names.values()):
                yield {"refused": _FILES_IN_SHEETS}
                return
            for stored, name in names.items():
                if name == "xl/sharedstrings.xml" or name.endswith(".vml"):
                    # As a tree the first may be large; Excel's own drawings are no proper XML.
                    said = _stripped(archive.read(stored))
                elif name.endswith((".xml", ".rels")):
                    said = _said(etree.fromstring(_SHEET_DATA.sub(b"", archive.read(stored)), parser))
                else:
                    continue
                yield _line(_place(name), "\n".join(text for text in said if _WORTH.search(text)))
    except (etree.LxmlError, ValueError, OSError, KeyError, zipfile.BadZipFile):
        yield {"refused": _BROKEN_SHEETS}


def _place(name: str) -> str:
    return next((place for start, place in _PARTS if name.startswith(start)), "其他隐藏内容")


def _stripped(xml: bytes) -> list[str]:
    """The text between the tags, a line for each shared string."""
    text = xml.decode("utf-8", "replace").replace("</si>", "\n").replace("</x:si>", "\n")
    return html.unescape(_TAG.sub("", text)).splitlines()


def _said(root) -> Iterator[str]:
    """Texts and attributes; the runs of a block are joined."""
    inside = set()
    for element in root.iter("*"):
        for key, value in element.attrib.items():
            if key.rpartition("}")[2].lower() not in _KEYS:
                yield value
        if element.getparent() in inside:
            inside.add(element)
        elif element.tag.rpartition("}")[2] in _BLOCKS:
            inside.add(element)
            yield "".join(element.itertext())
        elif element.text:
            yield element.text


def _line(place: str, text: str) -> dict[str, str]:
    return {"place": place, "text": text}


_READERS = {"pdf": pdf_lines, "xlsx": xlsx_lines}

if __name__ == "__main__":
    main()
