"""First step of form filling: upload of the form, and the forms under way."""

from portal.access.querysets import rows
from portal.files.storage import StorageFull, raising_storage_full
from portal.forms.refusals import Refusal
from portal.spreadsheets.errors import SpreadsheetError
from residents.form_filling import actions
from residents.form_filling.forms import FormUploadForm
from residents.form_filling.models import FormMatch
from residents.form_filling.views.base import FillingPage

_EARLIER = 20


class UploadPage(FillingPage):
    """Upload of a form; below it the forms under way, and the headers remembered from earlier ones."""

    form_class = FormUploadForm
    template_name = "residents/form_filling/list.html"
    step = "upload"

    def load(self):
        """No form is under way yet."""

    def perform(self, form) -> str:
        file = form.cleaned_data["file"]
        try:
            with raising_storage_full():
                filling = actions.receive_form(
                    by=self.request.user, name=file.name, content=file.read(), **self.scope
                )
        except (SpreadsheetError, StorageFull) as problem:
            raise Refusal(str(problem), "file") from problem
        return self.onward("match", filling)

    def extra_context(self, form) -> dict:
        matches = rows(FormMatch, self.request.access, self.permission, self.request.community)
        return {
            "under_way": [(self.url("match", filling), filling) for filling in self.fillings()],
            "remembered": matches.select_related("confirmed_by")[:_EARLIER],
        }
