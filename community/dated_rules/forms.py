from django import forms
from django.utils import timezone

from community.dated_rules.rules import Default
from portal.forms.forms import PlainForm


class RuleForm(PlainForm):
    """A new value of a rule from a day on."""

    value = forms.IntegerField(
        min_value=0,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": "请填写数值。",
            "invalid": "数值应为整数，如：7。",
            "min_value": "数值不能小于0。",
        },
    )
    start = forms.DateField(
        label="生效日期",
        help_text="自该日起适用",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写生效日期。", "invalid": "日期应为年-月-日，如：2026-12-01。"},
    )
    source = forms.CharField(
        label="依据",
        max_length=200,
        help_text="法规或文件的名称和条款",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请写明依据，如：街道文件的名称和条款。"},
    )

    def __init__(self, *args, default: Default, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["value"].label = f"数值（{default.unit}）"
        self.fields["value"].widget.attrs |= {"min": default.least, "max": default.most}
