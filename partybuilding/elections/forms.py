"""Forms of elections: the plan, its candidates, and one for each step."""

import datetime

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.utils import timezone

from community.ballots.models import Ballot
from community.ballots.tally import TallyProblem, tally_problems
from community.bodies.kinds import PARTY_KINDS
from community.bodies.models import Post
from community.people.forms import PersonField
from partybuilding.elections.actions import Tally
from partybuilding.elections.models import Candidate, Election
from partybuilding.elections.results import Results
from partybuilding.elections.tally import Votes
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.forms.forms import PlainForm, RowForm

_MOST = 100_000
"""Of people and ballot papers; a larger number is a slip of the keyboard."""


class ElectionForm(RowForm):
    """The plan of an election, of a party body that exists."""

    class Meta:
        model = Election
        fields = ("body", "planned_on", "term_years", "place", "approval", "note")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        bodies = self.fields["body"].queryset.current().filter(kind__in=PARTY_KINDS)
        self.fields["body"].queryset = bodies.order_by("name")
        if self.instance.pk:
            self.fields["body"].disabled = True


class VersionForm(PlainForm):
    """Base: what a step compares with the version of the election."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def _day(label: str, missing: str, **kwargs) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": missing, "invalid": "日期应为年-月-日，如：2026-12-01。"},
        **kwargs,
    )


def _number(label: str, *, required: bool = True, least: int = 0, **kwargs) -> forms.IntegerField:
    """A number of people or papers. Its errors name the field, since several stand in one row."""
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=least,
        max_value=_MOST,
        error_messages={
            "required": f"请填写{label}。",
            "invalid": f"{label}应为整数。",
            "min_value": f"{label}不能小于{least}。",
            "max_value": f"{label}不能大于{_MOST}。",
        },
        **kwargs,
    )


class CandidatesForm(PlainForm):
    """One more candidate, and those to be removed."""

    post = forms.ModelChoiceField(
        Post._default_manager.none(),
        label="职务",
        required=False,
        error_messages={"invalid_choice": "请选择职务。"},
    )
    person = PersonField(label="候选人", required=False)
    remove = forms.MultipleChoiceField(
        label="移除候选人", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, access, community, election: Election, candidates: list[Candidate], **kwargs):
        super().__init__(*args, **kwargs)
        posts = rows(Post, access, P.PARTY, community).filter(body=election.body_id)
        self.fields["post"].queryset = posts
        self.fields["post"].label_from_instance = lambda post: f"{post.title}（{post.seats}名）"
        self.fields["post"].empty_label = "请选择"
        self.fields["person"].set_people(access, community)
        if candidates:
            self.fields["remove"].choices = [
                (str(each.pk), f"{each.contest.post.title} {each.person.name}") for each in candidates
            ]
        else:
            del self.fields["remove"]

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        if bool(data["post"]) != bool(data["person"]):
            missing = "person" if data["post"] else "post"
            self.add_error(missing, "请填写候选人姓名。" if data["post"] else "请选择职务。")
        elif not data["post"] and not data.get("remove"):
            self.add_error("post", "请选择职务并填写候选人，或勾选要移除的候选人。")
        return data


class NoticeForm(VersionForm):
    """The notice of the election, with time and place of the meeting."""

    on = _day("公告日期", "请填写公告日期。", initial=timezone.localdate)
    notice_place = forms.CharField(
        label="公告地点",
        max_length=80,
        initial="党务公开栏",
        error_messages={"required": "请填写公告张贴的地点。"},
    )
    at = forms.TimeField(
        label="大会时间",
        initial=datetime.time(9),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": "请填写大会时间。", "invalid": "时间应为时:分，如：09:00。"},
    )
    place = forms.CharField(label="大会地点", max_length=80, error_messages={"required": "请填写大会地点。"})


class MeetingForm(VersionForm):
    """The meeting: who was entitled, who came."""

    on = _day("大会日期", "请填写大会日期。")
    entitled = _number("应到人数", least=1)
    present = _number("实到人数")
    host = forms.CharField(label="主持人", max_length=60, required=False)
    tellers = forms.CharField(label="监票人和计票人", max_length=60, required=False)


class OfficeForm(VersionForm):
    """The day on which the elected take office."""

    on = _day("到任日期", "请填写到任日期。", initial=timezone.localdate)
    document = forms.CharField(
        label="任职批复文号", max_length=40, required=False, help_text="上级党组织批复选举结果的文号"
    )


_PAPERS = {"issued": "发出票数", "returned": "收回票数", "valid": "有效票数", "spoiled": "废票数"}
_COLUMNS = {"votes": "赞成", "against": "反对", "abstained": "弃权"}


class ResultForm(VersionForm):
    """The count of each contest of the latest round: papers, and votes for every candidate."""

    def __init__(self, *args, results: Results, **kwargs):
        super().__init__(*args, **kwargs)
        self.results = results
        sections = []
        for each in results.current:
            papers = Row(*(Column(name, css_class="col-6") for name in self._add_papers(each)))
            votes = [
                Row(*(Column(name, css_class="col-4") for name in self._add_votes(each, result)))
                for result in each.candidates
            ]
            legend = f"{each.contest.title}（应选{each.contest.seats}名）"
            sections.append(Fieldset(legend, papers, *votes))
        self.helper.layout = Layout("version", "token", *sections)

    def _add_papers(self, each) -> list[str]:
        names = []
        for name, label in _PAPERS.items():
            initial = getattr(each.ballot, name) if each.ballot else None
            if initial is None and name == "issued":
                initial = self.results.election.present
            key = f"{each.contest.pk}-{name}"
            names.append(self._add(key, f"{each.contest.title}{label}", initial, required=True))
        return names

    def _add_votes(self, each, result) -> list[str]:
        names = []
        for name, label in _COLUMNS.items():
            initial = getattr(result.line, name) if result.line else None
            key = f"{each.contest.pk}-{result.candidate.pk}-{name}"
            label = f"{result.name}{label}"
            names.append(self._add(key, label, initial, required=name == "votes"))
        return names

    def _add(self, key: str, label: str, initial, *, required: bool) -> str:
        self.fields[key] = _number(label, required=required, initial=initial)
        return key

    def clean(self):
        data = super().clean()
        for each in self.results.current:
            keys = [name for name in self.fields if name.startswith(f"{each.contest.pk}-")]
            if any(key in self.errors for key in keys):
                continue
            values, lines = self._tally(each, data).ballot_of(each, self.results.election)
            for problem in tally_problems(Ballot(**values), lines):
                self.add_error(self._key(each, problem), f"{problem.sentence}。")
        return data

    def _key(self, each, problem: TallyProblem) -> str:
        """The form field that a problem is about; the last candidate's votes for one of all lines together."""
        key = f"{each.contest.pk}-{problem.field}"
        if problem.field and key in self.fields:
            return key
        named = [result for result in each.candidates if result.name == problem.name]
        return f"{each.contest.pk}-{(named or each.candidates)[-1].candidate.pk}-votes"

    def _tally(self, each, data) -> Tally:
        key = each.contest.pk
        papers = {name: data[f"{key}-{name}"] for name in _PAPERS}
        votes = {}
        for result in each.candidates:
            pk = result.candidate.pk
            votes[pk] = Votes(result.name, *(data[f"{key}-{pk}-{column}"] or 0 for column in _COLUMNS))
        return Tally(papers, votes)

    def tallies(self) -> dict[int, Tally]:
        """The counts by contest id, of a valid form."""
        return {each.contest.pk: self._tally(each, self.cleaned_data) for each in self.results.current}
