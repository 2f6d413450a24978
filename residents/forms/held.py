"""Before somebody is told what is held about them: who asks, and how that was checked."""

from django import forms

from portal.recent_password import RecentPasswordForm
from residents.models import CorrectionRequest

By = CorrectionRequest.By


class HeldForm(RecentPasswordForm):
    """Who asks and how it was checked; it stands in the access log."""

    asked_by = forms.ChoiceField(label="查询人", choices=By.choices)
    checked = forms.CharField(
        label="身份核对方式",
        max_length=120,
        help_text="如：核对身份证原件；代为查询的写明姓名、关系和核对的材料",
        error_messages={"required": "请写明怎样核对了查询人的身份。"},
    )
    field_order = ("asked_by", "checked", "password")

    @property
    def reason(self) -> str:
        """The valid form as the log keeps it."""
        by = By(self.cleaned_data["asked_by"]).label.partition("（")[0]
        return f"{by}查询，{self.cleaned_data['checked']}"
