"""What every view of ours begins with: the right, and the answer to strangers."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.views.generic import View

from portal import journal
from portal.models import AccessLog
from portal.permissions import Permission


def require(request, permission: Permission) -> None:
    """Refuse a member without the right: 403, and a line in the access log of the community."""
    if request.access.can(permission, request.community):
        return
    if request.community is not None:
        journal.log_access(
            community_id=request.community.id,
            user_id=request.user.pk,
            action=AccessLog.Action.DENIED,
            subject=request.path,
            request_id=request.id,
        )
    raise PermissionDenied


def needs(permission: Permission):
    """Decorator for function views: the user must hold `permission` in the community of the URL.

    Below `/head/` and `/street/`, where the URL names no community, holding it anywhere is enough; the
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
    """Base of class-based views: `permission` is checked before anything else."""

    permission: Permission

    def dispatch(self, request, *args, **kwargs):
        require(request, self.get_permission())
        return super().dispatch(request, *args, **kwargs)

    def get_permission(self) -> Permission:
        return self.permission
