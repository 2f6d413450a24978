"""The form that hands a resident's need over, from a person's page or a report."""

from django import forms

from portal.forms.forms import PlainForm
from portal.hooks.receive import HandoverDraft


class HandOverForm(PlainForm):
    """The need and its wished deadline."""

    title = forms.CharField(label="事项", max_length=120, help_text="用一句话写明事项")
    text = forms.CharField(
        label="内容和要求", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    on = forms.DateField(
        label="办理期限", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    @property
    def draft(self) -> HandoverDraft:
        """Arguments of `hand_over`."""
        cleaned = self.cleaned_data
        return HandoverDraft(cleaned["title"], cleaned["text"], cleaned["on"])
