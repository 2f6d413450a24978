"""Size limits of request bodies: by path, and larger for URLs whose form takes files (`takes_files`).

`BodySizeMiddleware` comes before everything that reads a body (sessions and CSRF too). It decides by the announced
Content-Length and refuses a body without one; nothing of a refused body is stored or parsed.
"""

import time
from functools import wraps

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from portal.access.db_scope import PUBLIC
from portal.access.url_spaces import role_of
from portal.values.sizes import MIB

SMALL = 64 * 1024
"""Limit for anonymous requests: sign-in and public pages. The longest public form has 2,000 characters, 18 kB encoded."""
NORMAL = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
"""Limit for signed-in users' forms. Django applies the same limit to the fields of a form with files."""
LARGE = 25 * MIB
"""Limit for forms that take files: attachments, photos, imports, blank forms."""
LARGE_SHOWN = f"{LARGE // MIB} MB"
_SHOWN = {SMALL: f"{SMALL // 1024} KB", NORMAL: f"{NORMAL // MIB} MB", LARGE: LARGE_SHOWN}

_DRAIN_BYTES = 4 * LARGE
_DRAIN_SECONDS = 20
_CHUNK_BYTES = 64 * 1024


def takes_files(view):
    """Decorator for URL patterns whose form takes files: `path("photos/", takes_files(views.photos))`."""

    @wraps(view)
    def taking(*args, **kwargs):
        return view(*args, **kwargs)

    taking.takes_files = True
    return taking


def limit_of(path: str) -> int:
    """Size limit of a request body for this path, in bytes."""
    try:
        view = resolve(path).func
    except Resolver404:
        view = None
    if getattr(view, "takes_files", False):
        return LARGE
    is_open = path.startswith("/accounts/") or role_of(path) == PUBLIC
    return SMALL if is_open else NORMAL


class BodySizeMiddleware:
    """Answer 413 to a body that is too large and 411 to one of unknown length, each with a page that explains it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.headers.get("Transfer-Encoding"):
            return _refuse(request, "errors/411.html", 411)
        length = _length(request)
        # Nearly every request is below the smallest limit, so that its URL need not be resolved here.
        if length > SMALL and length > (limit := limit_of(request.path_info)):
            context = {"limit": _SHOWN[limit], "takes_files": limit == LARGE}
            return _refuse(request, "errors/413.html", 413, context)
        return self.get_response(request)


def _length(request) -> int:
    """Content-Length, parsed as Django does."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refuse(request, template: str, status: int, context: dict | None = None) -> HttpResponse:
    response = render(None, template, context, status=status)
    # A proxy that has a whole answer hangs up; without its length it would wait for the end, and the drain for the proxy.
    response["Content-Length"] = len(response.content)
    close = response.close

    def close_and_drain():
        """Read the rest of the body after the response has been sent (RFC 9112, 9.6).

        A connection closed with unread data is reset, and a reset may discard the response before the browser has
        read it.
        """
        close()
        _drain(request.environ["wsgi.input"], _length(request) or _DRAIN_BYTES)

    response.close = close_and_drain
    return response


def _drain(stream, length: int) -> None:
    """Read and discard the rest of a body, limited in size and time; then the server closes the connection."""
    remaining, end = min(length, _DRAIN_BYTES), time.monotonic() + _DRAIN_SECONDS
    while remaining > 0 and time.monotonic() < end and (piece := stream.read(min(remaining, _CHUNK_BYTES))):
        remaining -= len(piece)
