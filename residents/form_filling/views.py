"""Filling the form of another office in four steps: upload, match, people, check; then the same file comes back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import PermissionView
from portal.exports import generated_files, sensitive_exports
from portal.files.storage import StorageFull, raising_storage_full
from portal.form_filling.layout import Layout
from portal.form_filling.protocol import ParsedForm
from portal.form_filling.writable_sheet import Value
from portal.forms.idempotency import result_of, run_once
from portal.hooks.search import ID_NUMBER_NOT_IN_URL, is_secret_only
from portal.jobs.jobs import enqueue
from portal.pages.downloads import download
from portal.saved_lists import saved_lists
from portal.saved_lists.saved_lists import InvalidSavedList
from portal.spreadsheets.errors import SpreadsheetError
from residents.form_filling import actions, choosing, files, match_proposals, orders
from residents.form_filling import tasks as form_filling_tasks
from residents.form_filling.fields import BLANKS, vocabulary
from residents.form_filling.forms import FormUploadForm, FullFillingForm
from residents.form_filling.models import FormFilling, FormMatch
from residents.people.registers import PersonRegister

_SHOWN = 5
_CHECKED = 500
"""People whose values are checked against the form's drop-downs before the file is made."""
_SAMPLES = 3
_EARLIER = 20
_LISTED = 8
_How = FormFilling.People


class FillingView(PermissionView):
    """Base view of the pages of one form."""

    permission = Permission.PEOPLE_EXPORT
    step = ""

    def get_filling(self) -> FormFilling:
        return get_object_or_404(self.fillings(), uuid=self.kwargs["filling"])

    def fillings(self):
        return files.kept(self.request.access, self.request.community)

    @property
    def scope(self) -> dict:
        return {"access": self.request.access, "community": self.request.community}

    def url(self, action: str, filling: FormFilling | None = None) -> str:
        kwargs = {"community": self.request.community.code}
        if filling is not None:
            kwargs["filling"] = filling.uuid
        return reverse(f"residents:filling_{action}", kwargs=kwargs)

    def page(self, template: str, filling: FormFilling | None = None, status: int = 200, **context):
        urls = {"list": self.url("list")}
        if filling is not None:
            pages = ("match", "people", "check", "file", "full", "discard")
            urls |= {page: self.url(page, filling) for page in pages}
        context |= {"filling": filling, "urls": urls, "step": self.step}
        return render(self.request, f"residents/form_filling/{template}.html", context, status=status)

    def people(self, filling: FormFilling) -> list[int]:
        """Ids of the people to fill in; empty, with a message, when the saved list is no longer usable."""
        try:
            return files.people_of(filling, self.request.access, self.request.community)
        except InvalidSavedList as problem:
            messages.error(self.request, str(problem))
            return []

    def ask_whom(self, filling: FormFilling) -> HttpResponse:
        """Redirect to the choice of people, because nobody is chosen or left."""
        messages.error(self.request, "没有符合条件的人，请重新选择。")
        return redirect(self.url("people", filling))


class FillingListView(FillingView):
    """Upload of a form; below it the forms under way, and the headers remembered from earlier ones."""

    step = "upload"

    def get(self, request):
        return self.show(FormUploadForm())

    def show(self, form, status=200):
        matches = rows(FormMatch, self.request.access, self.permission, self.request.community)
        return self.page(
            "list",
            status=status,
            form=form,
            under_way=[(self.url("match", one), one) for one in self.fillings().defer("content")],
            known=matches.select_related("confirmed_by")[:_EARLIER],
        )

    def post(self, request):
        if earlier := result_of(request.POST.get("token")):
            return redirect(earlier)
        form = FormUploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, 422)
        file = form.cleaned_data["file"]

        def create() -> str:
            filling = actions.receive_form(by=request.user, name=file.name, content=file.read(), **self.scope)
            return self.url("match", filling)

        try:
            with raising_storage_full():
                return redirect(run_once(form.cleaned_data["token"], request.user.pk, create))
        except SpreadsheetError as problem:
            form.add_error("file", f"{str(problem).rstrip('。')}。")
            return self.show(form, 422)
        except StorageFull as full:
            form.add_error("file", str(full))
            return self.show(form, 507)


