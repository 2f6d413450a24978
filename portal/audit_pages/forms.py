"""Filter of the access log."""

from django import forms

from portal.audit.models import AccessLog
from portal.forms.forms import PlainForm


class AccessLogFilter(PlainForm):
    """Whose rows, by whom, what was done, and when. What is wrong is said at its field and filters nothing."""

    q = forms.CharField(label="查阅对象", required=False, max_length=60)
    user = forms.TypedChoiceField(
        label="查阅人",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "请从列表中选择查阅人。"},
    )
    action = forms.ChoiceField(
        label="操作",
        required=False,
        choices=[("", "全部"), *AccessLog.Action.choices],
        error_messages={"invalid_choice": "请从列表中选择操作。"},
    )
    since = forms.DateField(
        label="起始日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请填写正确的日期。"},
    )
    until = forms.DateField(
        label="截止日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请填写正确的日期。"},
    )

    def __init__(self, *args, users: list[tuple[int, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = [("", "全部"), *users]
        self.fields["q"].widget.attrs |= {
            "type": "search",
            "placeholder": "姓名、住址",
            "autocomplete": "off",
        }

    def clean(self):
        data = super().clean()
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", "截止日期不能早于起始日期。")
        return data
