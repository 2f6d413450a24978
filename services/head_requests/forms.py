"""The form by which a building head tells of a problem."""

from django import forms

from community.people.phone_numbers import read_phones
from community.places.models import Stairwell
from portal.attachments.forms import LIMITS, PhotosField
from portal.forms.forms import PlainForm


class HeadRequestForm(PlainForm):
    """A problem in a stairwell; of a resident, or seen by the head."""

    stairwell = forms.ChoiceField(label="楼道", error_messages={"required": "请选择楼道。"})
    text = forms.CharField(
        label="什么问题",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明是什么问题。"},
    )
    where = forms.CharField(
        label="具体位置", max_length=50, required=False, help_text="可以不填，如：三楼转角"
    )
    photos = PhotosField(label="照片", required=False, help_text=f"可以不拍；{LIMITS}，只有社区能看")
    name = forms.CharField(
        label="居民姓名", max_length=60, required=False, help_text="居民托您反映的填写，可以不填"
    )
    phone = forms.CharField(
        label="居民电话",
        max_length=40,
        required=False,
        help_text="可以不填；社区回复居民时用",
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    def __init__(self, *args, stairwells: list[Stairwell], **kwargs):
        super().__init__(*args, **kwargs)
        self.stairwells = {str(stairwell.uuid): stairwell for stairwell in stairwells}
        self.fields["stairwell"].choices = [(key, str(each)) for key, each in self.stairwells.items()]
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean_phone(self) -> str:
        reading = read_phones(self.cleaned_data["phone"])
        if reading.problem:
            raise forms.ValidationError(f"{reading.problem}。")
        return " ".join(reading.numbers)