class MatchView(FillingView):
    """Column mapping: the columns detected in the form, and the field of each."""

    step = "match"

    def get(self, request, filling):
        return self.show(self.get_filling())

    def show(self, filling: FormFilling):
        layout = match_proposals.layout_of(filling)
        form = ParsedForm.of_json(filling.form)
        samples = self._samples(filling, layout)
        earlier_match = match_proposals.remembered_match(self.request.community, layout)
        return self.page(
            "match",
            filling,
            layout=layout,
            sheets=form.layouts,
            headless=form.headless,
            columns=self._columns(filling, layout, samples),
            heads=self._heads(filling, layout),
            blanks=[
                {"name": f"blank-{one.key}", "label": one.label, "chosen": filling.blanks.get(one.key, "")}
                for one in layout.blanks
            ],
            blank_choices=BLANKS.items(),
            fields=self._fields(),
            remembered=earlier_match,
        )

    def _fields(self) -> list[tuple[str, str]]:
        may_care = self.request.access.can(Permission.CARE, self.request.community)
        return [(one.key, one.label) for one in vocabulary(may_care).fields]

    def _columns(self, filling: FormFilling, layout: Layout, samples: list[dict]) -> list[dict]:
        fillable = match_proposals.fillable(layout)
        proposals = match_proposals.proposals(layout, **self.scope)
        return [
            {
                "name": f"column-{number}",
                "upper": ".".join(one.name.split(".")[:-1]),
                "header": one.name.rpartition(".")[2],
                "samples": [row.get(one.column, "") for row in samples],
                "chosen": key,
                "proposal": proposal,
                "level": _level(proposal.percent),
                "corrected": key != proposal.key,
                "fillable": one in fillable,
                "choices": one.choices[:6] if one.closed else (),
            }
            for number, (one, key, proposal) in enumerate(
                zip(layout.columns, filling.fields, proposals, strict=True)
            )
        ]

    def _heads(self, filling: FormFilling, layout: Layout) -> list[dict]:
        heads = layout.blocks[0].heads if layout.blocks else ()
        proposals = match_proposals.proposed_heads(layout, **self.scope)
        return [
            {
                "name": f"head-{number}",
                "label": one.label,
                "chosen": key,
                "proposal": proposal,
                "level": _level(proposal.percent),
            }
            for number, (one, key, proposal) in enumerate(zip(heads, filling.heads, proposals, strict=True))
        ]

    def _samples(self, filling: FormFilling, layout: Layout) -> list[dict[int, Value]]:
        """Sample values: the first three people of the register as the form would hold them."""
        register = PersonRegister()
        everybody = register.rows(self.request.access, self.request.community, self.permission)
        first = everybody.filter(place_label__gt="").order_by(*register.ordering())[:_SAMPLES]
        ids = [person.pk for person in first]
        return orders.shown(filling, layout, ids, **self.scope)

    def post(self, request, filling):
        filling = self.get_filling()
        layout = match_proposals.layout_of(filling)
        if "sheet" in request.POST and request.POST["sheet"] != filling.sheet:
            if request.POST["sheet"] in {one.sheet for one in ParsedForm.of_json(filling.form).layouts}:
                actions.choose_sheet(filling=filling, sheet=request.POST["sheet"], **self.scope)
            return redirect(self.url("match", filling))
        heads = layout.blocks[0].heads if layout.blocks else ()
        actions.confirm_match(
            filling=filling,
            fields=[request.POST.get(f"column-{number}", "") for number in range(len(layout.columns))],
            heads=[request.POST.get(f"head-{number}", "") for number in range(len(heads))],
            blanks={
                one.key: chosen
                for one in layout.blanks
                if (chosen := request.POST.get(f"blank-{one.key}", "")) in BLANKS
            },
            by=request.user,
            **self.scope,
        )
        if not any(filling.fields):
            messages.error(request, "还没有一栏对应到台账，请至少为一栏选择项目。")
            return redirect(self.url("match", filling))
        return redirect(self.url("people", filling))


class PeopleView(FillingView):
    """Choice of people: list filters, a saved list, or the people already in the form."""

    step = "people"

    def get(self, request, filling):
        filling = self.get_filling()
        if is_secret_only(request.GET.get("q", "")):
            messages.warning(request, ID_NUMBER_NOT_IN_URL)
            return redirect(self.url("people", filling))
        layout, register = match_proposals.layout_of(filling), PersonRegister()
        standing = self._standing(filling, layout)
        if any(one.by_number for one in standing):
            numbered = [person.pk for one in standing if one.by_number for person in one.people]
            files.log_id_lookup(filling, numbered, request.access, request.community, request.id)
        listing = choosing.listing_of(register, request.GET.urlencode(), **self.scope)
        ids = list(listing.rows.values_list("pk", flat=True))
        people = register.rows(request.access, request.community, self.permission).in_bulk(ids[:_LISTED])
        return self.page(
            "people",
            filling,
            layout=layout,
            filterset=listing.filterset,
            problem=listing.problem,
            query=request.GET.urlencode(),
            count=len(ids),
            some=[people[pk] for pk in ids[:_LISTED] if pk in people],
            lists=saved_lists.usable_lists(self.request.access, self.request.community, register),
            standing=standing,
            by_household=orders.by_household(filling, layout),
        )

    def _standing(self, filling: FormFilling, layout: Layout) -> list[choosing.RowMatch]:
        if not layout.filled:
            return []
        return choosing.match_filled_rows(filling, filling.read_content(), **self.scope)

    def post(self, request, filling):
        filling, how = self.get_filling(), request.POST.get("how", "")
        if how == _How.FORM:
            standing = self._standing(filling, match_proposals.layout_of(filling))
            chosen = choosing.chosen_people(standing, request.POST)
            if not chosen:
                messages.error(request, "表中的人一个也没有选定，请先选定，或者按条件选人。")
                return redirect(self.url("people", filling))
            actions.choose_people(filling=filling, how=how, chosen=chosen)
        elif how in (_How.FILTER, _How.LIST):
            query, whole = request.POST.get("query", "")[:2_000], "whole" in request.POST
            actions.choose_people(filling=filling, how=how, query=query, whole=whole)
        return redirect(self.url("check", filling)) if self.people(filling) else self.ask_whom(filling)


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
            people=choosing.in_words(filling, PersonRegister(), **self.scope),
            count=count,
            households=len(households) if layout.blocks or orders.by_household(filling, layout) else 0,
            by_household=orders.by_household(filling, layout),
            header=[one.name for one in match_proposals.fillable(layout)],
            rows=orders.as_table(prepared, filling, layout)[:_SHOWN],
            empty=[
                one.name
                for one, key in zip(layout.columns, filling.fields, strict=True)
                if not key and one in match_proposals.fillable(layout)
            ],
            missed=list(orders.missed_warnings(prepared)),
            more_rows=max(0, needed - room) if filling.how != _How.FORM else 0,
            fixed=layout.fixed,
            has_numbers=has_numbers,
            form=form,
            alone=sensitive_exports.LIMIT_WITHOUT_APPROVAL,
            batch_size=files.AT_ONCE,
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


def _level(percent: int) -> str:
    return "sure" if percent >= 90 else "likely" if percent >= 60 else "none"
