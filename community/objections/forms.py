from django import forms

from community.objections.models import Objection
from community.objections.tickets import TicketForm
from portal.forms.forms import PlainForm
from portal.retention.privacy_notice import PrivacyNotice


class ObjectionForm(TicketForm):
    """An objection by anybody."""

    privacy = PrivacyNotice(
        "异议内容；姓名和联系方式可以不填，填写的只用来核实情况和联系您，居委会工作人员看不到",
        Objection,
        published="只公开异议摘要和答复，不公开提出人",
    )

    text = forms.CharField(
        label="异议内容",
        max_length=2000,
        help_text="请写明对哪一项有异议、为什么",
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        error_messages={"required": "请写明对哪一项有异议、为什么。"},
    )
    name = forms.CharField(
        label="姓名",
        required=False,
        max_length=60,
        help_text="可以不填",
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "name"}),
    )
    contact = forms.CharField(
        label="联系方式",
        required=False,
        max_length=100,
        help_text="可以不填；用于居务监督委员会核实情况时联系您",
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "tel"}),
    )


class ObjectionAnswerForm(PlainForm):
    """The public answer to an objection."""

    gist = forms.CharField(
        label="异议摘要",
        max_length=200,
        help_text="公开时代替原文，不写提出人",
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        error_messages={"required": "请用一句话概括异议内容，公开时代替原文。"},
    )
    text = forms.CharField(
        label="答复",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        error_messages={"required": "请填写答复。"},
    )
