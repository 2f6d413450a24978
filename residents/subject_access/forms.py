"""The form before a subject access report: the applicant and the identity check."""

from django import forms

from portal.accounts.recent_password import RecentPasswordForm
from residents.correction_requests.models import CorrectionRequest

By = CorrectionRequest.By


class SubjectAccessForm(RecentPasswordForm):
    """Applicant and identity check, written into the access log."""

    asked_by = forms.ChoiceField(label="申请人", choices=By.choices)
    checked = forms.CharField(
        label="身份核对方式",
        max_length=120,
        help_text="如：核对身份证原件；代为申请的写明姓名、关系和核对的材料",
        error_messages={"required": "请写明核对申请人身份的方式。"},
    )
    field_order = ("asked_by", "checked", "password")

    @property
    def reason(self) -> str:
        """The entry for the access log."""
        by = By(self.cleaned_data["asked_by"]).label.partition("（")[0]
        return f"{by}申请，{self.cleaned_data['checked']}"
