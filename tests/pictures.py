"""Pictures as phones and attackers make them."""

import io
import struct
import zlib

from PIL import Image

PNG_BEGIN = b"\x89PNG\r\n\x1a\n"


def picture(kind: str = "JPEG", size=(60, 40), mode: str = "RGB", **options) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, size).save(stream, kind, **options)
    return stream.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *more: bytes) -> bytes:
    """A black PNG of any size, without decoding it: 49 megapixels are 140 kB. `more`: parts before the picture."""
    packer, row = zlib.compressobj(9), bytes(1 + 3 * width)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"".join((PNG_BEGIN, head, *more, chunk(b"IDAT", data), chunk(b"IEND", b"")))


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "green")]
    stream = io.BytesIO()
    frames[0].save(stream, kind, save_all=True, append_images=frames[1:])
    return stream.getvalue()


def from_a_phone(size=(60, 40)) -> bytes:
    """A photo taken with the phone on its side, with place, device and comment."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(size=size, exif=exif, comment=b"secret comment")
