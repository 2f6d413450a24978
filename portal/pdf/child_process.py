"""Child process that generates one PDF: reads a job (JSON) from stdin, writes the PDF to stdout.

Run as a script by ``portal.pdf.rendering``, without Django. WeasyPrint's own fetcher reads local files and the network;
``StaticFetcher`` serves our static files and data URIs only. Any other address aborts the rendering: stdout is then
the word "refused" and the address.
"""

import json
import logging
import mimetypes
import signal
import sys
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pydyf
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse


class AddressRefusedError(FatalURLFetchingError):
    """The page refers to a foreign address; a fatal error is the only kind at which WeasyPrint stops."""


class StaticFetcher(URLFetcher):
    """Fetches data URIs, and files below ``static_url`` from ``static_folders`` (pairs of prefix and folder)."""

    def __init__(self, static_url: str, static_folders: list[tuple[str, str]]):
        super().__init__(allowed_protocols=["data"], allow_redirects=False)
        self.static_url = static_url
        self.static_folders = static_folders
        #: The refused address: WeasyPrint's drawing of SVG swallows even the fatal error.
        self.refused: str | None = None

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The resource; raises ``AddressRefusedError``."""
        if url[:5].lower() == "data:":
            return super().fetch(url, headers)
        path = self.static_file(url)
        if path is None:
            self.refused = url
            raise AddressRefusedError(url)
        kind, _ = mimetypes.guess_type(path.name)
        return URLFetcherResponse(
            url, path.read_bytes(), {"Content-Type": kind or "application/octet-stream"}
        )

    def static_file(self, url: str) -> Path | None:
        """File of a static URL, which must be inside its folder after ``..`` and links are resolved, else None."""
        address = urlsplit(url)._replace(query="", fragment="").geturl()
        if not address.startswith(self.static_url):
            return None
        name = unquote(address.removeprefix(self.static_url))
        for prefix, folder in self.static_folders:
            start = f"{prefix}/" if prefix else ""
            root = Path(folder).resolve()
            path = (root / name.removeprefix(start)).resolve()
            if name.startswith(start) and path.is_relative_to(root) and path.is_file():
                return path
        return None


class FaultHandler(logging.StreamHandler):
    """Writes WeasyPrint's messages to stderr and records whether one was an error."""

    has_error = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write the message."""
        self.has_error = self.has_error or record.levelno >= logging.ERROR
        super().emit(record)


def finish_tables(document: Any, pdf: Any) -> None:
    """Accessibility fix: give every header cell a scope and a unique ID, listed in the document's ID tree.

    WeasyPrint repeats the IDs of a header that is repeated on every page, and writes neither /Scope nor the ID tree
    that PDF requires where elements have IDs.
    """
    objects = {element.number: element for element in pdf.objects}
    root = objects[_number(pdf.catalog["StructTreeRoot"])]
    names: list[tuple[str, bytes]] = []
    for element in list(objects.values()):
        if isinstance(element, dict) and element.get("S") == "/Table":
            names += _name_cells(objects, element)
    if names:
        listed = pydyf.Array()
        for name, reference in sorted(names):
            listed += [pydyf.String(name), reference]
        tree = pydyf.Dictionary({"Names": listed})
        pdf.add_object(tree)
        root["IDTree"] = tree.reference


def _name_cells(objects: dict[int, Any], table: Any) -> list[tuple[str, bytes]]:
    """Give the header cells of one table unique IDs and update the cells that refer to them; (ID, reference) of each."""
    renamed: dict[str, str] = {}
    names, cells = [], []
    stack = [(table, False)]
    while stack:
        element, in_head = stack.pop()
        kind = element.get("S")
        if kind in ("/TH", "/TD"):
            cells.append(element)
        if kind == "/TH":
            element["A"]["Scope"] = "/Column" if in_head else "/Row"
            name = f"{table.number:08}-{len(renamed):06}"
            renamed[element["ID"].string] = name
            element["ID"] = pydyf.String(name)
            names.append((name, element.reference))
        if kind in ("/Table", "/THead", "/TBody", "/TFoot", "/TR"):
            below = [objects[_number(kid)] for kid in element["K"] if isinstance(kid, bytes)]
            stack += [(kid, in_head or kind == "/THead") for kid in reversed(below)]
    for cell in cells:
        if "Headers" in cell["A"]:
            headers = [renamed[header.string] for header in cell["A"]["Headers"]]
            cell["A"]["Headers"] = pydyf.Array([pydyf.String(header) for header in headers])
    return names


def _number(reference: bytes) -> int:
    return int(reference.split()[0])


def make_pdf(job: dict[str, Any]) -> bytes:
    """Generate the job's page as PDF/UA-1; raises ``AddressRefusedError``."""
    fetcher = StaticFetcher(job["static_url"], job["static_folders"])
    page = HTML(string=job["html"], base_url=job["base_url"], url_fetcher=fetcher)
    # With True the identifier is a hash of the content; without it there is none.
    pdf = page.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=True, finisher=finish_tables)
    if fetcher.refused is not None:
        raise AddressRefusedError(fetcher.refused)
    return pdf


def main() -> int:
    """Do the job from stdin. The portal logs WeasyPrint's messages from stderr."""
    job = json.load(sys.stdin)
    # The portal kills this process at the time limit. The alarm ends it if the portal itself was killed.
    signal.alarm(ceil(job["seconds"]) + 5)
    faults = FaultHandler()
    logging.getLogger("weasyprint").addHandler(faults)
    try:
        pdf = make_pdf(job)
    except AddressRefusedError as refused:
        pdf = f"refused {refused}".encode()
    else:
        # WeasyPrint omits an image it cannot read and goes on, but an incomplete document must not be published.
        if faults.has_error:
            return 1
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
