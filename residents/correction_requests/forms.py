"""Forms of correction requests: the request and the answer."""

from django import forms
from django.core.exceptions import ValidationError

from portal.forms.fields import DayField
from portal.forms.forms import ErrorPlacementMixin, PlainForm
from residents.correction_requests.models import CorrectionRequest

By = CorrectionRequest.By


class CorrectionRequestForm(ErrorPlacementMixin, forms.ModelForm):
    """A correction request as staff enter it."""

    received_on = DayField(label="收到日期")
    field_order = ("wrong", "wanted", "asked_by", "asker_name", "channel", "received_on")

    class Meta:
        model = CorrectionRequest
        fields = ("wrong", "wanted", "asked_by", "asker_name", "channel")
        widgets = {"wrong": forms.Textarea(attrs={"rows": 2}), "wanted": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "wrong": "如：出生日期登记为1962年5月",
            "wanted": "正确的内容和证明材料",
            "asker_name": "监护人或近亲属申请的填写，本人申请的不填",
        }
        error_messages = {
            "wrong": {"required": "请写明有误的内容。"},
            "wanted": {"required": "请写明请求更正的内容。"},
        }

    def clean(self):
        cleaned = super().clean()
        by, name = cleaned.get("asked_by"), cleaned.get("asker_name", "")
        if by == By.SELF and name:
            self.add_error("asker_name", ValidationError("本人申请的，不必填写。"))
        if by and by != By.SELF and not name:
            self.add_error("asker_name", ValidationError("请填写申请人姓名。"))
        return cleaned

    def _get_validation_exclusions(self):
        # The constraints of the row concern what the action adds; those of these fields are checked above, with the field.
        return super()._get_validation_exclusions() | {"asker_name", "received_on"}

    @property
    def arguments(self) -> dict:
        """Arguments of `record_request`."""
        return {name: self.cleaned_data[name] for name in self.field_order}


class RequestAnswerForm(PlainForm):
    """The answer: what was corrected, or why nothing was."""

    answer = forms.CharField(
        label="答复",
        max_length=500,
        help_text="答复申请人：更正的内容，或不予更正的原因",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明更正的内容，或不予更正的原因。"},
    )
