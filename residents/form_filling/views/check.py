"""Last step of form filling: check, then the filled form, masked or in full."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from portal.access.permissions import Permission
from portal.exports import generated_files, sensitive_exports
from portal.forms.idempotency import result_of, run_once
from portal.jobs.jobs import enqueue
from portal.pages.downloads import download
from residents.form_filling import files, match_proposals, orders, people_choice
from residents.form_filling import tasks as form_filling_tasks
from residents.form_filling.forms import FullFillingForm
from residents.form_filling.models import FormFilling
from residents.form_filling.views.base import FillingView
from residents.people.registers import PersonRegister

_SHOWN = 5
_CHECKED = 500
"""People whose values are checked against the form's drop-downs before the file is made."""
_How = FormFilling.People


class CheckView(FillingView):
    """Preview: the filled rows, the columns left empty, and the two downloads."""

    step = "check"

    def get(self, request, filling):
        return self.show(self.get_filling())

    def show(self, filling: FormFilling, form=None, status=200):
        if not filling.how:
            return redirect(self.url("people", filling))
        layout = match_proposals.layout_of(filling)
        ids = self.people(filling)
        households = orders.households_of(filling, layout, self.request.community, ids)
        count = sum(map(len, households))
        prepared = orders.prepare(filling, ids, most=_CHECKED, **self.scope)
        room = len(layout.rows) if not layout.blocks else len(layout.blocks)
        needed = len(households) if layout.blocks else count
        may_reveal = self.request.access.can(Permission.PEOPLE_REVEAL, self.request.community)
        has_numbers = orders.has_numbers(filling)
        if form is None and may_reveal and has_numbers:
            form = FullFillingForm(request=self.request)
        return self.page(
            "check",
            filling,
            status=status,
            layout=layout,
            people=people_choice.in_words(filling, PersonRegister(), **self.scope),
            count=count,
            households=len(households) if layout.blocks or orders.by_household(filling, layout) else 0,
            by_household=orders.by_household(filling, layout),
            header=[column.name for column in match_proposals.fillable(layout)],
            rows=orders.as_table(prepared, filling, layout)[:_SHOWN],
            empty=[
                column.name
                for column, key in zip(layout.columns, filling.fields, strict=True)
                if not key and column in match_proposals.fillable(layout)
            ],
            missed=list(orders.missed_warnings(prepared)),
            more_rows=max(0, needed - room) if filling.how != _How.FORM else 0,
            fixed=layout.fixed,
            has_numbers=has_numbers,
            form=form,
            alone=sensitive_exports.LIMIT_WITHOUT_APPROVAL,
            at_once=files.AT_ONCE,
        )


class FileView(FillingView):
    """The filled form, certificate numbers masked."""

    http_method_names = ["post"]

    def post(self, request, filling):
        filling = self.get_filling()
        ids = self.people(filling)
        if not ids:
            return self.ask_whom(filling)
        if len(ids) > files.AT_ONCE:
            job = generated_files.request_file(
                form_filling_tasks.fill_form,
                PersonRegister(),
                title=f"填表 {filling.file_name}"[:200],
                extension="xlsx",
                parameters={"filling": str(filling.uuid)},
                name=files.name_of(filling),
                by=request.user,
                community=request.community,
                request_id=request.id,
            )
            return redirect("portal:job_detail", community=request.community.code, job=job.uuid)
        try:
            content, prepared = files.filled(filling, **self.scope, full=False)
        except files.REFUSED as problem:
            messages.error(request, f"{str(problem).rstrip('。')}。")
            return redirect(self.url("check", filling))
        files.log_masked_export(filling, prepared.ids, request.access, request.community, request.id)
        return download(content, files.name_of(filling), "xlsx")


class FullView(CheckView):
    """The filled form with full certificate numbers, a sensitive export: with reason and password."""

    http_method_names = ["post"]
    permission = Permission.PEOPLE_REVEAL

    def post(self, request, filling):
        if earlier := result_of(request.POST.get("token")):
            return redirect(earlier)
        filling = self.get_filling()
        form = FullFillingForm(request.POST, request=request)
        if not form.is_valid():
            return self.show(filling, form, 422)
        if not self.people(filling):
            return self.ask_whom(filling)
        filling.reason = form.cleaned_data["reason"]
        filling.save(update_fields=["reason"])
        try:
            return redirect(
                run_once(form.cleaned_data["token"], request.user.pk, lambda: self._make(filling))
            )
        except files.REFUSED as problem:
            form.add_error(None, f"{str(problem).rstrip('。')}。")
            return self.show(filling, form, 409)

    def _make(self, filling: FormFilling) -> str:
        request = self.request
        if len(self.people(filling)) > files.AT_ONCE:
            job = enqueue(
                form_filling_tasks.fill_form_in_full,
                community_id=request.community.id,
                user_id=request.user.pk,
                title=f"填表 {filling.file_name}"[:200],
                filling_uuid=str(filling.uuid),
                request_id=request.id,
            )
            kwargs = {"community": request.community.code, "job": job.uuid}
            return reverse("portal:job_detail", kwargs=kwargs)
        content, prepared = files.filled(filling, **self.scope, full=True)
        return files.offer_sensitive_export(
            filling, content, prepared.ids, **self.scope, request_id=request.id
        ).url


class DiscardView(FillingView):
    """Delete an uploaded form before its retention period ends."""

    http_method_names = ["post"]

    def post(self, request, filling) -> HttpResponse:
        filling = self.get_filling()
        name = filling.file_name
        filling.delete()
        messages.success(request, f"已删除“{name}”。")
        return redirect(self.url("list"))
