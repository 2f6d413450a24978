"""Forms of the tracking page."""

from django import forms

from portal.forms.forms import PlainForm
from portal.forms.idempotency import IdempotentFormMixin

ACTS = {
    "add": "补充情况",
    "satisfied": "满意",
    "dissatisfied": "不满意",
    "withdraw": "撤回",
}
"""What the holder of a code may do (`portal.hooks.tracking.TrackedCase.acts`), in the order shown."""
_MISSING = {"add": "请写明要补充的情况。", "dissatisfied": "请写明为什么不满意。"}
"""Acts that need words, and what is said without."""


class TrackForm(PlainForm):
    """A tracking code; the address of its QR code will do, too."""

    code = forms.CharField(
        label="查询码",
        max_length=200,
        help_text="12位字母和数字，大小写、空格和短横线不限",
        widget=forms.TextInput(
            attrs={"class": "form-control", "autocomplete": "off", "spellcheck": "false", "data-code": True}
        ),
        error_messages={"required": "请填写提交时得到的查询码。"},
    )

    def clean_code(self) -> str:
        return self.cleaned_data["code"].rpartition("#")[2]


class ActForm(IdempotentFormMixin, PlainForm):
    """An act of the holder of a code, sent with the code."""

    act = forms.ChoiceField(choices=list(ACTS.items()), widget=forms.HiddenInput)
    text = forms.CharField(label="说明", max_length=2000, required=False, widget=forms.Textarea)

    def clean(self):
        cleaned = super().clean()
        act = cleaned.get("act")
        if act in _MISSING and not cleaned.get("text", "").strip() and "text" not in self.errors:
            self.add_error("text", _MISSING[act])
        return cleaned
