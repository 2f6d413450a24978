from django import forms
from django.utils import timezone

from community.rules import DEFAULTS, Key
from portal.forms import OnceMixin


class RuleForm(OnceMixin, forms.Form):
    """A new value of a rule from a day on."""

    key = forms.ChoiceField(label="规定", choices=Key.choices, widget=forms.HiddenInput)
    value = forms.IntegerField(
        label="天数",
        min_value=1,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
        error_messages={
            "required": "请填写天数。",
            "invalid": "天数应为整数，如：7。",
            "min_value": "天数至少为1。",
        },
    )
    start = forms.DateField(
        label="生效日期",
        help_text="从这一天起适用，在此之前的仍按当时的规定",
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写生效日期。", "invalid": "日期应为年-月-日，如：2026-12-01。"},
    )
    source = forms.CharField(
        label="依据",
        max_length=200,
        help_text="法规或文件的名称和条款",
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": "请写明依据，如：街道文件的名称和条款。"},
    )

    def __init__(self, *args, key: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = key
        self.fields["value"].widget.attrs |= {"min": DEFAULTS[key].least, "max": DEFAULTS[key].most}
        self.fields["start"].initial = timezone.localdate
