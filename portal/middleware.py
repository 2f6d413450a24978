"""What stands around every request: its id, session times, and the scope."""

import time
import uuid
from urllib.parse import unquote

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, middleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, transaction
from django.http import Http404, HttpResponseNotFound, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from portal import health, journal
from portal.access import Access
from portal.constraints import violation_of
from portal.logs import HEALTH_PATH
from portal.models import AccessLog
from portal.scope import APP, HEAD, PUBLIC, STREET, scope
from portal.sessions import PHONE

HEAD_PATH = "/head/"
STREET_PATH = "/street/"
SPACES = (
    ("/accounts/", None),
    ("/static/", None),
    ("/deployment/", None),
    ("/c/", APP),
    ("/home/", APP),
    (HEAD_PATH, HEAD),
    (STREET_PATH, STREET),
)
"""Database role by the first part of the path; pages outside the list are public ones.

None stands for no scope at all: the runtime login's own few rights (sessions, accounts).
"""


def role_of(path: str) -> str | None:
    """The database role in which a page runs."""
    return next((role for prefix, role in SPACES if path.startswith(prefix)), PUBLIC)


class HealthMiddleware:
    """Answer monitors before anything else: without a session, under any host name, also when the database is away.

    `/healthz/live`: the process answers. `/healthz/ready`: what `portal.health` looks at; 503 if any of it is missing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(HEALTH_PATH):
            return self.get_response(request)
        if request.path_info == f"{HEALTH_PATH}live":
            return _health(True, {})
        if request.path_info == f"{HEALTH_PATH}ready":
            found = health.checks()
            return _health(health.is_ready(found), {check.name: check.ok for check in found})
        return HttpResponseNotFound()


def _health(ok: bool, what: dict) -> JsonResponse:
    response = JsonResponse({"ok": ok, "what": what}, status=200 if ok else 503)
    response["Cache-Control"] = "no-store"
    return response


class RequestIdMiddleware:
    """Give every request an id, which stands in logs, history and on the error page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = str(uuid.uuid4())
        return self.get_response(request)


class AddressMiddleware:
    """Refuse an address with a NUL character, which no page writes and the database cannot look for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if any("\0" in text for text in (request.path_info, unquote(request.META["QUERY_STRING"]))):
            return render(None, "errors/bad_address.html", status=400)
        return self.get_response(request)


class SessionTimesMiddleware:
    """End a session after 30 idle minutes or 12 hours, keeping the page the user was on; and with its phone.

    `request.phone` is the bound phone by whose PIN the session was opened.

    The time of the last request is written at most once a minute, so that reading pages does not
    write the session every time; polling for progress does not count as being there.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.phone = None
        if request.user.is_authenticated:
            self._go_on_or_end(request)
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    @staticmethod
    def _go_on_or_end(request) -> None:
        phone_id = request.session.get(PHONE)
        if phone_id is not None:
            request.phone = request.user.phone_in_use(phone_id)
            if request.phone is None:
                logout(request)
                return
        now = int(time.time())
        started = request.session.setdefault("started_at", now)
        seen = request.session.setdefault("seen_at", now)
        # A phone in a pocket between two doors is not a desk that was left: it asks for the PIN after 12 hours.
        idle = phone_id is None and now - seen > settings.SESSION_IDLE_SECONDS
        if idle or now - started > settings.SESSION_COOKIE_AGE:
            logout(request)
            if phone_id is None:  # the page that asks for the PIN says so itself
                messages.warning(request, "长时间没有操作，已自动退出，请重新登录。")
        elif now - seen > 60 and request.headers.get("X-Liren-Poll") is None:
            request.session["seen_at"] = now


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Who is signed out gives the password; on the pages of building heads, a bound phone asks for its PIN."""

    def handle_no_permission(self, request, view):
        if request.path_info.startswith(HEAD_PATH) and settings.PHONE_COOKIE_NAME in request.COOKIES:
            return redirect_to_login(request.get_full_path(), reverse("community:phone_pin"))
        return super().handle_no_permission(request, view)


class ScopeMiddleware:
    """Open the database scope of the request and work out what the user may do (`request.access`).

    One transaction carries role and settings; `ATOMIC_REQUESTS` puts the view in a savepoint, so an
    error page may still ask the database, and a status of 500 or more rolls everything back
    (traps.md T2).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.access = Access.of(request.user, request.phone)
        request.community = None
        role = role_of(request.path_info)
        if role is None:
            return self.get_response(request)
        reach = request.access.reach(role) if role != PUBLIC else {}
        write = request.access.writable_ids if role == APP else reach.get("communities", ())
        with scope(
            role,
            user_id=request.user.pk,
            action=request.path_info[:200],
            request_id=request.id,
            write=write,
            **reach,
        ):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_view(self, request, view, args, kwargs):
        """A phone's session stays on the phone's pages. `/c/<code>/…`: the community of the URL, 404 for strangers."""
        if request.phone is not None and not _open_to_phone(request):
            return render(request, "accounts/phone_only.html", status=403)
        code = kwargs.pop("community", None) if request.path_info.startswith("/c/") else None
        if code is not None and request.user.is_authenticated:
            request.community = request.access.community(code)
            if request.community is None:
                raise Http404
        return None

    def process_exception(self, request, exception):
        """Write a refused page of a community to its access log; Django answers with 403."""
        if isinstance(exception, PermissionDenied) and request.community is not None:
            journal.log_access(
                community_id=request.community.id,
                user_id=request.user.pk,
                action=AccessLog.Action.DENIED,
                subject=request.path,
                request_id=request.id,
            )


class ViolationMiddleware:
    """Two people broke a rule of the database at once: the second one reads its sentence on the form, which is kept.

    The view's savepoint is rolled back and the view asked once more. By now its checks see what the other wrote; where
    none of them does, the form says the rule that its data carry (`portal.forms.PlacesErrors`). A page without such
    a form gets a page with the sentence.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        violation = violation_of(exception)
        if violation is None or request.method != "POST":
            return None
        data = request.POST.copy()
        data.violation = violation
        request.POST = data
        for file in request.FILES.values():
            file.seek(0)
        match = request.resolver_match
        try:
            with transaction.atomic():
                return match.func(request, *match.args, **match.kwargs)
        except (IntegrityError, DataError):
            return render(request, "errors/409.html", {"sentence": violation.sentence}, status=409)


_PHONE_PATHS = (HEAD_PATH, "/accounts/phone/", "/accounts/sessions/", "/accounts/logout/")


def _open_to_phone(request) -> bool:
    """Whether a session that six digits opened may ask for this page: doors, its own end, and what is public."""
    if request.path_info.startswith(HEAD_PATH) and not request.access.door_holdings:
        return False
    return request.path_info.startswith(_PHONE_PATHS) or role_of(request.path_info) == PUBLIC
