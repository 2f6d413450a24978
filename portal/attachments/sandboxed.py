"""Opening of an attachment in the child process (`portal.sandbox.child`)."""

import io
import warnings
import zipfile

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.attachments.kinds import BROKEN_PICTURE, MOST_PIXELS, PIXELS_SHOWN, FileRefused

REENCODED_MIB = 20
"""Largest re-encoded picture that is stored: it may compress worse than the original did."""
_TOO_MANY_PIXELS = f"图片超过{PIXELS_SHOWN}，请缩小后再上传；用手机拍的，请在相机设置中改用较低的分辨率重拍。"


def part_names(content: bytes) -> list[list[str]]:
    """Member names of a zip archive, empty for any other file. Nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [archive.namelist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return [[]]


def reencode(content: bytes, kind: str, target_kind: str, side: int) -> tuple[None, bytes]:
    """The picture re-encoded: upright, at most `side` pixels long, without metadata (place, time, device).

    Raises FileRefused.
    """
    # Our own limit is below the one at which Pillow warns of a bomb; other warnings are about the metadata.
    warnings.simplefilter("ignore")
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise FileRefused(_TOO_MANY_PIXELS)
            # A JPEG may well have a second picture: phones add a small one to each photo. The first is the photo.
            if kind == "PNG" and picture.is_animated:
                raise FileRefused("这是动态图片，请上传普通的照片或截图。")
            picture.draft(None, (side, side))
            picture.thumbnail((side, side))
            ImageOps.exif_transpose(picture, in_place=True)
            encoded = _encoded(picture, target_kind)
    except Image.DecompressionBombError as error:
        raise FileRefused(_TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise FileRefused(BROKEN_PICTURE) from error
    if len(encoded) > REENCODED_MIB * 1024 * 1024:
        raise FileRefused(f"图片重新保存后超过 {REENCODED_MIB} MB，请另存为 JPG 或缩小后再上传。")
    return None, encoded


def _encoded(picture, kind: str) -> bytes:
    modes = ("RGB", "L") if kind == "JPEG" else ("RGB", "RGBA", "L", "LA", "P", "1")
    clean = picture if picture.mode in modes else picture.convert(modes[0])
    # Pillow writes what is in `info` and nothing else: profile, comment, text and EXIF are all in there.
    transparency = clean.info.get("transparency")
    clean.info = {} if transparency is None or kind == "JPEG" else {"transparency": transparency}
    stream = io.BytesIO()
    clean.save(stream, kind, **({"quality": 88} if kind == "JPEG" else {"optimize": False}))
    return stream.getvalue()
