"""Text of a file, extracted in the child process (`portal.sandbox.child`)."""

import html
import io
import logging
import re
import zipfile
from collections.abc import Iterator

from lxml import etree
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from portal.pii_scan.files import Unreadable

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


def texts(content: bytes, kind: str) -> Iterator[tuple[str, str]]:
    """Place and text of each part of a file, a PDF or a workbook without its cells. Raises Unreadable."""
    return _pdf_texts(content) if kind == "pdf" else _xlsx_texts(content)


def _pdf_texts(content: bytes) -> Iterator[tuple[str, str]]:
    """Text of each page, then of comments, form fields, bookmarks and properties."""
    logging.disable(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content))
        # An empty password opens files that are only protected against changes.
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable(_PASSWORD)
        if reader.attachments:
            raise Unreadable(_FILES_INSIDE)
        for number, page in enumerate(reader.pages, start=1):
            notes = [note.get_object() for note in page.get("/Annots", ())]
            if any(note.get("/Subtype") == "/FileAttachment" for note in notes):
                raise Unreadable(_FILES_INSIDE)
            yield f"第{number}页", page.extract_text()
            note_texts = [
                str(note.get(key, "")) for note in notes for key in ("/Contents", "/V", "/T", "/TU")
            ]
            links = [str(note["/A"].get_object().get("/URI", "")) for note in notes if "/A" in note]
            yield f"第{number}页批注或链接", "\n".join([*note_texts, *links])
        fields = [str(field.get("/V", "")) for field in (reader.get_fields() or {}).values()]
        yield "表单内容", "\n".join(fields)
        yield "书签", "\n".join(_titles(reader.outline))
        properties = [str(value) for value in (reader.metadata or {}).values()]
        packet = reader.trailer["/Root"].get("/Metadata")
        if packet is not None:
            properties.append(packet.get_object().get_data().decode("utf-8", "replace"))
        yield "文件属性", "\n".join(properties)
    except ImportError as error:
        # The library does not support the cipher: for the user the file has a password.
        raise Unreadable(_PASSWORD) from error
    except (
        PyPdfError,
        AttributeError,
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        OSError,
        RecursionError,
    ) as error:
        raise Unreadable(_BROKEN_PDF) from error


def _titles(outline: list) -> Iterator[str]:
    for entry in outline:
        if isinstance(entry, list):
            yield from _titles(entry)
        else:
            yield str(entry.title)


def _xlsx_texts(content: bytes) -> Iterator[tuple[str, str]]:
    """Text of every part of a workbook except the cells."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name: name.replace("\\", "/").lower() for name in archive.namelist()}
            if any(name.startswith("xl/embeddings/") for name in names.values()):
                raise Unreadable(_FILES_IN_SHEETS)
            for stored, name in names.items():
                if name == "xl/sharedstrings.xml" or name.endswith(".vml"):
                    # The shared strings may be too large for a tree; VML drawings are no well-formed XML.
                    texts = _without_tags(archive.read(stored))
                elif name.endswith((".xml", ".rels")):
                    texts = _texts_of(etree.fromstring(_SHEET_DATA.sub(b"", archive.read(stored)), parser))
                else:
                    continue
                yield _place(name), "\n".join(text for text in texts if _HAS_ENOUGH_DIGITS.search(text))
    except (etree.LxmlError, ValueError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise Unreadable(_BROKEN_SHEETS) from error


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
