"""The form of a tally: papers, and the votes by name."""

from collections import defaultdict

from django import forms

from community.ballots.actions import NUMBERS
from community.ballots.models import APPRAISAL_GRADES, Ballot, BallotLine
from community.ballots.tally import TallyProblem, tally_problems
from portal.forms.forms import PlainForm

MORE = "more"
"""Button that adds lines to the form without saving it."""
_FEWEST, _MORE, _MOST = 6, 6, 120
_VOTES = (("votes", "赞成"), ("against", "反对"), ("abstained", "弃权"))


class _Number(forms.IntegerField):
    def __init__(self, label: str, **kwargs):
        super().__init__(
            label=label,
            min_value=0,
            max_value=1_000_000,
            error_messages={"required": f"请填写{label}。", "invalid": "请填写整数。"},
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            **kwargs,
        )


class BallotForm(PlainForm):
    """A tally with lines `name-1`, `votes-1`…; of an appraisal a number for each grade."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    lines = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label="表决事项", max_length=100, error_messages={"required": "请写明表决事项。"})
    seats = forms.IntegerField(
        label="应选名额", min_value=1, max_value=500, initial=1, help_text="每张选票最多可选的人数"
    )

    def __init__(self, *args, kind: str, ballot: Ballot | None = None, present: dict | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind, self.ballot = kind, ballot
        if kind != Ballot.Kind.ELECTION:
            del self.fields["seats"]
        for name in NUMBERS:
            label = str(Ballot._meta.get_field(name).verbose_name)
            self.fields[name] = _Number(label)
        self.fields["spoiled"].initial = 0
        self.initial |= present or {}
        stored = list(ballot.lines.all()) if ballot else []
        if ballot:
            self.initial |= {name: getattr(ballot, name) for name in ("title", "seats", "version", *NUMBERS)}
        self.columns = self._columns()
        self._people = {line.name: line.person_id for line in stored}
        by_name = self._by_name(stored)
        self.number = self._number_of_lines(len(by_name))
        self.fields["lines"].initial = self.number
        for number in range(1, self.number + 1):
            self._add_line(number)
        for number, (name, votes) in enumerate(by_name.items(), 1):
            self.initial[f"name-{number}"] = name
            self.initial |= {f"{key}-{number}": value for key, value in votes.items()}

    def _columns(self) -> list[tuple[str, str]]:
        if self.kind == Ballot.Kind.APPRAISAL:
            return [(f"grade{index}", grade) for index, grade in enumerate(APPRAISAL_GRADES)]
        return list(_VOTES)

    def _by_name(self, lines) -> dict[str, dict[str, int]]:
        votes: dict[str, dict[str, int]] = defaultdict(dict)
        keys = {label: key for key, label in self.columns}
        for line in lines:
            if self.kind == Ballot.Kind.APPRAISAL:
                votes[line.name][keys[line.option]] = line.votes
            else:
                votes[line.name] = {key: getattr(line, key) for key, _ in _VOTES}
        return votes

    def _number_of_lines(self, stored: int) -> int:
        """Lines of the form: those stored or sent, some empty ones, and more where asked for."""
        number = max(_FEWEST, stored + 2)
        if self.is_bound:
            sent = self.data.get("lines", "")
            number = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else number
            number += _MORE if MORE in self.data else 0
        return min(max(number, 1), _MOST)

    def _add_line(self, number: int) -> None:
        self.fields[f"name-{number}"] = forms.CharField(
            label=f"第{number}行的姓名或事项", max_length=60, required=False
        )
        for key, label in self.columns:
            self.fields[f"{key}-{number}"] = _Number(f"第{number}行的{label}", required=False)

    @property
    def table(self) -> list[list[forms.BoundField]]:
        """Fields of the lines, name first."""
        return [
            [self[f"name-{number}"], *(self[f"{key}-{number}"] for key, _ in self.columns)]
            for number in range(1, self.number + 1)
        ]

    @property
    def papers(self) -> list[forms.BoundField]:
        """Fields above the lines."""
        return [self[name] for name in ("title", "seats", *NUMBERS) if name in self.fields]

    def clean(self):
        data = super().clean()
        self.numbers_by_name: dict[str, int] = {}
        self.ballot_lines = []
        for number in range(1, self.number + 1):
            self._read_line(number, data)
        if self.kind == Ballot.Kind.ELECTION and not self.ballot_lines and not self.errors:
            self.add_error("name-1", "请填写候选人和得票。")
        if not self.errors:
            for problem in tally_problems(Ballot(**self.values), self.ballot_lines):
                self.add_problem(problem)
        return data

    def _read_line(self, number: int, data: dict) -> None:
        name = " ".join((data.get(f"name-{number}") or "").split())
        votes = {key: data.get(f"{key}-{number}") for key, _ in self.columns}
        if not name:
            if any(value is not None for value in votes.values()):
                self.add_error(f"name-{number}", "请填写姓名或事项。")
            return
        if name in self.numbers_by_name:
            self.add_error(f"name-{number}", f"{name}填了两次。")
            return
        self.numbers_by_name[name] = number
        first = self.columns[0][0]
        if all(value is None for value in votes.values()) and f"{first}-{number}" not in self.errors:
            self.add_error(f"{first}-{number}", "请填写票数，没有得票的填0。")
        shared = {"name": name, "person_id": self._people.get(name)}
        if self.kind == Ballot.Kind.APPRAISAL:
            self.ballot_lines += [
                BallotLine(**shared, option=label, votes=votes[key] or 0) for key, label in self.columns
            ]
        else:
            self.ballot_lines.append(BallotLine(**shared, **{key: votes[key] or 0 for key, _ in _VOTES}))

    @property
    def values(self) -> dict:
        """Values of the ballot, of a valid form."""
        names = ("title", *NUMBERS)
        values = {name: self.cleaned_data[name] for name in names}
        return {"kind": self.kind, "seats": self.cleaned_data.get("seats") or 1} | values

    def add_problem(self, problem: TallyProblem) -> None:
        """The sentence of a contradiction at its field."""
        field = problem.field
        if problem.name:
            key = "name" if field == "name" else self.columns[0][0]
            field = f"{key}-{self.numbers_by_name[problem.name]}"
        self.add_error(field or f"{self.columns[0][0]}-1", f"{problem.sentence}。")
