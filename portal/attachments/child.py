"""The child process that opens an attachment (`portal.sandbox`): ``python -m portal.attachments.child WHAT …``.

``picture KIND MADE SIDE`` draws a picture of this kind anew, ``parts`` lists what an Office file is made of. The file
comes on standard input; on standard output a line of JSON, the answer or ``error``, and then the picture.
"""

import io
import json
import sys
import warnings
import zipfile

from portal.sandbox import confine

MOST_PIXELS = 25_000_000
"""Largest picture that is decoded, by its header: 100 MB in memory."""
MADE_MIB = 20
"""Largest picture that is kept: drawn anew and of another size, one may be harder to pack than it was."""


def main() -> None:
    """Read a file from standard input, write the answer to standard output. An unknown error ends the child."""
    confine()
    what, *arguments = sys.argv[1:]
    made = b""
    try:
        if what == "picture":
            answer, made = _picture(sys.stdin.buffer.read(), *arguments)
        else:
            answer = {"parts": _parts(sys.stdin.buffer.read())}
    except MemoryError:
        answer = {"error": "memory"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + made)
    sys.stdout.buffer.flush()


def _parts(content: bytes) -> list[str]:
    """The names in a zip; none of what is no zip. Nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return []


def _picture(content: bytes, kind: str, made_kind: str, side: str) -> tuple[dict, bytes]:
    """The picture upright, no longer than `side`, without place, time and device; no original byte is kept."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # under the memory limit

    size = (int(side), int(side))
    # Our own limit is below the one at which Pillow warns of a bomb; other warnings are about the metadata.
    warnings.simplefilter("ignore")
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return {"error": "pixels"}, b""
            # A JPEG may well have a second picture: phones add a small one to each photo. The first is the photo.
            if kind == "PNG" and picture.is_animated:
                return {"error": "animated"}, b""
            picture.draft(None, size)
            picture.thumbnail(size)
            ImageOps.exif_transpose(picture, in_place=True)
            made = _encoded(picture, made_kind)
    except Image.DecompressionBombError:
        return {"error": "pixels"}, b""
    except UnidentifiedImageError:
        return {"error": "kind"}, b""
    return ({}, made) if len(made) <= MADE_MIB * 1024 * 1024 else ({"error": "size"}, b"")


def _encoded(picture, kind: str) -> bytes:
    wanted = ("RGB", "L") if kind == "JPEG" else ("RGB", "RGBA", "L", "LA", "P", "1")
    clean = picture if picture.mode in wanted else picture.convert(wanted[0])
    # Pillow writes what stands in `info` and nothing else: profile, comment, text and EXIF all stand there.
    transparency = clean.info.get("transparency")
    clean.info = {} if transparency is None or kind == "JPEG" else {"transparency": transparency}
    stream = io.BytesIO()
    clean.save(stream, kind, **({"quality": 88} if kind == "JPEG" else {"optimize": False}))
    return stream.getvalue()


if __name__ == "__main__":
    main()
