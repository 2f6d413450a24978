"""What is particular to people: their secrets, seen one by one or exported, with a reason that is logged."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from portal import journal
from portal.models import AccessLog
from portal.permissions import Permission
from portal.recent_password import ReasonForm
from portal.registers import Column
from portal.vault import SecretUnreadable
from portal.views.base import needs
from portal.views.register import ExportView
from residents.registers import PersonRegister
from residents.reveals import LimitReached, count_reveal

FULL_EXPORT_LIMIT = 200
"""People whose full numbers one holder of the right may export; more needs a second person, later."""


@needs(Permission.PEOPLE_REVEAL)
def reveal(request, row):
    """Show one full certificate number for 30 seconds, after reason and password; at most 20 an hour."""
    register = PersonRegister()
    person = get_object_or_404(
        register.rows(request.access, request.community, Permission.PEOPLE_REVEAL), uuid=row
    )
    form = ReasonForm(request.POST or None, request=request)
    context = {
        "person": person,
        "form": form,
        "detail_url": register.url("detail", request.community, person),
    }
    if request.method != "POST" or not form.is_valid():
        return render(request, "residents/person/reveal.html", context, status=422 if form.errors else 200)
    try:
        count_reveal(request.user.pk)
    except LimitReached as reached:
        form.add_error(None, str(reached))
        return render(request, "residents/person/reveal.html", context, status=429)
    journal.log_access(
        community_id=request.community.id,
        user_id=request.user.pk,
        action=AccessLog.Action.REVEAL,
        subject="community.Person",
        ids=[person.pk],
        reason=form.cleaned_data["reason"],
        request_id=request.id,
    )
    try:
        context["number"] = person.read_id()
    except SecretUnreadable as error:
        context["unreadable"] = str(error)
    response = render(request, "residents/person/reveal.html", context)
    response["Cache-Control"] = "no-store"
    return response


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
