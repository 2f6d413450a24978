"""Forms of complaints about staff: by anybody, and by staff who hand one over from the requests."""

from django import forms

from community.objections.tickets import TicketForm
from portal.cases.forms import StepForm
from portal.forms.forms import PlainForm
from portal.retention.privacy_notice import PrivacyNotice
from services.complaints.actions import Words
from services.complaints.models import StaffComplaint
from services.complaints.people import Posted, posted_staff
from services.requests.flood import TrapFields


class PeopleFields(PlainForm):
    """Mixin: whom a complaint is about, of those with a post or by another name."""

    people = forms.MultipleChoiceField(
        label="反映的是谁",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="可以选几位；不清楚的不选",
        error_messages={"invalid_choice": "名单有变动，请重新选择。"},
    )
    typed = forms.CharField(
        label="名单上没有的人",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="可以不填；写姓名或岗位",
    )

    def offer(self, community_id: int) -> None:
        """Offer the posts of a community."""
        self.posted = {each.key: each for each in posted_staff(community_id)}
        self.fields["people"].choices = [(key, str(each)) for key, each in self.posted.items()]

    def chosen(self) -> list[Posted]:
        return [self.posted[key] for key in self.cleaned_data["people"]]


class ComplaintForm(TrapFields, PeopleFields, TicketForm):
    """A complaint by anybody."""

    privacy = PrivacyNotice(
        "反映的内容和对象；姓名和联系电话可以不填，填写的只用来核实情况和联系您，被反映的人看不到",
        StaffComplaint,
    )

    text = forms.CharField(
        label="反映的内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        help_text="请写明时间、地点和经过",
        error_messages={"required": "请写明反映的内容。"},
    )
    name = forms.CharField(
        label="您的姓名",
        required=False,
        max_length=60,
        help_text="可以不填",
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "name"}),
    )
    phone = forms.CharField(
        label="联系电话",
        required=False,
        max_length=40,
        help_text="可以不填；用于核实情况时联系您",
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "tel", "inputmode": "tel"}),
    )

    def __init__(self, *args, community_id: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer(community_id)
        self.fields["typed"].widget.attrs["class"] = "form-control"

    def words(self, suspicion: str) -> Words:
        data = self.cleaned_data
        return Words(data["text"], data["name"], data["phone"], self.chosen(), data["typed"], suspicion)


class HandOverForm(PeopleFields, StepForm):
    """Handing a request over as a complaint: only whom it is about is asked."""

    def prepare(self):
        self.offer(self.community.id)
