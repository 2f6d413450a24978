"""Forms of form filling: the upload, and the request for full numbers."""

from django import forms

from portal.accounts.recent_password import ReasonForm
from portal.forms.idempotency import IdempotentFormMixin
from portal.spreadsheets.limits import FILE_MIB
from portal.values.sizes import MIB


class FormUploadForm(IdempotentFormMixin, forms.Form):
    """Upload of another office's blank form; its problems are shown beside the field."""

    file = forms.FileField(
        label="要填的表",
        widget=forms.FileInput(attrs={"accept": ".xlsx", "class": "form-control"}),
        error_messages={
            "required": "请选择要填的表。",
            "empty": "文件是空的，请重新选择。",
            "missing": "请选择要填的表。",
            "invalid": "请选择要填的表。",
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > FILE_MIB * MIB:
            raise forms.ValidationError(f"文件超过 {FILE_MIB} MiB 的上限，请只保留要填的工作表。")
        return file


class FullFillingForm(IdempotentFormMixin, ReasonForm):
    """Reason for full numbers; idempotent, so one request makes one file."""
