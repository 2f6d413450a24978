"""Last step of form filling: check, then the filled form, masked or in full."""

from django.contrib import messages
from django.shortcuts import redirect

from portal.access.permissions import Permission
from portal.exports import generated_files, sensitive_exports
from portal.form_pages.pages import ActionPage
from portal.forms.refusals import Refusal
from portal.jobs.jobs import enqueue
from portal.pages.downloads import download
from portal.spreadsheets.headers import header_words
from residents.form_filling import files, match_proposals, orders, people_choice
from residents.form_filling import tasks as form_filling_tasks
from residents.form_filling.forms import FullFillingForm
from residents.form_filling.models import FormFilling
from residents.form_filling.views.base import FillingPage, FillingView
from residents.people.registers import PersonRegister

_SHOWN = 5
_CHECKED = 500
"""People whose values are checked against the form's drop-downs before the file is made."""
_How = FormFilling.People


class CheckPage(FillingPage):
    """Preview: the filled rows, the columns left empty, and the two downloads.

    Its form asks for full certificate numbers, a sensitive export: with reason and password.
    """

    form_class = FullFillingForm
    template_name = "residents/form_filling/check.html"
    step = "check"

    def get_permission(self):
        return Permission.PEOPLE_REVEAL if self.request.method == "POST" else self.permission

    def load(self, filling):
        super().load(filling)
        if not self.filling.how:
            return redirect(self.url("people", self.filling))
        self.ids = self.people()
        return self.ask_whom() if self.request.method == "POST" and not self.ids else None

    def form_arguments(self) -> dict:
        return {"request": self.request}

    def perform(self, form) -> str:
        filling, request = self.filling, self.request
        filling.reason = form.cleaned_data["reason"]
        filling.save(update_fields=["reason"])
        if len(self.ids) > files.AT_ONCE:
            job = enqueue(
                form_filling_tasks.fill_form_in_full,
                community_id=request.community.id,
                user_id=request.user.pk,
                title=_title(filling),
                filling_uuid=str(filling.uuid),
                request_id=request.id,
            )
            return request.community.url("portal:job_detail", job=job.uuid)
        try:
            content, prepared = files.filled(filling, **self.scope, full=True)
        except files.REFUSED as problem:
            raise Refusal(str(problem)) from problem
        return files.offer_sensitive_export(
            filling, content, prepared.ids, **self.scope, request_id=request.id
        ).url

    def extra_context(self, form) -> dict:
        filling, ids = self.filling, self.ids
        layout = match_proposals.layout_of(filling)
        fillable = match_proposals.fillable(layout)
        households = orders.households_of(filling, layout, self.request.community, ids)
        count = sum(map(len, households))
        prepared = orders.prepare(filling, ids, most=_CHECKED, **self.scope)
        room = len(layout.rows) if not layout.blocks else len(layout.blocks)
        needed = len(households) if layout.blocks else count
        by_household = orders.by_household(filling, layout)
        has_numbers = orders.has_numbers(filling)
        may_reveal = self.request.access.can(Permission.PEOPLE_REVEAL, self.request.community)
        return {
            "layout": layout,
            "people": people_choice.in_words(filling, PersonRegister(), **self.scope),
            "count": count,
            "households": len(households) if layout.blocks or by_household else 0,
            "by_household": by_household,
            "header": [header_words(column.name) for column in fillable],
            "rows": orders.as_table(prepared, filling, layout)[:_SHOWN],
            "empty": [
                header_words(column.name)
                for column, key in zip(layout.columns, filling.fields, strict=True)
                if not key and column in fillable
            ],
            "missed": list(orders.missed_warnings(prepared)),
            "more_rows": max(0, needed - room) if filling.how != _How.FORM else 0,
            "fixed": layout.fixed,
            "has_numbers": has_numbers,
            "may_fill_in_full": may_reveal and has_numbers,
            "alone": sensitive_exports.LIMIT_WITHOUT_APPROVAL,
            "at_once": files.AT_ONCE,
        }


class FileView(FillingView):
    """The filled form, certificate numbers masked."""

    http_method_names = ("post",)

    def post(self, request, filling):
        self.load(filling)
        filling, ids = self.filling, self.people()
        if not ids:
            return self.ask_whom()
        if len(ids) > files.AT_ONCE:
            job = generated_files.request_file(
                form_filling_tasks.fill_form,
                PersonRegister(),
                title=_title(filling),
                extension="xlsx",
                parameters={"filling": str(filling.uuid)},
                name=files.name_of(filling),
                by=request.user,
                community=request.community,
                request_id=request.id,
            )
            return redirect(request.community.url("portal:job_detail", job=job.uuid))
        try:
            content, prepared = files.filled(filling, **self.scope, full=False)
        except files.REFUSED as problem:
            messages.error(request, f"{str(problem).rstrip('。')}。")
            return redirect(self.url("check", filling))
        files.log_masked_export(filling, prepared.ids, request.access, request.community, request.id)
        return download(content, files.name_of(filling), "xlsx")


class DiscardPage(FillingView, ActionPage):
    """Delete an uploaded form before its retention period ends."""

    def load(self, filling):
        super().load(filling)
        self.back = self.url("list")
        self.message = f"已删除“{self.filling.file_name}”。"

    def perform(self) -> str:
        self.filling.delete()
        return self.back


def _title(filling: FormFilling) -> str:
    """Title of the job that fills the form."""
    return f"填表 {filling.file_name}"[:200]
