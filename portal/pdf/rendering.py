"""PDF generation: WeasyPrint in a child process that can read our static files and nothing else.

``render_pdf`` takes a template (see ``templates/print/official.html``), ``pdf_from_html`` a complete page. Output is
reproducible: the same input gives the same bytes on the same machine, because dates come from the template's context
and the identifier is a hash of the content.
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

#: Time limit of one PDF, in seconds (decision 0056).
SECONDS = 30

CHILD = Path(__file__).with_name("child_process.py")


class PdfError(Exception):
    """No PDF was generated. The text is the sentence to show."""

    def __init__(self, sentence: str = "PDF 未能生成，请稍后再试；仍不成功请告知管理员。"):
        super().__init__(sentence)


class PdfTimeoutError(PdfError):
    """The PDF exceeded the time limit and its process was killed."""

    def __init__(self, seconds: float):
        super().__init__(f"生成 PDF 超过 {seconds:g} 秒，已停止。请减少内容或分几次导出后再试。")


class PdfAddressRefusedError(PdfError):
    """The page refers to ``address``, which is not one of our static files."""

    def __init__(self, address: str):
        super().__init__("PDF 未能生成：内容引用了不允许读取的地址，请告知管理员。")
        self.address = address


def render_pdf(template_name: str, context: Mapping[str, Any], *, seconds: float = SECONDS) -> bytes:
    """Render a template (autoescaped, without request) as a tagged PDF (PDF/UA-1).

    Raises ``PdfTimeoutError``, ``PdfAddressRefusedError`` or ``PdfError``.
    """
    return pdf_from_html(render_to_string(template_name, dict(context)), seconds=seconds)


def pdf_from_html(html: str, *, seconds: float = SECONDS) -> bytes:
    """Convert a complete HTML page, escaped by the caller, to a tagged PDF (PDF/UA-1). Errors as ``render_pdf``."""

    job = job_of(html, seconds)
    # Isolated (-I): neither the environment nor the current folder adds code to the child. It starts fast without
    # Django, and unlike a thread a process can be killed.
    command = [sys.executable, "-I", "-X", "utf8", str(CHILD)]
    try:
        process = subprocess.run(
            command, input=json.dumps(job).encode(), capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        logger.warning("PDF process ended after %g s", seconds)
        raise PdfTimeoutError(seconds) from None
    # The exception is at the end; a message may quote a whole data URI.
    messages = process.stderr.decode(errors="replace").strip()[-2000:]
    if process.stdout.startswith(b"refused "):
        raise PdfAddressRefusedError(process.stdout.decode().removeprefix("refused "))
    if process.returncode:
        logger.error("PDF process failed with status %d: %s", process.returncode, messages)
        raise PdfError
    if messages:
        logger.warning("PDF process: %s", messages)
    return process.stdout


def job_of(html: str, seconds: float) -> dict[str, Any]:
    """Job for the child process (`portal.pdf.child_process`): the page, and the folders it may read."""
    return {
        "html": html,
        "base_url": settings.LIREN_URL,
        "static_url": urljoin(settings.LIREN_URL, settings.STATIC_URL),
        "static_folders": _static_folders(),
        "seconds": seconds,
    }


def _static_folders() -> list[tuple[str, str]]:
    """Folders of static files, each with its path below ``STATIC_URL``.

    The finders' folders come first, so that a source file takes precedence over an older collected copy; the
    collected ones are needed for the hashed names, which exist only there.
    """
    folders = [
        (getattr(storage, "prefix", "") or "", str(storage.location))
        for finder in get_finders()
        for storage in getattr(finder, "storages", {}).values()
    ]
    if settings.STATIC_ROOT:
        folders.append(("", str(settings.STATIC_ROOT)))
    return folders
