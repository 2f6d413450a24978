"""Form of a day that the administrator sets."""

import datetime

from django import forms

from portal.forms.forms import PlainForm
from portal.working_days.entries import entry_of
from portal.working_days.models import SpecialDay

FIRST, LAST = datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)
"""Days that the calendar can have."""


class SpecialDayForm(PlainForm):
    """A day, and whether it is a working day; `instance` is the entry that is changed."""

    day = forms.DateField(
        label="日期",
        widget=forms.DateInput(
            attrs={"type": "date", "min": str(FIRST), "max": str(LAST)}, format="%Y-%m-%d"
        ),
        error_messages={"required": "请填写日期。", "invalid": "日期应为年-月-日，如：2027-02-05。"},
    )
    is_working = forms.TypedChoiceField(
        label="安排",
        choices=[("no", "放假"), ("yes", "上班")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择放假或上班。", "invalid_choice": "请选择放假或上班。"},
    )
    label = forms.CharField(
        label="说明",
        max_length=60,
        help_text="如：春节、春节调休；或通知的文号",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写说明，如：春节调休。"},
    )

    def __init__(self, *args, instance: SpecialDay | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance = instance
        if instance:
            self.initial = {
                "day": instance.day,
                "is_working": "yes" if instance.is_working else "no",
                "label": instance.label,
            } | self.initial

    def clean_day(self) -> datetime.date:
        day = self.cleaned_data["day"]
        if not FIRST <= day <= LAST:
            raise forms.ValidationError(f"日期应在{FIRST.year}年到{LAST.year}年之间。")
        if other := entry_of(day, besides=self.instance):
            kind = "上班" if other.is_working else "放假"
            raise forms.ValidationError(f"这一天已经设为{kind}（{other.label}），请修改那一条。")
        return day
