from django import forms

from portal.forms.forms import PlainForm


class ForwardedAnswerForm(PlainForm):
    """The street's answer to a forwarded item."""

    text = forms.CharField(
        label="街道答复",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "请写明答复内容。"},
    )
