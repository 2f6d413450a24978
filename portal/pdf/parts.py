"""A long document in parts: each is laid out by itself, the whole gets its page numbers at the end.

WeasyPrint keeps every box of a document in memory, about 23 kB for a cell. In parts that stays the same for any
length. What it costs: the whole is a plain PDF without the tags of its parts. To join the trees of tags as well
would hold every cell as an object of pypdf, a gigabyte for 10,000 rows.
"""

import io
from collections.abc import Iterable

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject


def join(parts: Iterable[bytes]) -> tuple[PdfWriter, int]:
    """All pages of the parts in order, and how many they are."""
    whole = PdfWriter()
    for part in parts:
        whole.append(PdfReader(io.BytesIO(part)), import_outline=False)
    return whole, len(whole.pages)


def number(whole: PdfWriter, numbers: bytes) -> bytes:
    """Lay page n of `numbers` over page n of the whole; the bytes of the finished document.

    Each number becomes a form of its own beside the page's content, which is not taken apart: that would
    take longer than the layout.
    """
    over_pages = PdfReader(io.BytesIO(numbers)).pages
    for count, (page, over) in enumerate(zip(whole.pages, over_pages, strict=True), start=1):
        # The pages of a part share their resources, so that each form needs a name of its own.
        name = f"/PageNumber{count}"
        form = DecodedStreamObject()
        form.set_data(over.get_contents().get_data())
        form[NameObject("/Type")] = NameObject("/XObject")
        form[NameObject("/Subtype")] = NameObject("/Form")
        form[NameObject("/BBox")] = over.mediabox.clone(whole)
        form[NameObject("/Resources")] = over["/Resources"].get_object().clone(whole)
        resources = page["/Resources"].get_object()
        forms = resources.setdefault(NameObject("/XObject"), DictionaryObject()).get_object()
        forms[NameObject(name)] = whole._add_object(form)
        content = page.raw_get("/Contents")
        before, after = DecodedStreamObject(), DecodedStreamObject()
        before.set_data(b"q\n")
        after.set_data(f"\nQ\nq {name} Do Q\n".encode())
        inner = content.get_object()
        middle = list(inner) if isinstance(inner, ArrayObject) else [content]
        page[NameObject("/Contents")] = ArrayObject(
            [whole._add_object(before), *middle, whole._add_object(after)]
        )
    stream = io.BytesIO()
    whole.write(stream)
    return stream.getvalue()
