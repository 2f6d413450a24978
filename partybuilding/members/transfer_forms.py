"""Forms of transfers."""

from django import forms

from partybuilding.members.forms import MonthField, branches_of
from partybuilding.members.models import Member
from portal.access.permissions import Permission as P
from portal.forms.fields import DayField
from portal.forms.forms import PlainForm


class _OfMember(PlainForm):
    """Base: carries the version of the member that the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, member: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = member.version


class TransferOutForm(_OfMember):
    other = forms.CharField(
        label="转往的党组织",
        max_length=80,
        help_text="按介绍信抬头填写全称，如：中共××县××镇委员会",
        error_messages={"required": "请填写转往的党组织。"},
    )
    on = DayField(label="开具日期")
    dues_until = MonthField(label="党费交至", required=False)
    reason = forms.CharField(label="转接原因", max_length=100, required=False)


class MoveForm(_OfMember):
    branch = forms.ModelChoiceField(
        label="转入支部", queryset=None, error_messages={"required": "请选择转入支部。"}
    )
    on = DayField(label="转接日期")
    reason = forms.CharField(label="转接原因", max_length=100, required=False)

    def __init__(self, *args, access, community, member: Member, **kwargs):
        super().__init__(*args, member=member, **kwargs)
        self.fields["branch"].queryset = branches_of(access, community, P.PARTY).exclude(pk=member.branch_id)


class ReceiptForm(PlainForm):
    on = DayField(label="回执日期")


class CancelForm(PlainForm):
    on = DayField(label="撤回日期")
    reason = forms.CharField(
        label="撤回原因", max_length=100, error_messages={"required": "请填写撤回原因。"}
    )


class ArrivalForm(PlainForm):
    other = forms.CharField(
        label="原党组织", max_length=80, error_messages={"required": "请填写原来的党组织。"}
    )
    on = DayField(label="接收日期")
    reason = forms.CharField(label="转接原因", max_length=100, required=False)
