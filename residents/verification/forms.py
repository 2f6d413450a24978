"""The form of a verification round on paper."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.forms.fields import DayField
from portal.forms.forms import PlainForm

_OWN = "own"


class RoundDayField(DayField):
    """The day of a round or visit; a mistyped year is an error."""

    def clean(self, value):
        day = super().clean(value)
        if day and day < timezone.localdate() - datetime.timedelta(days=366):
            raise ValidationError("走访日期在一年以前，请核对。")
        return day


class RoundForm(PlainForm):
    """Who made the round on which day, and the unchanged dwellings."""

    on = RoundDayField(label="走访日期")
    walker = forms.ChoiceField(label="走访人", widget=forms.RadioSelect)
    row = forms.ModelMultipleChoiceField(
        label="无变化",
        queryset=None,
        to_field_name="uuid",
        error_messages={
            "required": "请勾选已核实、无变化的门户。",
            "invalid_choice": "所选门户已不在这个楼道，请核对后重新勾选。",
            "invalid_pk_value": "所选门户已不在这个楼道，请核对后重新勾选。",
        },
    )

    def __init__(self, *args, dwellings, heads, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["row"].queryset = dwellings
        self.people = {str(head.person.uuid): head.person for head in heads}
        choices = [(str(h.person.uuid), f"{h.person.name}（{h.stairwell or h.area}）") for h in heads]
        self.fields["walker"].choices = [*choices, (_OWN, "本人")]
        self.fields["walker"].initial = self.fields["walker"].choices[0][0]

    @property
    def head(self):
        """The head who made the round; None for the user."""
        return self.people.get(self.cleaned_data["walker"])

    @property
    def ticked(self) -> set[str]:
        """Dwellings whose box is ticked when the form is shown again."""
        return set(self.data.getlist("row")) if self.is_bound else set()
