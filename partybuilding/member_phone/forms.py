"""Forms of members' phones: the check-in, and which slips are printed."""

from django import forms

from portal.accounts.recent_password import RecentPasswordForm
from portal.attachments.forms import PhotosField
from portal.forms.forms import PlainForm


class CheckInForm(PlainForm):
    """A check-in at one's own post. `at`: sent by a phone that was offline."""

    post = forms.UUIDField(widget=forms.HiddenInput)
    token = forms.UUIDField(widget=forms.HiddenInput)
    at = forms.CharField(required=False, max_length=40)
    note = forms.CharField(required=False, max_length=200)
    photos = PhotosField(required=False)


class SignInForm(PlainForm):
    """Signing in at a meeting, by the code at its door."""

    code = forms.CharField(
        label="会场签到码",
        max_length=20,
        error_messages={"required": "请填写会场张贴的6位签到码。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class SlipsForm(RecentPasswordForm):
    """Keys of the members for whom slips are printed."""

    row = forms.MultipleChoiceField(
        widget=forms.MultipleHiddenInput,
        error_messages={
            "required": "请先勾选要打印绑定单的党员。",
            "invalid_choice": "所选党员的登记刚刚有变动，请返回重新勾选。",
        },
    )

    def __init__(self, *args, holders, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["row"].choices = [(holder.key, holder.name) for holder in holders]
