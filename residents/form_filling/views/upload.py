"""First step of form filling: upload of the form, and the forms under way."""

from django.shortcuts import redirect

from portal.access.querysets import rows
from portal.files.storage import StorageFull, raising_storage_full
from portal.forms.idempotency import result_of, run_once
from portal.spreadsheets.errors import SpreadsheetError
from residents.form_filling import actions
from residents.form_filling.forms import FormUploadForm
from residents.form_filling.models import FormMatch
from residents.form_filling.views.base import FillingView

_EARLIER = 20


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
            under_way=[(self.url("match", filling), filling) for filling in self.fillings()],
            remembered=matches.select_related("confirmed_by")[:_EARLIER],
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
