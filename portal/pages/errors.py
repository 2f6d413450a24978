"""Error pages: what happened and what to do, with as few queries as possible."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.shortcuts import render

from portal.files.storage import is_full
from portal.sandbox.errors import Busy


def bad_request(request, exception=None):
    """400 for an unreadable body; 413 for too large a body or too many fields or files."""
    too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return render(None, "errors/400.html", {"too_large": too_large}, status=413 if too_large else 400)


def csrf_failure(request, reason=""):
    return render(request, "errors/csrf.html", status=403)


def forbidden(request, exception=None):
    return render(request, "errors/403.html", status=403)


def not_found(request, exception=None):
    return render(request, "errors/404.html", status=404)


def server_error(request):
    """500; 507 when the disk is full; 503 when the database is unreachable or the sandbox is busy.

    Also for errors outside the view.
    """
    problem = sys.exc_info()[1]
    if is_full(problem):
        return render(None, "errors/507.html", status=507)
    if isinstance(problem, OperationalError | InterfaceError):
        return _retry_later("errors/503.html", 10)
    if isinstance(problem, Busy):
        return _retry_later("errors/busy.html", 60)
    return render(None, "errors/500.html", {"request_id": getattr(request, "id", "")}, status=500)


def _retry_later(template: str, seconds: int):
    response = render(None, template, status=503)
    response["Retry-After"] = str(seconds)
    return response
