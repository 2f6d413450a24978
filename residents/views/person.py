"""What is particular to people: their secrets, seen one by one or exported, with a reason that is logged."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from portal.permissions import Permission
from portal.recent_password import ReasonForm
from portal.registers import Column
from portal.vault import SecretUnreadable
from portal.views.base import needs
from portal.views.register import ExportView
from residents.registers import PersonRegister
from residents.views.revealing import show_secret

FULL_EXPORT_LIMIT = 200
"""People whose full numbers one holder of the right may export; more needs a second person, later."""


@needs(Permission.PEOPLE_REVEAL)
def reveal(request, row):
    """Show one full certificate number for 30 seconds, after reason and password; at most 20 an hour."""
    register = PersonRegister()
    person = get_object_or_404(
        register.rows(request.access, request.community, Permission.PEOPLE_REVEAL), uuid=row
    )
    return show_secret(
        request,
        person,
        whose=person.name,
        what="证件号码",
        kind=person.get_id_kind_display(),
        read=person.read_id,
        back=register.url("detail", request.community, person),
    )


def _full_number(person) -> str:
    try:
        return person.read_id()
    except SecretUnreadable:
        return "无法读取"


class FullExportView(ExportView):
    """The people of the list with full numbers: up to 200, with reason and password, logged by id."""

    limit = FULL_EXPORT_LIMIT

    def get_permission(self):
        return Permission.PEOPLE_REVEAL

    def columns(self):
        number = Column("id_number", "证件号码", value=_full_number, text=True, width=22)
        columns = self.register.visible(self.request.access, self.request.community, "exported")
        after = 1 + [column.name for column in columns].index("id_kind")
        return (*columns[:after], number, *columns[after:])

    def get(self, request) -> HttpResponse:
        return self.ask(ReasonForm(request=request))

    def ask(self, form, status=200) -> HttpResponse:
        count = min(len(self.found()), self.limit + 1)
        context = {"form": form, "count": count, "limit": self.limit, "list_url": self.url("list")}
        return self.page("residents/person/export_full.html", status, **context)

    def post(self, request) -> HttpResponse:
        form = ReasonForm(request.POST, request=request)
        if not form.is_valid():
            return self.ask(form, 422)
        found = self.found()
        if len(found) > self.limit:
            return self.ask(form, 422)
        return self.spreadsheet(found, form.cleaned_data["reason"])
