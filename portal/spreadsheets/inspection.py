"""Inspection of an uploaded file before it is parsed: its kind, and whether it is safe to read."""

import csv
import io
import re
import struct
import zipfile
from dataclasses import dataclass

from portal.spreadsheets import limits
from portal.spreadsheets.decoding import decode
from portal.spreadsheets.delimited import separator_of
from portal.spreadsheets.errors import (
    SAVE_AS,
    Encrypted,
    ForbiddenContent,
    NotASpreadsheet,
    OverLimit,
    damaged,
    too_long_cell,
)
from portal.values import sizes

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_OLD_WORKBOOK_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
# The compression ratio of smaller entries is not checked.
_RATIO_COUNTS_FROM = sizes.MIB
_WORKBOOK = "xl/workbook.xml"
_NONE_OF_OURS = "不是 .xlsx、.xls 或 .csv 表格"
_MACROS = "文件里有宏，为安全起见不读取。请另存为不含宏的“Excel 工作簿（.xlsx）”后再上传"
_STYLES = "xl/styles.xml"
_FONTS = re.compile(rb"<(?:\w+:)?fonts\b.*?</(?:\w+:)?fonts>", re.DOTALL)
_FILLS = re.compile(rb"<(?:\w+:)?fills\b.*?</(?:\w+:)?fills>", re.DOTALL)
_STRIKE = re.compile(rb"""<(?:\w+:)?strike\b(?![^>]*\bval\s*=\s*["'](?:0|false)["'])""")
_FILL = re.compile(rb"<(?:\w+:)?fill\b")
_STANDARD_FILLS = 2
_TEXT_START = 4_000
# Old .xls (BIFF8): the workbook records come first; the relevant ones are among the first hundred.
_MACRO_STREAM = "_VBA_PROJECT".encode("utf-16-le")
_GLOBALS = b"\x09\x08\x10\x00\x00\x06\x05\x00"
_FILEPASS, _DATEMODE = 0x2F, 0x22
_RECORDS = 1_000


@dataclass(frozen=True, slots=True)
class Inspection:
    """Result of the inspection: whether dates count from 1904, and formatting that is not read.

    ``marks`` are words for formats in use: 删除线, 填充颜色.
    """

    date1904: bool = False
    marks: tuple[str, ...] = ()


def kind_of(content: bytes) -> str:
    """Detect the kind by content, not by name: "xlsx", "xls", "csv" or "html". Raises SpreadsheetError."""
    if not content:
        raise NotASpreadsheet("文件是空的，请重新选择文件")
    if len(content) > limits.FILE_MIB * sizes.MIB:
        raise OverLimit(f"文件超过 {limits.FILE_MIB} MB 的上限，请按楼幢分成几个文件后再上传")
    if content.startswith(b"PK\x03\x04"):
        return "xlsx"
    if content.startswith(_OLE):
        if _ENCRYPTED_STREAM in content:
            raise Encrypted("文件设有打开密码，无法读取。请在 Excel 或 WPS 中取消密码，另存后再上传")
        if any(stream in content for stream in _OLD_WORKBOOK_STREAMS):
            return "xls"
        raise NotASpreadsheet(f"这个文件不是电子表格。{SAVE_AS}")
    if content.startswith(b"PK"):
        raise damaged()
    return _kind_of_text(content)


def _kind_of_text(content: bytes) -> str:
    if content.startswith(b"%PDF"):
        raise NotASpreadsheet(f"这是 PDF 文件，{_NONE_OF_OURS}。请上传生成它的电子表格")
    try:
        text = decode(content)
    except ValueError:
        text = "\0"
    start = text[:_TEXT_START].lstrip().lower()
    if "\0" in text:
        raise NotASpreadsheet(f"这个文件{_NONE_OF_OURS}。{SAVE_AS}")
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and start.startswith("<?xml"):
        raise NotASpreadsheet(f"这是“XML 表格 2003”，{_NONE_OF_OURS}。{SAVE_AS}")
    if start.startswith("mime-version:"):
        raise NotASpreadsheet(f"这是“单个文件网页”（.mht），{_NONE_OF_OURS}。{SAVE_AS}")
    if start.startswith("<"):
        if "<table" in text.lower():
            return "html"
        raise NotASpreadsheet(f"这是网页，里面没有表格。{SAVE_AS}")
    try:
        if separator_of(text):
            return "csv"
    except csv.Error as error:
        raise too_long_cell() from error
    raise NotASpreadsheet(f"这个文件{_NONE_OF_OURS}。{SAVE_AS}")


