"""Forms of appraisals: a new one, and the results with the tally of the papers."""

import datetime
from dataclasses import dataclass

from django import forms
from django.utils import timezone

from community.activities.models import Activity
from community.ballots.actions import NUMBERS
from community.ballots.models import APPRAISAL_GRADES, Ballot
from community.ballots.tally import tally_problems
from community.bodies.kinds import BodyKind
from partybuilding.appraisal.actions import Entry, Tally, lines_of, names_of
from partybuilding.appraisal.models import Appraisal, AppraisalResult, Grade
from partybuilding.branch_life.rules import APPRAISAL, ASSEMBLY, LIFE_MEETING
from portal.forms.forms import PlainForm, RowForm

MEETINGS = (APPRAISAL, LIFE_MEETING, ASSEMBLY)
"""Kinds of meetings at which members are appraised."""
APPRAISED_UNTIL_MONTH = 3
"""Until this month the appraisal of the year before is held."""


def appraised_year(day: datetime.date) -> int:
    """The year that is appraised at a meeting on this day."""
    return day.year - (day.month <= APPRAISED_UNTIL_MONTH)


class AppraisalForm(RowForm):
    """A new appraisal, or its meeting."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("year", appraised_year(timezone.localdate()))
        branches = self.fields["branch"].queryset.filter(kind=BodyKind.BRANCH)
        self.fields["branch"].queryset = branches.current() | branches.filter(pk=self.instance.branch_id)
        if branches.count() == 1 and self.instance.pk is None:
            self.initial.setdefault("branch", branches.get().pk)
        meetings = self.fields["activity"].queryset.filter(kind__in=MEETINGS)
        self.fields["activity"].queryset = meetings.exclude(state=Activity.State.CANCELLED)
        if self.instance.pk:
            self.fields["branch"].disabled = self.fields["year"].disabled = True

    def clean(self):
        data = super().clean()
        if self.instance.ballot_id and "activity" in self.changed_data:
            self.add_error("activity", "测评票数已登记在原来的会议，不能更换会议。")
        activity, branch, year = data.get("activity"), data.get("branch"), data.get("year")
        if not activity or not branch or not year:
            return data
        if activity.body_id != branch.pk:
            self.add_error("activity", f"{activity}不是{branch}的会议，请另选。")
        elif timezone.localdate(activity.starts_at).year not in (year, year + 1):
            self.add_error("activity", f"{year}年度的评议应在当年或次年举行，请另选会议。")
        return data


_COLUMNS = (*APPRAISAL_GRADES, "弃权")
"""Headings of the votes."""


def _number(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=100_000,
        required=False,
        error_messages={"invalid": "请填写整数。"},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "form-control"}
        ),
    )


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A member with the fields of the form; votes with their column's heading."""

    result: AppraisalResult
    name: str
    is_absent: bool
    votes: list[tuple[str, forms.BoundField]]
    grade: forms.BoundField
    note: forms.BoundField


class ResultsForm(PlainForm):
    """Papers and, a row a member, votes by grade, 弃权, the grade and a note. Without papers only grades are entered."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args, appraisal: Appraisal, results, tallies, present: dict, absent: frozenset, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.appraisal, self.results, self.absent = appraisal, list(results), absent
        self.names = names_of(self.results)
        self.fields["version"].initial = appraisal.version
        ballot = appraisal.ballot
        for name in NUMBERS:
            self.fields[name] = _number(str(Ballot._meta.get_field(name).verbose_name))
            self.initial[name] = getattr(ballot, name) if ballot else present.get(name)
        for result in self.results:
            self._add_line(result, tallies.get(result.member.person_id))

    def _add_line(self, result: AppraisalResult, tally: Tally | None) -> None:
        name = self.names[result.pk]
        for key, label in zip(self._votes(result), _COLUMNS, strict=True):
            self.fields[key] = _number(f"{name}的{label}票")
        if tally:
            self.initial |= zip(self._votes(result), (*tally.votes, tally.abstained), strict=True)
        grade, note = self._rest(result)
        self.fields[grade] = forms.ChoiceField(
            label=f"{name}的评定等次",
            choices=[("", "未评定"), *Grade.choices],
            required=False,
            widget=forms.Select(attrs={"class": "form-select"}),
        )
        self.fields[note] = forms.CharField(label=f"{name}的说明", max_length=200, required=False)
        self.fields[note].widget.attrs["class"] = "form-control"
        self.initial |= {grade: result.grade, note: result.note}

    @staticmethod
    def _votes(result: AppraisalResult) -> list[str]:
        return [f"votes{number}-{result.uuid}" for number in range(len(_COLUMNS))]

    @staticmethod
    def _rest(result: AppraisalResult) -> tuple[str, str]:
        return f"grade-{result.uuid}", f"note-{result.uuid}"

    @property
    def papers_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in NUMBERS]

    @property
    def lines(self) -> list[ResultLine]:
        """One row a member."""
        return [
            ResultLine(
                result,
                self.names[result.pk],
                result.member.person_id in self.absent,
                [(label, self[key]) for label, key in zip(_COLUMNS, self._votes(result), strict=True)],
                self[self._rest(result)[0]],
                self[self._rest(result)[1]],
            )
            for result in self.results
        ]

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        self.has_papers = any(data.get(key) is not None for key in self._vote_keys())
        self.entries = [self._entry(result, data) for result in self.results]
        self.papers = self._papers(data) if self.has_papers else None
        for entry in self.entries:
            if entry.grade == Grade.POOR and not entry.note:
                self.add_error(self._rest(entry.result)[1], "评定为不合格的，请写明情况和处置意见。")
        if self.papers is not None and not self.errors:
            self._check_tally()
        return data

    def _vote_keys(self) -> list[str]:
        return [key for result in self.results for key in self._votes(result)]

    def _papers(self, data: dict) -> dict[str, int]:
        if self.appraisal.activity_id is None:
            self.add_error(None, "还没有选择评议会议。请先在评议中选择会议，再登记票数；也可以只填评定等次。")
        for name in NUMBERS:
            if data.get(name) is None:
                self.add_error(name, f"请填写{self.fields[name].label}。")
        return {name: data[name] for name in NUMBERS if data.get(name) is not None}

    def _entry(self, result: AppraisalResult, data: dict) -> Entry:
        grade, note = (data.get(name, "") for name in self._rest(result))
        if not self.has_papers:
            return Entry(result, grade, note)
        votes = [data.get(key) for key in self._votes(result)]
        if all(number is None for number in votes):
            self.add_error(self._votes(result)[0], "请填写票数，没有得票的填0。")
        *grades, abstained = (number or 0 for number in votes)
        tally = Tally(tuple(grades), abstained)
        return Entry(result, grade or (tally.suggested if sum(grades) else ""), note, tally)

    def _check_tally(self) -> None:
        first = {self.names[entry.result.pk]: self._votes(entry.result)[0] for entry in self.entries}
        ballot = Ballot(kind=Ballot.Kind.APPRAISAL, seats=1, **self.papers)
        for problem in tally_problems(ballot, lines_of(self.entries, self.names)):
            if not problem.name:
                self.add_error(problem.field, f"{problem.sentence}。")
        for entry in self.entries:
            name = self.names[entry.result.pk]
            if sentence := entry.tally.problem(name, self.papers["valid"]):
                self.add_error(first[name], f"{sentence}。")
