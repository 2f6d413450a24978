"""The form of a merge of duplicates: which values are taken, and which of two conflicting rows remains."""

from collections.abc import Collection
from dataclasses import dataclass

from django import forms

from portal.forms.idempotency import IdempotentFormMixin
from residents.merging.preview import KEPT, REMOVED, Conflict, MergePreview, Value, leaves_headless

_SIDES = ((KEPT, "保留的记录"), (REMOVED, "并入的记录"))
_CHOOSE = {"required": "请选择以哪一条为准。"}


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One value of the side-by-side preview, with the field to choose by where the two records differ."""

    value: Value
    field: forms.BoundField | None


@dataclass(frozen=True, slots=True)
class ConflictChoice:
    """One conflict of two related rows, with the field to choose by."""

    clash: Conflict
    field: forms.BoundField


class PeopleMergeForm(IdempotentFormMixin, forms.Form):
    """The side-by-side preview, with a choice for each difference and conflict."""

    seen = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="说明",
        max_length=100,
        required=False,
        initial="同一人重复登记",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, survey: MergePreview, **kwargs):
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
        for clash in survey.conflicts:
            self.fields[clash.key] = forms.ChoiceField(
                label=f"两条记录都有{clash.label}，保留哪一条？",
                choices=[(side, _side_label(clash, side)) for side, _ in _SIDES],
                widget=forms.RadioSelect,
                error_messages=_CHOOSE,
            )

    @property
    def lines(self) -> list[PreviewRow]:
        """The preview, without values that are empty in both records."""
        values = [value for value in self.survey.values if value.kept or value.removed]
        return [PreviewRow(v, self[_name(v)] if _name(v) in self.fields else None) for v in values]

    @property
    def choices(self) -> list[ConflictChoice]:
        return [ConflictChoice(clash, self[clash.key]) for clash in self.survey.conflicts]

    @property
    def take(self) -> dict[str, str]:
        """Side whose value is taken, by key of the value."""
        names = {v.key: _name(v) for v in self.survey.values if _name(v) in self.fields}
        return {key: self.cleaned_data[name] for key, name in names.items()}

    @property
    def stay(self) -> dict[str, str]:
        """Side whose row remains, by key of the conflict."""
        return {clash.key: self.cleaned_data[clash.key] for clash in self.survey.conflicts}


def has_hidden_conflict(survey: MergePreview, hidden: Collection[type]) -> bool:
    """Whether a conflict is between rows that this user may not see."""
    return any(type(clash.kept) in hidden for clash in survey.conflicts)


def _name(value: Value) -> str:
    return f"value-{value.key}"


def _side_label(clash: Conflict, side: str) -> str:
    """Label of one side of a conflict, with a warning if the other household loses its head."""
    row = clash.kept if side == KEPT else clash.removed
    parts = [f"{dict(_SIDES)[side]}：{_description(row)}"]
    if leaves_headless(clash, side):
        parts.append(f"（另一户{clash.loser(side).household}将没有户主，请随后变更户主）")
    return "".join(parts)


def _description(row) -> str:
    """Description of a row: name, relation and start, as far as it has them."""
    household = getattr(row, "household", None)
    start = getattr(row, "start", None)
    parts = [
        str(household) if household is not None else str(row),
        getattr(row, "relation_word", ""),
        f"{start}起" if start else "",
    ]
    return "，".join(part for part in parts if part)