def inspect(content: bytes, kind: str) -> Inspection:
    """Inspect a file of the kind detected by `kind_of`. Raises SpreadsheetError if it must not be read."""
    if kind == "xlsx":
        return inspect_xlsx(content)
    return Inspection(date1904=inspect_xls(content)) if kind == "xls" else Inspection()


def inspect_xls(content: bytes) -> bool:
    """Check an old .xls for a password and macros; returns whether its dates count from 1904."""
    if _MACRO_STREAM in content:
        raise ForbiddenContent(_MACROS)
    place = content.find(_GLOBALS)
    for _ in range(_RECORDS if place >= 0 else 0):
        if place + 6 > len(content):
            break
        kind, size, value = struct.unpack_from("<HHH", content, place)
        if kind == _FILEPASS:
            raise Encrypted("文件设有打开密码，无法读取。请在 Excel 或 WPS 中取消密码，另存后再上传")
        if kind == _DATEMODE:
            return value == 1
        place += 4 + size
    return False


def inspect_xlsx(content: bytes) -> Inspection:
    """Check the zip container of an .xlsx for limits, macros and external links."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_sizes(entries, len(content))
            _check_parts([entry.filename.replace("\\", "/").lower() for entry in entries])
            if any(entry.flag_bits & 1 for entry in entries):
                raise Encrypted("文件设有密码，无法读取。请取消密码，另存后再上传")
            with archive.open(_WORKBOOK) as part:
                workbook = part.read(4 * sizes.MIB)
            styles = b""
            if _STYLES in archive.NameToInfo:
                with archive.open(_STYLES) as part:
                    styles = part.read(4 * sizes.MIB)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        KeyError,
        OSError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise damaged() from error
    date1904 = re.search(rb"""date1904\s*=\s*["'](?:1|true)["']""", workbook) is not None
    return Inspection(date1904, _marks(styles))


def _marks(styles: bytes) -> tuple[str, ...]:
    """Strikethrough and fill colours in use, with which offices mark who has moved or died."""
    fonts, fills = _FONTS.search(styles), _FILLS.search(styles)
    marks = []
    if fonts and _STRIKE.search(fonts.group()):
        marks.append("删除线")
    if fills and len(_FILL.findall(fills.group())) > _STANDARD_FILLS:
        marks.append("填充颜色")
    return tuple(marks)


def _check_sizes(entries: list[zipfile.ZipInfo], packed: int) -> None:
    if len(entries) > limits.ZIP_ENTRIES:
        raise OverLimit(f"文件内部超过 {limits.ZIP_ENTRIES} 个部件的上限，请只保留需要的工作表后再上传")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.UNPACKED_MIB * sizes.MIB:
        raise OverLimit(f"文件解压后超过 {limits.UNPACKED_MIB} MB 的上限，请按楼幢分成几个文件后再上传")
    swollen = any(
        entry.file_size > _RATIO_COUNTS_FROM
        and entry.file_size > limits.ZIP_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
    if swollen or unpacked > max(_RATIO_COUNTS_FROM, limits.ZIP_RATIO * packed):
        raise OverLimit(
            f"文件压缩比超过 {limits.ZIP_RATIO} 倍的上限，不像正常的表格。请把内容复制到新的工作簿，另存后再上传"
        )


def _check_parts(names: list[str]) -> None:
    if any(name.startswith("xl/externallinks/") for name in names):
        raise ForbiddenContent(
            "文件里有指向其他工作簿的外部链接，为安全起见不读取。请在“数据→编辑链接”中断开链接，另存后再上传"
        )
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        raise ForbiddenContent(_MACROS)
    if _WORKBOOK not in names:
        if "word/document.xml" in names:
            raise NotASpreadsheet(
                "这是 Word 文档，不是电子表格。请把表格复制到 Excel 或 WPS 表格中，另存为 .xlsx 后再上传"
            )
        raise NotASpreadsheet(f"这个文件不是 .xlsx 电子表格。{SAVE_AS}")
