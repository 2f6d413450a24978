"""Upload form of an import."""

from django import forms

from portal.forms.idempotency import IdempotentFormMixin
from portal.spreadsheets.limits import FILE_MIB
from portal.values.sizes import MIB


class UploadForm(IdempotentFormMixin, forms.Form):
    """Upload of a spreadsheet; errors are shown at the field."""

    file = forms.FileField(
        label="电子表格",
        widget=forms.FileInput(
            attrs={
                "accept": ".xlsx,.xls,.csv",
                "class": "form-control",
            }
        ),
        error_messages={
            "required": "请选择要导入的表格。",
            "empty": "文件是空的，请重新选择。",
            "missing": "请选择要导入的表格。",
            "invalid": "请选择要导入的表格。",
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > FILE_MIB * MIB:
            raise forms.ValidationError(f"文件超过 {FILE_MIB} MB 的上限，请按楼幢分成几个文件后再上传。")
        return file
