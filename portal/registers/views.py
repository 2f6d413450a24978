"""Page where a user chooses the columns of a register."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import cached_property

from portal.access.permissions import Permission
from portal.access.views import PermissionView
from portal.form_pages.addresses import DRAFT, STEP
from portal.form_pages.kept import KeptFormMixin
from portal.registers import preferences
from portal.registers.column_choice import ColumnChoice
from portal.registers.models import ListPreference
from portal.registers.registers import Register


def row_of_page(register: Register, request, uuid, permission: Permission):
    """The row that an address names. Raises PermissionDenied where the user sees it, but not with this right, or Http404."""
    rows = register.rows(request.access, request.community, permission)
    if (row := rows.filter(uuid=uuid).first()) is not None:
        return row
    if permission != register.view and register.rows(request.access, request.community).filter(uuid=uuid):
        raise PermissionDenied
    raise Http404


class RegisterView(PermissionView):
    """Page of a register, open to whoever may view its rows; `register_urls` passes `register`."""

    register: Register = None

    def get_permission(self) -> Permission:
        return self.register.view

    def get_row(self):
        return row_of_page(self.register, self.request, self.kwargs["row"], self.get_permission())

    def page(self, template: str, status: int = 200, **context):
        return render(self.request, template, {"register": self.register, **context}, status=status)

    def url(self, action: str, row=None) -> str:
        return self.register.url(action, self.request.community, row)

    @cached_property
    def preference(self) -> ListPreference:
        """This user's list preference for the register."""
        return preferences.preference_of(self.request.user.pk, self.register)


class ColumnsView(KeptFormMixin, RegisterView):
    """Choice of columns and their order for list, export and print, limited to those the user may see.

    A page, and without its frame what the popover of the list fetches. The query is that of the list to return to.
    """

    def choice(self, data: QueryDict | None = None) -> ColumnChoice:
        access, community = self.request.access, self.request.community
        return ColumnChoice(self.register, access, community, self.preference.columns, data)

    def get(self, request):
        self.explain_draft()
        return self.show(self.choice(self.draft()))

    def show(self, choice: ColumnChoice, status: int = 200):
        fetched = self.request.htmx and not self.request.htmx.boosted
        template = "portal/registers/column_form.html" if fetched else "portal/registers/columns.html"
        urls = {"list": self.list_url, "columns": self.request.get_full_path()}
        return self.page(template, status, choice=choice, urls=urls, by_saved="saved" in self.request.GET)

    @property
    def list_url(self) -> str:
        """The list under the same conditions; no longer as a saved list, which has columns of its own."""
        query = self.request.GET.copy()
        for name in ("saved", DRAFT, STEP):
            query.pop(name, None)
        return f"{self.url('list')}?{query.urlencode()}" if query else self.url("list")

    def post(self, request):
        choice = self.choice(request.POST)
        if "reset" in request.POST:
            names = []
            messages.success(request, "已恢复默认的列。")
        elif choice.problem:
            messages.error(request, choice.problem)
            return self.show(choice, status=422)
        else:
            names = choice.names
            messages.success(request, "列的选择已保存。")
        preferences.save_preference(request.user.pk, self.register, columns=names)
        return redirect(self.list_url)
