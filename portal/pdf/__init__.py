"""PDF from templates: WeasyPrint in a child process that can read our static files and nothing else.

``render_pdf`` is for templates (see ``templates/print/official.html``), ``pdf_from_html`` for a whole page.
The same input gives the same bytes on the same machine: nothing in the file depends on the clock, dates come
from the template's context and the identifier is a hash of the content.
"""

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)

#: Longest time one PDF may take, in seconds (security.md).
SECONDS = 30

CHILD = Path(__file__).with_name("child.py")


class PdfError(Exception):
    """No PDF came out. The text is the sentence to show."""

    def __init__(self, sentence: str = "PDF 未能生成，请稍后再试；仍不成功请告知管理员。"):
        super().__init__(sentence)


class PdfTimeoutError(PdfError):
    """The PDF took longer than allowed and its process was ended."""

    def __init__(self, seconds: float):
        super().__init__(f"生成 PDF 超过 {seconds:g} 秒，已停止。请减少内容或分几次导出后再试。")


class PdfAddressRefusedError(PdfError):
    """The page refers to something that is not one of our static files; ``address`` says what."""

    def __init__(self, address: str):
        super().__init__("PDF 未能生成：内容引用了不允许读取的地址，请告知管理员。")
        self.address = address


def render_pdf(template_name: str, context: Mapping[str, Any], *, seconds: float = SECONDS) -> bytes:
    """The template rendered with the context (autoescaped, no request) as a tagged PDF (PDF/UA-1).

    Raises ``PdfTimeoutError``, ``PdfAddressRefusedError`` or ``PdfError``.
    """
    return pdf_from_html(render_to_string(template_name, dict(context)), seconds=seconds)


def pdf_from_html(html: str, *, seconds: float = SECONDS) -> bytes:
    """A whole HTML page as a tagged PDF (PDF/UA-1); errors as ``render_pdf``.

    Whoever builds the HTML has escaped it.
    """
    job = job_of(html, seconds)
    # Isolated (-I): neither the environment nor the current folder adds code to the child. It needs no
    # Django, which keeps its start short, and a process of its own can be ended from any thread.
    command = [sys.executable, "-I", "-X", "utf8", str(CHILD)]
    try:
        done = subprocess.run(
            command, input=json.dumps(job).encode(), capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        logger.warning("PDF process ended after %g s", seconds)
        raise PdfTimeoutError(seconds) from None
    # The end holds the exception; a message may quote a whole data URI.
    messages = done.stderr.decode(errors="replace").strip()[-2000:]
    if done.stdout.startswith(b"refused "):
        raise PdfAddressRefusedError(done.stdout.decode().removeprefix("refused "))
    if done.returncode:
        logger.error("PDF process failed with status %d: %s", done.returncode, messages)
        raise PdfError
    if messages:
        logger.warning("PDF process: %s", messages)
    return done.stdout


def job_of(html: str, seconds: float) -> dict[str, Any]:
    """What the process is told (`portal.pdf.child`): the page, and what it may read."""
    return {
        "html": html,
        "base_url": settings.LIREN_URL,
        "static_url": urljoin(settings.LIREN_URL, settings.STATIC_URL),
        "static_folders": _static_folders(),
        "seconds": seconds,
    }


def _static_folders() -> list[tuple[str, str]]:
    """Folders of our static files, each with the path below ``STATIC_URL`` at which it stands.

    The finders' folders come first, so that a source file wins over an older collected copy; the collected
    ones are needed for the hashed names that exist only there.
    """
    folders = [
        (getattr(storage, "prefix", "") or "", str(storage.location))
        for finder in get_finders()
        for storage in getattr(finder, "storages", {}).values()
    ]
    if settings.STATIC_ROOT:
        folders.append(("", str(settings.STATIC_ROOT)))
    return folders
