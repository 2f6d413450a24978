"""Forms of departures: death (死亡) and move-out (迁出) of one person, and of a household (整户迁出)."""

from collections.abc import Sequence

from django import forms

from portal.forms.fields import DayField
from residents.events.forms.endings import ConsequencesMixin
from residents.events.forms.events import EventForm, RowsField
from residents.events.forms.household import member_label
from residents.events.forms.new_heads import NewHeadsMixin
from residents.homes.models import Kind, Residence


class DepartureForm(NewHeadsMixin, ConsequencesMixin, EventForm):
    """Move-out or death. `residences` are the open ones; a death ends all. homes: households that the person heads."""

    kinds = forms.MultipleChoiceField(
        label="迁出的是",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择迁出的是居住还是户籍。"},
    )
    on = DayField()
    destination = forms.CharField(label="迁往何处", max_length=120, required=False)
    note = forms.CharField(label="说明", max_length=100, required=False)

    def __init__(self, *args, died: bool, residences: list[Residence], homes, **kwargs):
        super().__init__(*args, **kwargs)
        self.died, self.residences = died, residences
        self.add_heads(homes, propose=True)
        if died:
            del self.fields["kinds"], self.fields["destination"]
            self.fields["on"].label = "去世日期"
        else:
            self.fields["on"].label = "迁出日期"
            self.fields["kinds"].choices = [
                (r.kind, f"{r.get_kind_display()}（{r.household.dwelling or '集体户'}）") for r in residences
            ]
            self.fields["kinds"].initial = [residences[0].kind] if residences else []

    @property
    def leaving(self) -> list[Residence]:
        """The residences that end."""
        return [r for r in self.residences if self.died or r.kind in self.cleaned_data.get("kinds", ())]

    def clean(self):
        cleaned = super().clean()
        self.check_heads(self.leaving)
        return cleaned


class HouseholdMoveOutForm(NewHeadsMixin, ConsequencesMixin, EventForm):
    """Move-out of a household: all members are ticked."""

    who = RowsField(
        label="迁出的人",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择迁出的人。"},
    )
    on = DayField(label="迁出日期")
    kinds = forms.MultipleChoiceField(
        label="迁出的是",
        choices=Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择迁出的是居住还是户籍。"},
    )
    destination = forms.CharField(label="迁往何处", max_length=120, required=False)
    note = forms.CharField(label="原因", max_length=100, required=False)
    died = False

    def __init__(self, *args, members: Sequence[Residence], residences: Sequence[Residence], homes, **kwargs):
        super().__init__(*args, **kwargs)
        self.residences = residences
        self.fields["who"].offer(members, member_label, lambda residence: residence.person.uuid)
        self.fields["who"].initial = [str(residence.person.uuid) for residence in members]
        of_kind = {residence.kind for residence in residences}
        self.fields["kinds"].choices = [(kind, Kind(kind).label) for kind in Kind.values if kind in of_kind]
        self.fields["kinds"].initial = [members[0].kind]
        self.add_heads(homes, propose=False)
        heads = tuple(name for name in self.fields if name.startswith("head_"))
        self.sections(
            ("迁出登记", ("who", "kinds", "on", "destination", "note")), ("户主迁出、有人留下的", heads)
        )

    @property
    def leaving(self) -> list[Residence]:
        """The residences that end."""
        people = {residence.person_id for residence in self.cleaned_data.get("who", ())}
        kinds = self.cleaned_data.get("kinds", ())
        return [r for r in self.residences if r.person_id in people and r.kind in kinds]

    def clean(self):
        cleaned = super().clean()
        self.check_heads(self.leaving)
        return cleaned
