"""Which columns of a register a user wants to see."""

from django.contrib import messages
from django.shortcuts import redirect

from portal import preferences
from portal.views.register_base import RegisterView


class ColumnsView(RegisterView):
    """Tick columns for list, export and print; what is sent is held against what the user may see."""

    def offered(self) -> list:
        """Columns the user may see in the list or in exports; a narrower right hides them here too."""
        return preferences.offered(self.register, self.request.access, self.request.community)

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
        return self.page("generic/columns.html", columns=columns, urls={"list": self.url("list")})

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
        preferences.keep(request.user.pk, self.register, columns=names)
        return redirect(self.url("list"))
