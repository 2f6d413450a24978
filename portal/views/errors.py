"""Error pages. Each says what happened and what to do; none asks more of the database than it must."""

import sys

from django.db import InterfaceError, OperationalError
from django.shortcuts import render

from portal.storage import is_full


def csrf_failure(request, reason=""):
    return render(request, "errors/csrf.html", status=403)


def forbidden(request, exception=None):
    return render(request, "errors/403.html", status=403)


def not_found(request, exception=None):
    return render(request, "errors/404.html", status=404)


def server_error(request):
    """500; 507 when no space is left; 503 when the database cannot be reached. Also for what showed below the view."""
    problem = sys.exc_info()[1]
    if is_full(problem):
        return render(None, "errors/507.html", status=507)
    if isinstance(problem, OperationalError | InterfaceError):
        response = render(None, "errors/503.html", status=503)
        response["Retry-After"] = "10"
        return response
    return render(None, "errors/500.html", {"request_id": getattr(request, "id", "")}, status=500)
