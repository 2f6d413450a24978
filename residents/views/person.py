"""What is particular to people: their secrets, seen one by one or exported, with a reason that is logged."""

import io

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from portal import exporting, journal, releases
from portal.forms import OnceMixin
from portal.models import AccessLog, Release
from portal.once import once, result_of
from portal.permissions import Permission
from portal.recent_password import ReasonForm
from portal.registers import Column
from portal.vault import SecretUnreadable
from portal.views.base import needs
from portal.views.register import ExportView
from residents.registers import PersonRegister
from residents.reveals import LimitReached, count_reveal


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


class FullExportForm(OnceMixin, ReasonForm):
    """Why, and by whom; sent twice it makes one file."""


class FullExportView(ExportView):
    """The people of the list with full numbers: a release, with reason and password, logged by id."""

    def get_permission(self):
        return Permission.PEOPLE_REVEAL

    def columns(self):
        number = Column("id_number", "证件号码", value=_full_number, text=True, width=22)
        columns = self.register.visible(self.request.access, self.request.community, "exported")
        after = 1 + [column.name for column in columns].index("id_kind")
        return (*columns[:after], number, *columns[after:])

    def get(self, request) -> HttpResponse:
        return self.ask(FullExportForm(request=request))

    def ask(self, form, status=200) -> HttpResponse:
        context = {"form": form, "count": self.rows().count(), "limit": self.limit, "alone": releases.ALONE}
        return self.page("residents/person/export_full.html", status, list_url=self.url("list"), **context)

    def post(self, request) -> HttpResponse:
        if earlier := result_of(request.POST.get("token")):
            return redirect(earlier)
        form = FullExportForm(request.POST, request=request)
        if not form.is_valid():
            return self.ask(form, 422)
        found = self.found()
        if not found or len(found) > self.limit:
            return self.ask(form, 422)
        reason = form.cleaned_data["reason"]
        return redirect(
            once(form.cleaned_data["token"], request.user.pk, lambda: self._release(found, reason).url)
        )

    def _release(self, found: list, reason: str) -> Release:
        request, stream = self.request, io.BytesIO()
        exporting.write(self.register, self.columns(), found, stream, "xlsx")
        return releases.offer_file(
            by=request.user,
            community=request.community,
            title=f"{self.register.heading}名单（{len(found)}人）",
            name=f"{request.community.name}{self.register.heading}{timezone.localdate():%Y%m%d}",
            extension="xlsx",
            content=stream.getvalue(),
            ids=[person.pk for person in found],
            subject=self.register.model._meta.label,
            reason=reason,
            request_id=request.id,
        )
