"""Base of the forms that steps ask."""

from collections.abc import Mapping

from django import forms

from portal.forms.forms import PlainForm


class StepForm(PlainForm):
    """What a step asks. The page passes the case, the access and the community; `seen` is the version that was shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, case, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.case, self.access, self.community = case, access, community
        self.fields["seen"].initial = case.version
        self.prepare()

    def prepare(self) -> None:
        """Hook: offer choices and set initial values."""

    def details(self) -> Mapping[str, str]:
        """Hook: what the course shows besides the text, by its label."""
        return {}

    def changes(self) -> Mapping[str, object]:
        """Hook: fields of the case that the step sets."""
        return {}


class TextStepForm(StepForm):
    """A step that asks for a text."""

    text = forms.CharField(
        label="说明",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请填写说明。"},
    )
