"""Page where a user chooses the columns of a register."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property

from portal.access.permissions import Permission
from portal.access.views import PermissionView
from portal.registers import preferences
from portal.registers.models import ListPreference
from portal.registers.registers import Register


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
        """This user's list preference for the register."""
        return preferences.preference_of(self.request.user.pk, self.register)


class ColumnsView(RegisterView):
    """Choice of columns for list, export and print, limited to those the user may see."""

    def offered(self) -> list:
        """Columns the user may see in the list or in exports."""
        return preferences.choosable_columns(self.register, self.request.access, self.request.community)

    def get(self, request):
        register = self.register
        chosen = set(preferences.preference_of(request.user.pk, register).columns)
        columns = [
            {
                "name": column.name,
                "label": register.label_of(column),
                "ticked": column.name in chosen if chosen else column.listed,
                "only": only,
            }
            for column, only in self.offered()
        ]
        return self.page("portal/registers/columns.html", columns=columns, urls={"list": self.url("list")})

    def post(self, request):
        ticked = set(request.POST.getlist("column"))
        names = [column.name for column, _ in self.offered() if column.name in ticked]
        if "reset" in request.POST:
            names = []
            messages.success(request, "已恢复默认的列。")
        elif not names:
            messages.error(request, "请至少选一列。")
            return redirect(self.url("columns"))
        else:
            messages.success(request, "列的选择已保存。")
        preferences.save_preference(request.user.pk, self.register, columns=names)
        return redirect(self.url("list"))
