"""Permission checks of views: `require`, the decorator `needs` and the base class `PermissionView`."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.views.generic import View

from portal.access.permissions import Permission


def require(request, permission: Permission) -> None:
    """Raise PermissionDenied (403) without the right; `ScopeMiddleware` writes the refusal to the access log."""
    if not request.access.can(permission, request.community):
        raise PermissionDenied


def needs(permission: Permission):
    """Decorator for function views: the user must hold `permission` in the community of the URL.

    Below `/head/`, `/m/` and `/street/`, where the URL names no community, holding it anywhere is enough; the
    rows are narrowed by `rows()` all the same.
    """

    def decorate(view):
        @wraps(view)
        def checked(request, *args, **kwargs):
            require(request, permission)
            return view(request, *args, **kwargs)

        return checked

    return decorate


class PermissionView(View):
    """Base of class-based views: `permission` is checked before anything else.

    None must be said: a page for everybody who is signed in, or for the public with `login_not_required`.
    """

    permission: Permission | None

    def dispatch(self, request, *args, **kwargs):
        self.check_permission(request)
        return super().dispatch(request, *args, **kwargs)

    def check_permission(self, request) -> None:
        """Raise PermissionDenied without the right of the page."""
        if (permission := self.get_permission()) is not None:
            require(request, permission)

    def get_permission(self) -> Permission | None:
        return self.permission
