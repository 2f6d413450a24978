"""A form field for dates that may be known only by year or month."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.spreadsheets.dates import read_date
from portal.values.partial_dates import PartialDate


class PartialDateField(forms.CharField):
    """A partial date: 1985年3月1日, 1985-3-1, 1985-03 or 1985."""

    def __init__(self, **kwargs):
        super().__init__(max_length=20, **kwargs)

    def prepare_value(self, value):
        return str(value) if isinstance(value, PartialDate) else value

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        reading = read_date(text, today=timezone.localdate())
        if reading.date is None:
            raise ValidationError("日期请写成 1985-03-01，只知道年月的写 1985-03。")
        return reading.date


class DayField(forms.DateField):
    """The day of an event, today at the latest."""

    def __init__(self, **kwargs):
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            initial=timezone.localdate,
            error_messages={"required": "请填写日期。", "invalid": "请填写正确的日期。"},
            **kwargs,
        )

    def clean(self, value):
        day = super().clean(value)
        if day and day > timezone.localdate():
            raise ValidationError("日期不能晚于今天。")
        return day
