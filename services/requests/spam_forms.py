"""Form that takes a step of several suspected or rejected requests."""

import uuid

from django import forms

from portal.forms.forms import PlainForm
from services.requests.spam import MOST

_BETWEEN = ":"


class SpamForm(PlainForm):
    """The ticked requests, each with its version as shown on the page, and the step to take."""

    row = forms.MultipleChoiceField(
        error_messages={"required": "请先勾选。", "invalid_choice": "页面已过期，请重新打开后再勾选。"}
    )
    step = forms.ChoiceField(error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择怎样处理。"))

    def __init__(self, *args, steps: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        ticked = self.data.getlist("row") if self.is_bound else []
        self.fields["row"].choices = [(text, text) for text in ticked if _is_mark(text)]
        self.fields["step"].choices = steps

    def clean_row(self) -> dict[uuid.UUID, int]:
        """Version on the page by uuid of the request."""
        parts = (text.partition(_BETWEEN) for text in self.cleaned_data["row"])
        seen = {uuid.UUID(row): int(version) for row, _, version in parts}
        if len(seen) > MOST:
            raise forms.ValidationError(f"一次最多处理{MOST}件，请分次勾选。")
        return seen


def mark_of(request) -> str:
    """Value of the checkbox of a request: which, and as which version it is shown."""
    return f"{request.uuid}{_BETWEEN}{request.version}"


def _is_mark(text: str) -> bool:
    row, _, version = text.partition(_BETWEEN)
    try:
        uuid.UUID(row)
    except ValueError:
        return False
    return version.isascii() and version.isdecimal() and len(version) < 10
