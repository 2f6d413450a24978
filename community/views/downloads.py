"""A published PDF as a download."""

from django.http import HttpResponse

from community.models import BulletinVersion
from portal.views.downloads import download


def pdf_response(version: BulletinVersion) -> HttpResponse:
    """The stored bytes under a Chinese name."""
    name = version.snapshot["title"] + (f"（第{version.number}版）" if version.number > 1 else "")
    return download(version.read_pdf(), name, "pdf")
