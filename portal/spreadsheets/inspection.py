"""A look into an uploaded file before anything parses it: what it is, and whether it is safe to read."""

import io
import re
import zipfile

from portal.spreadsheets import limits
from portal.spreadsheets.errors import Broken, Encrypted, ForbiddenContent, NotASpreadsheet, OverLimit

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_OLD_WORKBOOK_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再上传"
# An entry smaller than this may shrink as well as it likes.
_RATIO_COUNTS_FROM = limits.MIB
_WORKBOOK = "xl/workbook.xml"


def kind_of(content: bytes) -> str:
    """The kind of a file by its first bytes: "xlsx"; SpreadsheetError for everything that is not read."""
    if not content:
        raise NotASpreadsheet("文件是空的，请重新选择文件")
    if len(content) > limits.FILE_MIB * limits.MIB:
        raise OverLimit(f"文件超过 {limits.FILE_MIB} MiB 的上限，请按楼幢分成几个文件后再上传")
    if content.startswith(b"PK\x03\x04"):
        return "xlsx"
    if content.startswith(_OLE):
        if _ENCRYPTED_STREAM in content:
            raise Encrypted("文件设有打开密码，无法读取。请在 Excel 或 WPS 中取消密码，另存后再上传")
        if any(stream in content for stream in _OLD_WORKBOOK_STREAMS):
            raise NotASpreadsheet(f"这是旧版 .xls 文件，目前只读取 .xlsx。{_SAVE_AS}")
        raise NotASpreadsheet(f"这个文件不是电子表格。{_SAVE_AS}")
    if content.startswith(b"PK"):
        raise Broken(f"文件已损坏，打不开。{_SAVE_AS}")
    raise NotASpreadsheet(f"这个文件不是 .xlsx 电子表格。{_SAVE_AS}")


def inspect_xlsx(content: bytes) -> bool:
    """Check the zip container of an .xlsx against the limits; whether its dates count from 1904."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_sizes(entries, len(content))
            _check_parts([entry.filename.replace("\\", "/").lower() for entry in entries])
            if any(entry.flag_bits & 1 for entry in entries):
                raise Encrypted("文件设有密码，无法读取。请取消密码，另存后再上传")
            with archive.open(_WORKBOOK) as part:
                workbook = part.read(4 * limits.MIB)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        KeyError,
        OSError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise Broken(f"文件已损坏，打不开。{_SAVE_AS}") from error
    return re.search(rb"""date1904\s*=\s*["'](?:1|true)["']""", workbook) is not None


def _check_sizes(entries: list[zipfile.ZipInfo], packed: int) -> None:
    if len(entries) > limits.ZIP_ENTRIES:
        raise OverLimit(f"文件内部超过 {limits.ZIP_ENTRIES} 个部件的上限，请只保留需要的工作表后再上传")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.UNPACKED_MIB * limits.MIB:
        raise OverLimit(f"文件解压后超过 {limits.UNPACKED_MIB} MiB 的上限，请按楼幢分成几个文件后再上传")
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
        raise ForbiddenContent(
            "文件里有宏，为安全起见不读取。请另存为不含宏的“Excel 工作簿（.xlsx）”后再上传"
        )
    if _WORKBOOK not in names:
        if "word/document.xml" in names:
            raise NotASpreadsheet(
                "这是 Word 文档，不是电子表格。请把表格复制到 Excel 或 WPS 表格中，另存为 .xlsx 后再上传"
            )
        raise NotASpreadsheet(f"这个文件不是 .xlsx 电子表格。{_SAVE_AS}")
