"""The choice of a merge: which row's value holds, and which of two things of one kind stays."""

from collections.abc import Collection
from dataclasses import dataclass

from django import forms

from portal.forms import OnceMixin
from residents.doubles import KEPT, REMOVED, Clash, Survey, Value, leaves_headless

_SIDES = ((KEPT, "保留的记录"), (REMOVED, "并入的记录"))
_CHOOSE = {"required": "请选择以哪一条为准。"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the comparison: what it is, the field to choose by where the rows differ, both texts."""

    value: Value
    field: forms.BoundField | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that both have, with the field to choose by and what becomes of the one that does not stay."""

    clash: Clash
    field: forms.BoundField


class PeopleMergeForm(OnceMixin, forms.Form):
    """What is shown side by side, with a choice wherever the two rows do not say the same."""

    seen = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="说明",
        max_length=100,
        required=False,
        initial="同一人重复登记",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, survey: Survey, **kwargs):
        super().__init__(*args, **kwargs)
        self.survey = survey
        self.fields["seen"].initial = survey.fingerprint
        for value in survey.values:
            if value.differs:
                self.fields[_name(value)] = forms.ChoiceField(
                    label=value.label,
                    choices=_SIDES,
                    widget=forms.RadioSelect,
                    initial=value.proposed or None,
                    error_messages=_CHOOSE,
                )
        for clash in survey.clashes:
            self.fields[clash.key] = forms.ChoiceField(
                label=f"两条记录都有{clash.label}，保留哪一条？",
                choices=[(side, _told(clash, side)) for side, _ in _SIDES],
                widget=forms.RadioSelect,
                error_messages=_CHOOSE,
            )

    @property
    def lines(self) -> list[Line]:
        """The comparison, without what neither row says."""
        values = [value for value in self.survey.values if value.kept or value.removed]
        return [Line(v, self[_name(v)] if _name(v) in self.fields else None) for v in values]

    @property
    def choices(self) -> list[Choice]:
        return [Choice(clash, self[clash.key]) for clash in self.survey.clashes]

    @property
    def take(self) -> dict[str, str]:
        """Key of a value → the row it comes from, as the action takes it."""
        names = {v.key: _name(v) for v in self.survey.values if _name(v) in self.fields}
        return {key: self.cleaned_data[name] for key, name in names.items()}

    @property
    def stay(self) -> dict[str, str]:
        """Key of a clash → whose row stays."""
        return {clash.key: self.cleaned_data[clash.key] for clash in self.survey.clashes}


def hides_a_choice(survey: Survey, hidden: Collection[type]) -> bool:
    """Whether something must be chosen between rows that this user may not see."""
    return any(type(clash.kept) in hidden for clash in survey.clashes)


def _name(value: Value) -> str:
    return f"value-{value.key}"


def _told(clash: Clash, side: str) -> str:
    """One of the two, and what is left behind if it stays."""
    row = clash.kept if side == KEPT else clash.removed
    parts = [f"{dict(_SIDES)[side]}：{_described(row)}"]
    if leaves_headless(clash, side):
        parts.append(f"（另一户{clash.loser(side).household}将没有户主，请随后变更户主）")
    return "".join(parts)


def _described(row) -> str:
    """A row in words: what it is called, its relation and since when, as far as it has them."""
    household = getattr(row, "household", None)
    start = getattr(row, "start", None)
    parts = [
        str(household) if household is not None else str(row),
        getattr(row, "relation_word", ""),
        f"{start}起" if start else "",
    ]
    return "，".join(part for part in parts if part)
