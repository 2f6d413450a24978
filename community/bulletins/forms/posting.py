"""Forms for a bulletin's files, photos of boards, the street's remarks and their answers."""

from django import forms
from django.utils import timezone

from community.media.models import Medium
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.attachments.views import FilesField, FilesInput
from portal.forms.forms import PlainForm
from portal.forms.idempotency import IdempotentFormMixin

_DAY = {"type": "date", "class": "form-control"}


class BulletinFilesForm(PlainForm):
    """Files that go public with the bulletin."""

    files = FilesField(
        label="选择文件",
        allow_empty_file=True,
        widget=FilesInput(attrs={"accept": ".pdf,.xlsx", "class": "form-control"}),
        error_messages={"required": "请选择要上传的文件。", "invalid": "请选择要上传的文件。"},
    )


class PhotoForm(IdempotentFormMixin, forms.Form):
    """A photo of a registered board, or of a temporary one with its place."""

    medium = forms.ModelChoiceField(
        label="固定宣传阵地", queryset=None, required=False, empty_label="（临时公开栏，在下面写明位置）"
    )
    place = forms.CharField(
        label="临时公开栏的位置",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    posted_on = forms.DateField(
        label="张贴日期",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        error_messages={"required": "请填写张贴日期。", "invalid": "请填写正确的日期。"},
    )
    photo = forms.FileField(
        label="照片",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png", "class": "form-control"}),
        error_messages={"required": "请选择照片。", "invalid": "请选择照片。"},
    )

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        media = rows(Medium, access, Permission.BULLETIN_DRAFT, community)
        media = media.exclude(kind=Medium.Kind.SLOGAN).select_related("stairwell")
        self.fields["medium"].queryset = media
        self.fields["medium"].widget.attrs["class"] = "form-select"

    def clean(self):
        data = super().clean()
        if not data.get("medium") and not data.get("place", "").strip() and "medium" not in self.errors:
            self.add_error("place", "请选择固定宣传阵地，或写明临时公开栏的位置。")
        return data


class TakedownForm(PlainForm):
    """Day on which the paper was taken off its board."""

    on = forms.DateField(
        label="取下日期",
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        error_messages={"required": "请填写取下日期。", "invalid": "请填写正确的日期。"},
    )


class RemarkForm(PlainForm):
    """An official's remark on a published bulletin."""

    text = forms.CharField(
        label="意见",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": "请写明意见。"},
    )


class RemarkAnswerForm(PlainForm):
    """The community's answer; without text it says that the remark was received."""

    text = forms.CharField(
        label="回复",
        required=False,
        max_length=500,
        help_text="不填表示已收悉",
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
    )
