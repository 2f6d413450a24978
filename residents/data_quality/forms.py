"""The form that sets data-quality issues aside as correct, with a reason."""

from django import forms

from portal.forms.forms import PlainForm

_BETWEEN = ":"


class ReviewForm(PlainForm):
    """核对无误: the ticked rows, each with its mark as shown on the page."""

    row = forms.MultipleChoiceField(error_messages={"required": "请先勾选核对过的行。"})
    reason = forms.CharField(
        label="核对无误的理由",
        max_length=200,
        error_messages={"required": "请写明理由，如：两人同名同生日，已看过身份证。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        keys = self.data.getlist("row") if self.is_bound else []
        self.fields["row"].choices = [
            (text, text) for text in keys if text.partition(_BETWEEN)[0].isdecimal()
        ]

    @property
    def seen_marks(self) -> dict[int, str]:
        """Mark on the page by key of the row."""
        parts = (text.partition(_BETWEEN) for text in self.cleaned_data["row"])
        return {int(key): mark for key, _, mark in parts}


def mark_of(row) -> str:
    """Value of the checkbox of a row: its key and mark."""
    return f"{row.pk}{_BETWEEN}{row.mark}"
