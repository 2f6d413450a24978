"""A form field for dates that may be known only by year or month."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.dates import PartialDate
from portal.spreadsheets.dates import read_date


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
