"""A published PDF as a download."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from community.models import BulletinVersion


def pdf_response(version: BulletinVersion) -> HttpResponse:
    """The stored bytes, read inside the scope (a streamed body would be sent after it), under a Chinese name."""
    name = version.snapshot["title"] + (f"（第{version.number}版）" if version.number > 1 else "")
    response = HttpResponse(version.read_pdf(), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.pdf")
    return response
