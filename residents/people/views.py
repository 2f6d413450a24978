"""Reveal and full export of people's certificate numbers, with a reason that is logged."""

import io

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from portal.access.permissions import Permission
from portal.access.views import needs
from portal.accounts.recent_password import ReasonForm
from portal.crypto.vault import SecretUnreadable
from portal.exports import exports, sensitive_exports
from portal.exports.models import SensitiveExport
from portal.exports.views.exports import ExportView
from portal.forms.idempotency import IdempotentFormMixin, result_of, run_once
from portal.registers.columns import Column
from residents.people.registers import PersonRegister
from residents.people.reveal import show_secret


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


class FullExportForm(IdempotentFormMixin, ReasonForm):
    """Reason and password of a full export; idempotent."""


class FullExportView(ExportView):
    """Sensitive export of the list with full certificate numbers: with reason and password, logged by id."""

    def get_permission(self):
        return Permission.PEOPLE_REVEAL

    def columns(self, part):
        """All columns, or those of the saved list; the number stands beside its kind, or at the end."""
        number = Column("id_number", "证件号码", value=_full_number, text=True, width=22)
        columns = super().columns(part) if self.saved else self._all(part)
        after = next((n for n, column in enumerate(columns, 1) if column.name == "id_kind"), len(columns))
        return (*columns[:after], number, *columns[after:])

    def _all(self, part):
        return self.register.visible(self.request.access, self.request.community, part)

    def get(self, request) -> HttpResponse:
        if problem := self.problem():
            return self.refuse(problem)
        return self.ask(FullExportForm(request=request))

    def ask(self, form, status=200) -> HttpResponse:
        context = {
            "form": form,
            "count": self.listing.rows.count(),
            "limit": self.limit,
            "alone": sensitive_exports.LIMIT_WITHOUT_APPROVAL,
        }
        return self.page("residents/people/export_full.html", status, list_url=self.url("list"), **context)

    def post(self, request) -> HttpResponse:
        if earlier := result_of(request.POST.get("token")):
            return redirect(earlier)
        form = FullExportForm(request.POST, request=request)
        if problem := self.problem():
            return self.refuse(problem)
        if not form.is_valid():
            return self.ask(form, 422)
        people = self.get_rows()
        if not people or len(people) > self.limit:
            return self.ask(form, 422)
        reason = form.cleaned_data["reason"]
        return redirect(
            run_once(
                form.cleaned_data["token"], request.user.pk, lambda: self._offer_export(people, reason).url
            )
        )

    def _offer_export(self, people: list, reason: str) -> SensitiveExport:
        request, stream = self.request, io.BytesIO()
        exports.write(self.register, self.columns("exported"), people, stream, "xlsx")
        return sensitive_exports.store_export(
            by=request.user,
            community=request.community,
            title=f"{self.heading}名单（{len(people)}人）",
            name=f"{request.community.name}{self.heading}{timezone.localdate():%Y%m%d}",
            extension="xlsx",
            content=stream.getvalue(),
            ids=[person.pk for person in people],
            subject=self.register.model.stored_label,
            reason=reason,
            request_id=request.id,
        )
