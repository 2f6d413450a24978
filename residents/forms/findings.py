"""The ticks of a list of findings, and why they are right as they are."""

from django import forms

from portal.forms import PlainForm

_BETWEEN = ":"


class ReviewForm(PlainForm):
    """核对无误: each ticked row with how it stood on the page."""

    row = forms.MultipleChoiceField(error_messages={"required": "请先勾选核对过的行。"})
    reason = forms.CharField(
        label="核对无误的理由",
        max_length=200,
        error_messages={"required": "请写明理由，如：两人同名同生日，已看过身份证。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        given = self.data.getlist("row") if self.is_bound else []
        self.fields["row"].choices = [
            (text, text) for text in given if text.partition(_BETWEEN)[0].isdecimal()
        ]

    @property
    def seen(self) -> dict[int, str]:
        """Key of a row → the mark it had on the page."""
        parts = (text.partition(_BETWEEN) for text in self.cleaned_data["row"])
        return {int(key): mark for key, _, mark in parts}


def mark_of(row) -> str:
    """A row with how it stands, as the box beside it sends."""
    return f"{row.pk}{_BETWEEN}{row.mark}"
