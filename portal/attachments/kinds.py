"""Which files are taken: extension and content must agree; pictures are made anew, without what the camera added."""

import io
import warnings
import zipfile
from collections.abc import Collection

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.spreadsheets.limits import MIB

FILE_MIB = 10
"""Largest file, as uploaded."""
MOST_PIXELS = 50_000_000
"""Largest picture that is opened: 200 MB in memory."""
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

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = {
    "xls": ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le")),
    "doc": ("WordDocument".encode("utf-16-le"),),
}
_PICTURES = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
"""The first bytes of a picture → its extension."""
_PARTS = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}


class FileRefused(Exception):
    """The file is not taken; the sentence says why and what to do."""


def picture_kind(content: bytes) -> str:
    """The extension of a photo by what it is: phones name their photos as they like. Raises FileRefused."""
    found = next((kind for begin, kind in _PICTURES.items() if content.startswith(begin)), None)
    if found is None:
        raise FileRefused(
            "这张照片打不开，请重新拍一张 JPG 照片（苹果手机在“设置”“相机”“格式”中选“兼容性最佳”）。"
        )
    return found


def taken(name: str, content: bytes, kinds: Collection[str] = tuple(CONTENT_TYPES)) -> bytes:
    """The bytes to keep of an uploaded file of one of `kinds`. Raises FileRefused."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in kinds:
        shown = KINDS_SHOWN if len(kinds) == len(CONTENT_TYPES) else "、".join(map(str.upper, kinds))
        raise FileRefused(f"不能上传这种文件，可以上传 {shown}。")
    if not content:
        raise FileRefused("文件是空的，请重新选择。")
    if len(content) > FILE_MIB * MIB:
        raise FileRefused(f"文件超过 {FILE_MIB} MiB 的上限，请压缩或拆分后再上传。")
    if extension in ("jpg", "jpeg", "png"):
        return _picture(content, "PNG" if extension == "png" else "JPEG")
    if not _is_document(extension, content):
        raise FileRefused(
            f"文件内容不是 {extension.upper()} 格式，请用原来的软件另存为 {extension.upper()} 后再上传。"
        )
    return content


def photo(name: str, content: bytes) -> bytes:
    """An uploaded picture as a JPEG for a page: made anew like any other, and not larger than a screen shows."""
    with Image.open(io.BytesIO(taken(name, content, ("jpg", "jpeg", "png")))) as picture:
        shown = picture.convert("RGB")
    shown.thumbnail((PAGE_SIDE, PAGE_SIDE))
    return _encoded(shown, "JPEG")


def _is_document(extension: str, content: bytes) -> bool:
    if extension == "pdf":
        return content.startswith(b"%PDF-")
    if extension in _STREAMS:
        return content.startswith(_OLE) and any(stream in content for stream in _STREAMS[extension])
    return _holds(content, _PARTS[extension])


def _holds(content: bytes, part: str) -> bool:
    """Whether an Office file has this part. Only its table of contents is read; one with macros is another kind."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return content.startswith(b"PK\x03\x04") and part in names and not any("vbaProject" in n for n in names)


def _picture(content: bytes, kind: str) -> bytes:
    """The picture drawn anew, upright, without place, time and device; nothing of the original bytes is kept."""
    with warnings.catch_warnings():
        # Our own limit is below the one at which Pillow warns of a bomb; other warnings are about the metadata.
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(content), formats=[kind]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Image.DecompressionBombError
                picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
                upright = ImageOps.exif_transpose(picture)
        except Image.DecompressionBombError as problem:
            raise FileRefused(f"图片超过 {MOST_PIXELS // 10_000} 万像素，请缩小后再上传。") from problem
        except UnidentifiedImageError as problem:
            raise FileRefused(f"文件内容不是 {kind} 图片，请重新拍照或另存后再上传。") from problem
        except (OSError, SyntaxError, ValueError, EOFError) as problem:
            raise FileRefused("图片已损坏，打不开，请重新拍照或另存后再上传。") from problem
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return _encoded(upright, kind)


def _encoded(picture: Image.Image, kind: str) -> bytes:
    wanted = ("RGB", "L") if kind == "JPEG" else ("RGB", "RGBA", "L", "LA", "P", "1")
    clean = picture if picture.mode in wanted else picture.convert(wanted[0])
    # Pillow writes what stands in `info` and nothing else: profile, comment, text and EXIF all stand there.
    transparency = clean.info.get("transparency")
    clean.info = {} if transparency is None or kind == "JPEG" else {"transparency": transparency}
    stream = io.BytesIO()
    clean.save(stream, kind, **({"quality": 88} if kind == "JPEG" else {"optimize": False}))
    return stream.getvalue()
