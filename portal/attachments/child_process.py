"""Child process that opens an attachment in the sandbox (`portal.sandbox.sandbox`): ``python -m portal.attachments.child_process TASK …``.

``picture KIND TARGET SIDE`` re-encodes a picture, ``parts`` lists the members of an Office file. The file comes on
standard input; standard output gets a line of JSON, the answer or ``error``, and then the picture.
"""

import io
import json
import sys
import warnings
import zipfile

from portal.sandbox.sandbox import confine

MOST_PIXELS = 25_000_000
"""Largest picture that is decoded, by its header: 100 MB in memory."""
REENCODED_MIB = 20
"""Largest re-encoded picture that is stored: it may compress worse than the original did."""


def main() -> None:
    """Read a file from standard input, write the answer to standard output. An unknown error ends the child."""
    confine()
    task, *arguments = sys.argv[1:]
    picture = b""
    try:
        if task == "picture":
            answer, picture = _picture(sys.stdin.buffer.read(), *arguments)
        else:
            answer = {"parts": _parts(sys.stdin.buffer.read())}
    except MemoryError:
        answer = {"error": "memory"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + picture)
    sys.stdout.buffer.flush()


def _parts(content: bytes) -> list[str]:
    """Member names of a zip archive, empty for any other file. Nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return []


def _picture(content: bytes, kind: str, target_kind: str, side: str) -> tuple[dict, bytes]:
    """The picture re-encoded: upright, at most `side` pixels long, without metadata (place, time, device)."""
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
            encoded = _encoded(picture, target_kind)
    except Image.DecompressionBombError:
        return {"error": "pixels"}, b""
    except UnidentifiedImageError:
        return {"error": "kind"}, b""
    return ({}, encoded) if len(encoded) <= REENCODED_MIB * 1024 * 1024 else ({"error": "size"}, b"")


def _encoded(picture, kind: str) -> bytes:
    modes = ("RGB", "L") if kind == "JPEG" else ("RGB", "RGBA", "L", "LA", "P", "1")
    clean = picture if picture.mode in modes else picture.convert(modes[0])
    # Pillow writes what is in `info` and nothing else: profile, comment, text and EXIF are all in there.
    transparency = clean.info.get("transparency")
    clean.info = {} if transparency is None or kind == "JPEG" else {"transparency": transparency}
    stream = io.BytesIO()
    clean.save(stream, kind, **({"quality": 88} if kind == "JPEG" else {"optimize": False}))
    return stream.getvalue()


if __name__ == "__main__":
    main()
