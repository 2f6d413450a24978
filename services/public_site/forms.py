"""The public form of a request."""

from django import forms

from community.objections.tickets import TicketForm
from community.people.phone_numbers import read_phones
from portal.attachments.forms import PhotosField
from portal.attachments.kinds import FILE_MIB
from portal.attachments.store import MOST_PHOTOS
from portal.retention.privacy_notice import PrivacyNotice
from services.requests.flood import TrapFields
from services.requests.models import Request


def _text(label: str, most: int, help_text: str = "", **attrs) -> forms.CharField:
    """A field of one line that may be left blank; `data-keep`: what is typed outlives a lost connection (draft.js)."""
    widget = forms.TextInput(attrs={"class": "form-control", "data-keep": True, **attrs})
    return forms.CharField(label=label, max_length=most, required=False, help_text=help_text, widget=widget)


class PublicRequestForm(TrapFields, TicketForm):
    """A request by anybody, in at most six fields."""

    privacy = PrivacyNotice(
        "诉求内容、地点和照片；姓名和电话可以不填，填写的只用来核实情况和回复您",
        Request,
        published="不公开；办理步骤和答复凭查询码查看，不显示您填写的内容",
    )

    text = forms.CharField(
        label="要反映什么",
        max_length=2000,
        help_text="请写明什么事、什么时候、希望怎样解决",
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control", "data-keep": True}),
        error_messages={"required": "请写明要反映的事情。"},
    )
    place = _text("地点", 120, "如：30幢4单元楼下", autocomplete="off")
    photos = PhotosField(
        label="照片", required=False, help_text=f"可以不拍，最多{MOST_PHOTOS}张，每张 {FILE_MIB} MB 以内"
    )
    name = _text("姓名", 60, "可以不填", autocomplete="name")
    phone = _text("电话", 40, "可以不填，便于核实和回复", autocomplete="tel", inputmode="tel")
    is_private = forms.BooleanField(
        label="不公开办理",
        required=False,
        help_text="只有社区主任看到和办理",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input", "data-keep": True}),
    )
    shown = ("text", "place", "photos", "name", "phone", "is_private")
    """The fields that people fill in; those of `TrapFields` are hidden from them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ticket"].widget.attrs["data-keep"] = True
        self.fields["photos"].widget.attrs["class"] = "form-control"

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"].strip()
        if phone and read_phones(phone).is_error:
            raise forms.ValidationError("认不出这个电话号码，请核对，如：13800000000；也可以不填。")
        return phone
