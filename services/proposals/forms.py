"""Form by which a proposal is taken in."""

from django import forms
from django.utils import timezone

from portal.forms.forms import PlainForm
from services.proposals.choices import Kind


class ProposalForm(PlainForm):
    """A proposal as the paper that assigned it says."""

    kind = forms.ChoiceField(
        label="类别", choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.CONGRESS
    )
    number = forms.CharField(label="编号", max_length=30, help_text="交办单上的编号，连同年份，如：2026-35")
    title = forms.CharField(label="标题", max_length=120)
    text = forms.CharField(label="内容", max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
    proposer = forms.CharField(label="提出人", max_length=60)
    proposer_post = forms.CharField(label="单位和职务", max_length=120, required=False)
    received_on = forms.DateField(
        label="收到日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = timezone.localdate

    def clean_received_on(self):
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("收到日期不能晚于今天。")
        return day
