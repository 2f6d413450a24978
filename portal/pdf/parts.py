"""Long PDFs: parts are laid out separately, joined, and get their page numbers at the end.

WeasyPrint keeps every box of a document in memory, about 23 kB per cell; with parts, memory does not grow with the
length. The price: the joined PDF has no tags, because joining the tag trees would hold every cell as an object of
pypdf, a gigabyte for 10,000 rows.
"""

import io
from collections.abc import Iterable

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject


def join(parts: Iterable[bytes]) -> tuple[PdfWriter, int]:
    """All pages of the parts in order, and their number."""
    document = PdfWriter()
    for part in parts:
        document.append(PdfReader(io.BytesIO(part)), import_outline=False)
    return document, len(document.pages)


def number(document: PdfWriter, numbers: bytes) -> bytes:
    """Overlay page n of `numbers` on page n of the document and return the bytes of the finished PDF.

    Each overlay becomes a form object beside the page's content stream, which is not parsed: that would take longer
    than the layout.
    """
    over_pages = PdfReader(io.BytesIO(numbers)).pages
    for count, (page, over) in enumerate(zip(document.pages, over_pages, strict=True), start=1):
        # The pages of a part share their resources, so that each form needs a unique name.
        name = f"/PageNumber{count}"
        form = DecodedStreamObject()
        form.set_data(over.get_contents().get_data())
        form[NameObject("/Type")] = NameObject("/XObject")
        form[NameObject("/Subtype")] = NameObject("/Form")
        form[NameObject("/BBox")] = over.mediabox.clone(document)
        form[NameObject("/Resources")] = over["/Resources"].get_object().clone(document)
        resources = page["/Resources"].get_object()
        forms = resources.setdefault(NameObject("/XObject"), DictionaryObject()).get_object()
        forms[NameObject(name)] = document._add_object(form)
        content = page.raw_get("/Contents")
        before, after = DecodedStreamObject(), DecodedStreamObject()
        before.set_data(b"q\n")
        after.set_data(f"\nQ\nq {name} Do Q\n".encode())
        inner = content.get_object()
        middle = list(inner) if isinstance(inner, ArrayObject) else [content]
        page[NameObject("/Contents")] = ArrayObject(
            [document._add_object(before), *middle, document._add_object(after)]
        )
    stream = io.BytesIO()
    document.write(stream)
    return stream.getvalue()
