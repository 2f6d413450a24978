"""The form that takes a blank form."""

from django import forms

from portal.forms import OnceMixin
from portal.recent_password import ReasonForm
from portal.spreadsheets.limits import FILE_MIB, MIB


class FormUploadForm(OnceMixin, forms.Form):
    """A blank form of another office; what is wrong with it is told beside the field."""

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


class FullFillingForm(OnceMixin, ReasonForm):
    """Why full numbers are filled in; sent twice it makes one file."""
