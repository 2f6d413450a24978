"""Base of the views of a register."""

from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property

from portal import preferences
from portal.models import ListPreference
from portal.permissions import Permission
from portal.registers import Register
from portal.views.base import PermissionView


class RegisterView(PermissionView):
    """Page of a register, open to whoever may view its rows; `register_urls` passes `register`."""

    register: Register = None

    def get_permission(self) -> Permission:
        return self.register.view

    def get_row(self):
        queryset = self.register.rows(self.request.access, self.request.community, self.get_permission())
        return get_object_or_404(queryset, uuid=self.kwargs["row"])

    def page(self, template: str, status: int = 200, **context):
        return render(self.request, template, {"register": self.register, **context}, status=status)

    def url(self, action: str, row=None) -> str:
        return self.register.url(action, self.request.community, row)

    @cached_property
    def preference(self) -> ListPreference:
        """How this user wants the list."""
        return preferences.preference_of(self.request.user.pk, self.register)
