"""Forms of building heads' phones: which slips to print, and the PIN."""

from django import forms

from community.phones.actions import PIN_LENGTH, WeakPin, check_pin, read_pin
from portal.accounts.recent_password import RecentPasswordForm
from portal.forms.forms import PlainForm


class SlipsForm(RecentPasswordForm):
    """Keys of the heads for whom slips are printed."""

    row = forms.MultipleChoiceField(
        widget=forms.MultipleHiddenInput,
        error_messages={
            "required": "请先勾选要打印绑定单的楼道长。",
            "invalid_choice": "所选楼道长的任职刚刚有变动，请返回重新勾选。",
        },
    )

    def __init__(self, *args, heads, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["row"].choices = [(head.key, head.name) for head in heads]


class PinField(forms.CharField):
    """Six digits, typed on the number pad and not shown."""

    widget = forms.PasswordInput(
        attrs={"class": "pin", "inputmode": "numeric", "autocomplete": "off", "maxlength": PIN_LENGTH}
    )

    def __init__(self, **kwargs):
        super().__init__(error_messages={"required": f"请输入{PIN_LENGTH}位数字。"}, **kwargs)

    def clean(self, value):
        return read_pin(super().clean(value))


class PinForm(PlainForm):
    """The PIN of a bound phone."""

    pin = PinField(label=f"{PIN_LENGTH}位密码")


class NewPinForm(PlainForm):
    """New PIN of a phone being bound, typed twice."""

    pin = PinField(label=f"设置{PIN_LENGTH}位数字密码", help_text="不用连号、重复的数字和生日")
    again = PinField(label="再输入一次")

    def clean_pin(self):
        try:
            check_pin(self.cleaned_data["pin"])
        except WeakPin as weak:
            raise forms.ValidationError(str(weak)) from weak
        return self.cleaned_data["pin"]

    def clean(self):
        data = super().clean()
        if "pin" in data and "again" in data and data["pin"] != data["again"]:
            self.add_error("again", "两次输入的密码不一样，请重新输入。")
        return data
