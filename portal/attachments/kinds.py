"""Validation of uploaded files: extension and content must agree, and pictures are re-encoded to remove metadata.

Nothing is parsed here: pictures and Office files are opened in a child process (`portal.attachments.sandboxed`).
"""

from collections.abc import Collection

from portal.forms.refusals import Refusal
from portal.sandbox import sandbox
from portal.sandbox.errors import UploadRefused
from portal.values.sizes import MIB

FILE_MIB = 10
"""Largest file, as uploaded."""
LONGEST_SIDE = 4_000
"""Larger pictures are scaled down; a page of A4 stays readable at 340 dots an inch."""
MOST_PIXELS = 25_000_000
"""Largest picture that is decoded, by its header: 100 MB in memory."""
PAGE_SIDE = 1_600
"""Longest side of a picture that a page shows."""

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
}
KINDS_SHOWN = "PDF、JPG、PNG、XLSX、XLS、DOCX、DOC"
PIXELS_SHOWN = f"{MOST_PIXELS // 10_000}万像素"
PICTURE_LIMITS = f"JPG、PNG，{FILE_MIB} MB、{PIXELS_SHOWN}以内"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = {
    "xls": ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le")),
    "doc": ("WordDocument".encode("utf-16-le"),),
}
_PICTURES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG"}
"""Extension → the kind of picture."""
_BEGINNINGS = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n"}
_PARTS = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}
BROKEN_PICTURE = "图片已损坏，打不开，请重新拍照或另存后再上传。"


class FileRefused(UploadRefused, Refusal):
    """An uploaded file is rejected. The text is the sentence to show: why, and what to do."""

    field = "photos"  # portal.attachments.forms.PhotosField


_REENCODE = sandbox.Task(
    function="portal.attachments.sandboxed:reencode",
    error=FileRefused,
    late=BROKEN_PICTURE,
    too_large=BROKEN_PICTURE,
    busy=FileRefused,
    slots=sandbox.PICTURES,
)
_PART_NAMES = sandbox.Task(
    function="portal.attachments.sandboxed:part_names",
    error=FileRefused,
    late="文件内容太多，打不开，请拆分或另存后再上传。",
    too_large="文件内容太多，打不开，请拆分或另存后再上传。",
    busy=FileRefused,
)


def picture_kind(content: bytes) -> str:
    """File extension of a photo, detected from its content because phones choose any name. Raises FileRefused."""
    for extension in ("jpg", "png"):
        if content.startswith(_BEGINNINGS[_PICTURES[extension]]):
            return extension
    raise FileRefused(
        "这张照片打不开，请重新拍一张 JPG 照片（苹果手机在“设置”“相机”“格式”中选“兼容性最佳”）。"
    )


def validated_content(name: str, content: bytes, kinds: Collection[str] = tuple(CONTENT_TYPES)) -> bytes:
    """Bytes to store of an uploaded file, which must be of one of `kinds`. Raises FileRefused."""
    extension = _check_upload(name, content, kinds)
    if kind := _PICTURES.get(extension):
        return _reencode(content, kind, kind, LONGEST_SIDE)
    if not _is_document(extension, content):
        raise FileRefused(
            f"文件内容不是 {extension.upper()} 格式，请用原来的软件另存为 {extension.upper()} 后再上传。"
        )
    return content


def photo(name: str, content: bytes) -> bytes:
    """An uploaded picture as a JPEG for a web page, scaled to screen size. Raises FileRefused."""
    extension = _check_upload(name, content, tuple(_PICTURES))
    return _reencode(content, _PICTURES[extension], "JPEG", PAGE_SIDE)


def _check_upload(name: str, content: bytes, kinds: Collection[str]) -> str:
    """Validate extension and size of an uploaded file and return its extension. Raises FileRefused."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in kinds:
        allowed = KINDS_SHOWN if len(kinds) == len(CONTENT_TYPES) else "、".join(map(str.upper, kinds))
        raise FileRefused(f"不能上传这种文件，可以上传 {allowed}。")
    if not content:
        raise FileRefused("文件是空的，请重新选择。")
    if len(content) > FILE_MIB * MIB:
        raise FileRefused(f"文件超过 {FILE_MIB} MB 的上限，请压缩或拆分后再上传。")
    return extension


def _is_document(extension: str, content: bytes) -> bool:
    if extension == "pdf":
        return content.startswith(b"%PDF-")
    if extension in _STREAMS:
        return content.startswith(_OLE) and any(stream in content for stream in _STREAMS[extension])
    return _has_part(content, _PARTS[extension])


def _has_part(content: bytes, part: str) -> bool:
    """Whether an Office file has this part and no macros. Only its directory is read."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    names, _ = sandbox.run(_PART_NAMES, content)
    return part in names and not any("vbaProject" in name for name in names)


def _reencode(content: bytes, kind: str, target_kind: str, side: int) -> bytes:
    """Re-encode a picture. Raises FileRefused."""
    if not content.startswith(_BEGINNINGS[kind]):
        raise FileRefused(f"文件内容不是 {kind} 图片，请重新拍照或另存后再上传。")
    return sandbox.run(_REENCODE, content, kind=kind, target_kind=target_kind, side=side)[1]
