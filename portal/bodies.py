"""How large the body of a request may be: by its path, larger where the URL says that its form takes files.

`BodySizeMiddleware` stands before whatever reads a body (sessions and CSRF too), and refuses by the length that the
browser announces; what comes without a length is refused as well. Nothing of a refused body is kept or parsed.
"""

import time
from functools import wraps

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from portal.middleware import role_of
from portal.scope import PUBLIC
from portal.spreadsheets.limits import MIB

SMALL = 64 * 1024
"""What anybody may send: signing in, and public pages. The longest public form has 2,000 characters, 18 kB encoded."""
NORMAL = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
"""Forms of those who are signed in. Django holds fields beside files to the same size."""
LARGE = 25 * MIB
"""Forms that take files: attachments, photos, imports, blank forms."""
LARGE_SHOWN = f"{LARGE // MIB} MiB"
_SHOWN = {SMALL: f"{SMALL // 1024} KiB", NORMAL: f"{NORMAL // MIB} MiB", LARGE: LARGE_SHOWN}

_DRAINED = 4 * LARGE
_DRAIN_SECONDS = 20
_PIECE = 64 * 1024


def takes_files(view):
    """Mark the view of a URL as one whose form takes files: `path("photos/", takes_files(views.photos))`."""

    @wraps(view)
    def taking(*args, **kwargs):
        return view(*args, **kwargs)

    taking.takes_files = True
    return taking


def limit_of(path: str) -> int:
    """The largest body of a request for this path, in bytes."""
    try:
        view = resolve(path).func
    except Resolver404:
        view = None
    if getattr(view, "takes_files", False):
        return LARGE
    is_open = path.startswith("/accounts/") or role_of(path) == PUBLIC
    return SMALL if is_open else NORMAL


class BodySizeMiddleware:
    """Answer 413 to a body that is too large and 411 to one of unknown length, by a page in words."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.headers.get("Transfer-Encoding"):
            return _refusal(request, "errors/411.html", 411)
        length = _length(request)
        # Below the smallest limit nothing need be looked up, which is nearly every request.
        if length > SMALL and length > (limit := limit_of(request.path_info)):
            context = {"limit": _SHOWN[limit], "takes_files": limit == LARGE}
            return _refusal(request, "errors/413.html", 413, context)
        return self.get_response(request)


def _length(request) -> int:
    """As Django reads it."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refusal(request, template: str, status: int, context: dict | None = None) -> HttpResponse:
    response = render(None, template, context, status=status)
    close = response.close

    def close_and_drain():
        """Once the answer has been sent, let the browser come to its end (RFC 9112, 9.6).

        The server closes a connection with much unread by a reset, at which a computer may forget an answer that
        its browser has not read yet.
        """
        close()
        _drain(request.environ["wsgi.input"], _length(request) or _DRAINED)

    response.close = close_and_drain
    return response


def _drain(stream, length: int) -> None:
    """Throw away what still comes, so much and so long at most; then the server closes the connection."""
    left, end = min(length, _DRAINED), time.monotonic() + _DRAIN_SECONDS
    while left > 0 and time.monotonic() < end and (piece := stream.read(min(left, _PIECE))):
        left -= len(piece)
