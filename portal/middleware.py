"""Middleware: health checks, request id, session expiry, sign-in, database scope and violated constraints."""

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
from django.views.generic import View

from portal.access.db_scope import APP, PUBLIC, scope
from portal.access.url_spaces import HEAD_PATH, MEMBER_PATH, role_of
from portal.access.user_access import Access
from portal.accounts.sessions import PHONE
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.audit.visitor import address_behind
from portal.form_pages.addresses import address_after_sign_in, remember_user
from portal.form_pages.kept import KeptFormMixin
from portal.forms.constraints import violation_of
from portal.monitoring import health
from portal.monitoring.logs import HEALTH_PATH
from portal.todo.counts import expire_counts


class HealthMiddleware:
    """Answer health checks before all other middleware: without session, under any host name, without the database.

    `/healthz/live`: the process answers. `/healthz/ready`: the checks of `portal.monitoring.health`; 503 if a required one fails.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(HEALTH_PATH):
            return self.get_response(request)
        if request.path_info == f"{HEALTH_PATH}live":
            return _health(True, {})
        if request.path_info == f"{HEALTH_PATH}ready":
            results = health.checks()
            return _health(health.is_ready(results), {check.name: check.ok for check in results})
        return HttpResponseNotFound()


def _health(ok: bool, results: dict) -> JsonResponse:
    response = JsonResponse({"ok": ok, "what": results}, status=200 if ok else 503)
    response["Cache-Control"] = "no-store"
    return response


class ProxyMiddleware:
    """Take the visitor's address from X-Forwarded-For if the request comes from a trusted proxy, and from nobody else.

    Throttling of sign-in, limits of the public forms and the list of sessions use this address.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        peer = request.META.get("REMOTE_ADDR", "")
        request.META["REMOTE_ADDR"] = address_behind(peer, request.headers.get("X-Forwarded-For", ""))
        return self.get_response(request)


class RequestIdMiddleware:
    """Give every request an id for logs, history and the error page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = str(uuid.uuid4())
        return self.get_response(request)


class AddressMiddleware:
    """Answer 400 to a URL with a NUL character, which PostgreSQL cannot store or compare."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if any("\0" in text for text in (request.path_info, unquote(request.META["QUERY_STRING"]))):
            return render(None, "errors/bad_address.html", status=400)
        return self.get_response(request)


class SessionTimesMiddleware:
    """Session expiry: after 30 idle minutes, after 12 hours, or when its bound phone is revoked.

    `request.phone` is the bound phone by whose PIN the session was opened, or None.

    The time of the last request is written at most once a minute, so that not every page writes the session; polling
    for progress does not count as activity.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.phone = None
        if request.user.is_authenticated:
            self._renew_or_end(request)
        response = self.get_response(request)
        if request.user.is_authenticated:
            remember_user(request, response)
            if not response.has_header("Cache-Control"):
                response["Cache-Control"] = "no-store"
        return response

    @staticmethod
    def _renew_or_end(request) -> None:
        phone_id = request.session.get(PHONE)
        if phone_id is not None:
            request.phone = request.user.phone_in_use(phone_id)
            if request.phone is None:
                logout(request)
                return
        now = int(time.time())
        started = request.session.setdefault("started_at", now)
        last_seen = request.session.setdefault("seen_at", now)
        # No idle limit on a phone, which rests in a pocket between two doors: it asks for the PIN after 12 hours.
        idle = phone_id is None and now - last_seen > settings.SESSION_IDLE_SECONDS
        if idle or now - started > settings.SESSION_COOKIE_AGE:
            logout(request)
            if phone_id is None:  # the page that asks for the PIN says so itself
                messages.warning(request, "长时间没有操作，已自动退出，请重新登录。")
        elif now - last_seen > 60 and request.headers.get("X-Liren-Poll") is None:
            request.session["seen_at"] = now


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Redirect anonymous users to sign-in; on the phone pages a bound phone asks for its PIN instead.

    What was typed into a form while the session ended is in it after signing in (`KeptFormMixin`).
    """

    def handle_no_permission(self, request, view):
        is_form = issubclass(getattr(view, "view_class", View), KeptFormMixin)
        address = address_after_sign_in(request) if is_form else request.get_full_path()
        is_phone_page = request.path_info.startswith((HEAD_PATH, MEMBER_PATH))
        asks_for_pin = is_phone_page and settings.PHONE_COOKIE_NAME in request.COOKIES
        return redirect_to_login(address, reverse("community:phone_pin") if asks_for_pin else None)


class ScopeMiddleware:
    """Open the database scope of the request and set the user's access (`request.access`).

    One transaction carries role and settings; `ATOMIC_REQUESTS` puts the view in a savepoint, so that an error page
    may still query the database, and a status of 500 or more rolls everything back (decision 0003). A successful POST that wrote
    something expires the stored number beside 待办: the act may have changed it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.access = Access.of(request.user, request.phone)
        request.community = None
        role = role_of(request.path_info)
        if role is None:
            return self.get_response(request)
        scope_arguments = request.access.scope_arguments(role) if role != PUBLIC else {}
        write = request.access.writable_ids if role == APP else scope_arguments.get("communities", ())
        with scope(
            role,
            user_id=request.user.pk,
            action=request.path_info[:200],
            request_id=request.id,
            write=write,
            **scope_arguments,
        ):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            elif request.method == "POST" and response.status_code < 400 and role != PUBLIC:
                expire_counts(request.user, request.community)
        return response

    def process_view(self, request, view, args, kwargs):
        """Keep phone sessions on phone pages; resolve the community of `/c/<code>/…`, with 404 for non-members."""
        if request.phone is not None and not _open_to_phone(request):
            return render(request, "community/phones/not_allowed.html", status=403)
        code = kwargs.pop("community", None) if request.path_info.startswith("/c/") else None
        if code is not None and request.user.is_authenticated:
            request.community = request.access.community(code)
            if request.community is None:
                raise Http404
        return None

    def process_exception(self, request, exception):
        """Write a refused page of a community to its access log; Django answers with 403."""
        if isinstance(exception, PermissionDenied) and request.community is not None:
            access_log.log_access(
                community_id=request.community.id,
                user_id=request.user.pk,
                action=AccessLog.Action.DENIED,
                subject=request.path,
                request_id=request.id,
            )


class ViolationMiddleware:
    """Show a constraint violated by a concurrent write as a form error, with the user's input kept.

    The view's savepoint is rolled back and the view is called once more. Now its validation usually sees the other
    row; if not, the form shows the violation that `request.POST` carries (`portal.forms.forms.ErrorPlacementMixin`). A page without
    such a form answers with an error page.
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


_PHONE_PATHS = (HEAD_PATH, MEMBER_PATH, "/accounts/phone/", "/accounts/sessions/", "/accounts/logout/")


def _open_to_phone(request) -> bool:
    """Whether a session opened by PIN may request this page: its phone pages, sign-out, and public pages."""
    if request.path_info.startswith(HEAD_PATH) and not request.access.stairwell_roles:
        return False
    if request.path_info.startswith(MEMBER_PATH) and not request.access.is_member:
        return False
    return request.path_info.startswith(_PHONE_PATHS) or role_of(request.path_info) == PUBLIC
