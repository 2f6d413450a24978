"""Which columns of a register a user wants to see."""

from django.contrib import messages
from django.shortcuts import redirect

from portal import preferences
from portal.views.register import RegisterView


class ColumnsView(RegisterView):
    """Tick columns for list, export and print; what is sent is held against what the user may see."""

    def offered(self) -> list:
        """Columns the user may see in the list or in exports; a narrower right hides them here too."""
        listed = self.register.visible(self.request.access, self.request.community, "choosable")
        exported = ()
        if self.may_export():
            exported = self.register.visible(self.request.access, self.request.community, "exported")
        names = {column.name for column in (*listed, *exported)}
        return [column for column in self.register.columns if column.name in names]

    def may_export(self) -> bool:
        right = self.register.export_right
        return bool(right) and self.request.access.can(right, self.request.community)

    def get(self, request):
        register = self.register
        kept = set(preferences.preference_of(request.user.pk, register).columns)
        columns = [
            {
                "name": column.name,
                "label": register.label_of(column),
                "ticked": column.name in kept if kept else column.listed,
                "only": self._only(column),
            }
            for column in self.offered()
        ]
        return self.page("generic/columns.html", columns=columns, urls={"list": self.url("list")})

    def _only(self, column) -> str:
        if not self.may_export():
            return ""
        if not column.choosable:
            return "仅导出"
        return "" if column.exported else "仅列表"

    def post(self, request):
        wanted = set(request.POST.getlist("column"))
        names = [column.name for column in self.offered() if column.name in wanted]
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
