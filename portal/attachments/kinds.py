"""Which files are taken: extension and content must agree; pictures are made anew, without what the camera added.

Nothing is parsed here: pictures and Office files are opened in a child process (`portal.attachments.child`).
"""

import json
from collections.abc import Collection

from portal import sandbox
from portal.attachments.child import MADE_MIB, MOST_PIXELS
from portal.spreadsheets.limits import MIB

FILE_MIB = 10
"""Largest file, as uploaded."""
LONGEST_SIDE = 4_000
"""Larger pictures are made smaller; a page of A4 stays readable at 340 dots an inch."""
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
PICTURE_LIMITS = f"JPG、PNG，{FILE_MIB} MiB、{PIXELS_SHOWN}以内"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = {
    "xls": ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le")),
    "doc": ("WordDocument".encode("utf-16-le"),),
}
_PICTURES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG"}
"""Extension → the kind of picture."""
_BEGINNINGS = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n"}
_PARTS = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}
_BROKEN_PICTURE = "图片已损坏，打不开，请重新拍照或另存后再上传。"
_REFUSALS = {
    "pixels": f"图片超过{PIXELS_SHOWN}，请缩小后再上传；用手机拍的，请在相机设置中改用较低的分辨率重拍。",
    "animated": "这是动态图片，请上传普通的照片或截图。",
    "size": f"图片重新保存后超过 {MADE_MIB} MiB，请另存为 JPG 或缩小后再上传。",
}
"""What the child says of a picture → the sentence to show."""


class FileRefused(Exception):
    """The file is not taken; the sentence says why and what to do."""


def picture_kind(content: bytes) -> str:
    """The extension of a photo by what it is: phones name their photos as they like. Raises FileRefused."""
    for extension in ("jpg", "png"):
        if content.startswith(_BEGINNINGS[_PICTURES[extension]]):
            return extension
    raise FileRefused(
        "这张照片打不开，请重新拍一张 JPG 照片（苹果手机在“设置”“相机”“格式”中选“兼容性最佳”）。"
    )


def taken(name: str, content: bytes, kinds: Collection[str] = tuple(CONTENT_TYPES)) -> bytes:
    """The bytes to keep of an uploaded file of one of `kinds`. Raises FileRefused."""
    extension = _checked(name, content, kinds)
    if kind := _PICTURES.get(extension):
        return _redrawn(content, kind, kind, LONGEST_SIDE)
    if not _is_document(extension, content):
        raise FileRefused(
            f"文件内容不是 {extension.upper()} 格式，请用原来的软件另存为 {extension.upper()} 后再上传。"
        )
    return content


def photo(name: str, content: bytes) -> bytes:
    """An uploaded picture as a JPEG for a page, not larger than a screen shows. Raises FileRefused."""
    extension = _checked(name, content, tuple(_PICTURES))
    return _redrawn(content, _PICTURES[extension], "JPEG", PAGE_SIDE)


def _checked(name: str, content: bytes, kinds: Collection[str]) -> str:
    """The extension of a file of one of `kinds` that is not empty and not too large."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in kinds:
        shown = KINDS_SHOWN if len(kinds) == len(CONTENT_TYPES) else "、".join(map(str.upper, kinds))
        raise FileRefused(f"不能上传这种文件，可以上传 {shown}。")
    if not content:
        raise FileRefused("文件是空的，请重新选择。")
    if len(content) > FILE_MIB * MIB:
        raise FileRefused(f"文件超过 {FILE_MIB} MiB 的上限，请压缩或拆分后再上传。")
    return extension


def _is_document(extension: str, content: bytes) -> bool:
    if extension == "pdf":
        return content.startswith(b"%PDF-")
    if extension in _STREAMS:
        return content.startswith(_OLE) and any(stream in content for stream in _STREAMS[extension])
    return _holds(content, _PARTS[extension])


def _holds(content: bytes, part: str) -> bool:
    """Whether an Office file has this part. Only its table of contents is read; one with macros is another kind."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    answer, _ = _asked(content, "parts", slots=sandbox.DOCUMENTS, seconds=None)
    names = answer.get("parts", ())
    return part in names and not any("vbaProject" in name for name in names)


def _redrawn(content: bytes, kind: str, made_kind: str, side: int) -> bytes:
    """A picture drawn anew."""
    if not content.startswith(_BEGINNINGS[kind]):
        raise FileRefused(f"文件内容不是 {kind} 图片，请重新拍照或另存后再上传。")
    answer, made = _asked(
        content,
        *("picture", kind, made_kind, str(side)),
        slots=sandbox.PICTURES,
        seconds=sandbox.PICTURE_SECONDS,
    )
    if "error" in answer:
        raise FileRefused(_REFUSALS.get(answer["error"], _BROKEN_PICTURE))
    return made


def _asked(content: bytes, *arguments: str, slots, seconds) -> tuple[dict, bytes]:
    """What the child answers; ``error`` where it came to none. Raises FileRefused when there is no turn."""
    try:
        output = sandbox.run_in_child(
            "portal.attachments.child", *arguments, content=content, slots=slots, seconds=seconds
        )
    except sandbox.Busy as busy:
        raise FileRefused(str(busy)) from busy
    except sandbox.ChildError:
        return {"error": "broken"}, b""
    line, _, made = output.partition(b"\n")
    return json.loads(line), made
