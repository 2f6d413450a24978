"""The form that records who came to an activity: one row a person, and people who were not on the list."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms

from community.activities.actions import list_version
from community.activities.models import Attendance
from community.people.forms import PersonField
from portal.access.permissions import Permission as P
from portal.forms.forms import PlainForm

Came = Attendance.State
ALSO = ("also_1", "also_2", "also_3")
"""Fields for people who were not on the list."""
REST = "rest"
"""Button that records everybody without a choice as present."""


@dataclass(frozen=True, slots=True)
class Line:
    """A person of the list with the fields of the form."""

    attendance: Attendance
    state: forms.BoundField
    reason: forms.BoundField


class RecordForm(PlainForm):
    """The record of an activity. `version` is that of the list as it was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, lines: Sequence[Attendance], access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.recorded = [line for line in lines if line.state not in Attendance.NOT_IN_RECORD]
        self.others = [line for line in lines if line.state in Attendance.NOT_IN_RECORD]
        self.fields["version"].initial = list_version(lines)
        choices = [(state.value, state.label) for state in Attendance.RECORDED]
        for line in self.recorded:
            state, reason = self._names(line)
            self.fields[state] = forms.ChoiceField(
                label=line.person.name, choices=choices, required=False, widget=forms.RadioSelect
            )
            self.fields[reason] = forms.CharField(
                label=f"{line.person.name}请假或缺席的原因", max_length=100, required=False
            )
            self.initial |= {state: line.state, reason: line.reason}
        if access.can(P.PEOPLE_NAMES, community):
            for name in ALSO:
                self.fields[name] = PersonField(label="名单外到会人员", required=False, help_text="")
                self.fields[name].set_people(access, community)

    @staticmethod
    def _names(line: Attendance) -> tuple[str, str]:
        return f"state-{line.uuid}", f"reason-{line.uuid}"

    @property
    def lines(self) -> list[Line]:
        return [Line(line, *(self[name] for name in self._names(line))) for line in self.recorded]

    @property
    def also(self) -> list[forms.BoundField]:
        return [self[name] for name in ALSO if name in self.fields]

    def clean(self):
        data = super().clean()
        for line in self.recorded:
            state, reason = self._names(line)
            if not data.get(state) and state not in self.errors:
                if REST in self.data:
                    data[state] = Came.PRESENT
                else:
                    self.add_error(state, "请选择，或按“其余全部到会”。")
            if data.get(state) == Came.PRESENT:
                data[reason] = ""
        return data

    @property
    def states(self) -> dict[int, tuple[str, str]]:
        """Person id → state and reason, of a valid form."""
        data = self.cleaned_data
        names = {line.person_id: self._names(line) for line in self.recorded}
        return {pk: (data[state], data[reason]) for pk, (state, reason) in names.items()}

    @property
    def also_present(self) -> list:
        people = [self.cleaned_data.get(name) for name in ALSO]
        return list(dict.fromkeys(person for person in people if person))
