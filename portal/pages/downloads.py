from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

# Opened by itself a drawing may use its own style and nothing else.
_DRAWING = "sandbox; default-src 'none'; style-src 'unsafe-inline'"

_CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


def download(content: bytes, name: str, extension: str) -> HttpResponse:
    """Download as `name.extension`. Bytes and no stream, since a streamed body would be sent outside the scope."""
    response = HttpResponse(content, content_type=_CONTENT_TYPES[extension])
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{extension}")
    return response


def download_of_today(content: bytes, name: str, extension: str) -> HttpResponse:
    """Download whose file name ends in today's date."""
    return download(content, f"{name}{timezone.localdate():%Y%m%d}", extension)


def svg_response(svg: str) -> HttpResponse:
    """A chart for an `<img>`."""
    response = HttpResponse(svg, content_type="image/svg+xml; charset=utf-8")
    response["Content-Security-Policy"] = _DRAWING
    return response
