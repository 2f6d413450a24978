"""Child process that extracts the text of a file: ``python -m portal.pii_scan.child_process KIND < file > lines``.

Each line is JSON: place and text, or ``refused`` with the sentence to show; the last one is ``done``. It runs in the
sandbox (`portal.sandbox.sandbox`).
"""

import html
import io
import json
import logging
import re
import sys
import zipfile
from collections.abc import Iterator

from portal.sandbox.sandbox import confine

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
# Elements whose runs are joined to one text.
_BLOCKS = {"text", "si", "p", "is"}
_KEYS = {"uid", "guid", "id", "embed"}
# Texts with enough digits for the shortest number that the scan looks for.
_HAS_ENOUGH_DIGITS = re.compile(r"(?:[0-9０-９][^0-9０-９]{0,5}){11}")
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
    """Text of each page, then of comments, form fields, bookmarks and properties."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.disable(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content))
        # An empty password opens files that are only protected against changes.
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
            note_texts = [
                str(note.get(key, "")) for note in notes for key in ("/Contents", "/V", "/T", "/TU")
            ]
            links = [str(note["/A"].get_object().get("/URI", "")) for note in notes if "/A" in note]
            yield _line(f"第{number}页批注或链接", "\n".join([*note_texts, *links]))
        fields = [str(field.get("/V", "")) for field in (reader.get_fields() or {}).values()]
        yield _line("表单内容", "\n".join(fields))
        yield _line("书签", "\n".join(_titles(reader.outline)))
        properties = [str(value) for value in (reader.metadata or {}).values()]
        packet = reader.trailer["/Root"].get("/Metadata")
        if packet is not None:
            properties.append(packet.get_object().get_data().decode("utf-8", "replace"))
        yield _line("文件属性", "\n".join(properties))
    except ImportError:
        # The library does not support the cipher: for the user the file has a password.
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
    """Text of every part of a workbook except the cells."""
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
                    # The shared strings may be too large for a tree; VML drawings are no well-formed XML.
                    texts = _without_tags(archive.read(stored))
                elif name.endswith((".xml", ".rels")):
                    texts = _texts_of(etree.fromstring(_SHEET_DATA.sub(b"", archive.read(stored)), parser))
                else:
                    continue
                yield _line(
                    _place(name), "\n".join(text for text in texts if _HAS_ENOUGH_DIGITS.search(text))
                )
    except (etree.LxmlError, ValueError, OSError, KeyError, zipfile.BadZipFile):
        yield {"refused": _BROKEN_SHEETS}


def _place(name: str) -> str:
    return next((place for start, place in _PARTS if name.startswith(start)), "其他隐藏内容")


def _without_tags(xml: bytes) -> list[str]:
    """Text without tags, one line for each shared string."""
    text = xml.decode("utf-8", "replace").replace("</si>", "\n").replace("</x:si>", "\n")
    return html.unescape(_TAG.sub("", text)).splitlines()


def _texts_of(root) -> Iterator[str]:
    """Texts and attribute values of an XML tree; the runs of a block are joined."""
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
