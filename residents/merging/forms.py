"""The form of a merge of duplicates: which values are taken, and which of two conflicting rows remains."""

from collections.abc import Collection
from dataclasses import dataclass

from django import forms

from portal.forms.forms import PlainForm
from residents.merging.preview import KEPT, REMOVED, ComparedValue, Conflict, MergePreview, leaves_headless

_SIDES = ((KEPT, "保留的记录"), (REMOVED, "并入的记录"))
_CHOOSE = {"required": "请选择以哪一条为准。"}


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One value of the side-by-side preview, with the field to choose by where the two records differ."""

    value: ComparedValue
    field: forms.BoundField | None


@dataclass(frozen=True, slots=True)
class ConflictChoice:
    """One conflict of two related rows, with the field to choose by."""

    conflict: Conflict
    field: forms.BoundField


class PeopleMergeForm(PlainForm):
    """The side-by-side preview, with a choice for each difference and conflict."""

    seen = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="说明",
        max_length=100,
        required=False,
        initial="同一人重复登记",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, preview: MergePreview, **kwargs):
        super().__init__(*args, **kwargs)
        self.preview = preview
        self.fields["seen"].initial = preview.fingerprint
        for value in preview.values:
            if value.differs:
                self.fields[_name(value)] = forms.ChoiceField(
                    label=value.label,
                    choices=_SIDES,
                    widget=forms.RadioSelect,
                    initial=value.proposed or None,
                    error_messages=_CHOOSE,
                )
        for conflict in preview.conflicts:
            self.fields[conflict.key] = forms.ChoiceField(
                label=f"两条记录都有{conflict.label}，保留哪一条？",
                choices=[(side, _side_label(conflict, side)) for side, _ in _SIDES],
                widget=forms.RadioSelect,
                error_messages=_CHOOSE,
            )

    @property
    def lines(self) -> list[PreviewRow]:
        """The preview, without values that are empty in both records."""
        values = [value for value in self.preview.values if value.kept or value.removed]
        return [PreviewRow(v, self[_name(v)] if _name(v) in self.fields else None) for v in values]

    @property
    def choices(self) -> list[ConflictChoice]:
        return [ConflictChoice(conflict, self[conflict.key]) for conflict in self.preview.conflicts]

    @property
    def sides_by_value(self) -> dict[str, str]:
        """Side whose value is taken, by key of the value."""
        names = {v.key: _name(v) for v in self.preview.values if _name(v) in self.fields}
        return {key: self.cleaned_data[name] for key, name in names.items()}

    @property
    def sides_by_conflict(self) -> dict[str, str]:
        """Side whose row remains, by key of the conflict."""
        return {conflict.key: self.cleaned_data[conflict.key] for conflict in self.preview.conflicts}


def has_hidden_conflict(preview: MergePreview, hidden: Collection[type]) -> bool:
    """Whether a conflict is between rows that this user may not see."""
    return any(type(conflict.kept) in hidden for conflict in preview.conflicts)


def _name(value: ComparedValue) -> str:
    return f"value-{value.key}"


def _side_label(conflict: Conflict, side: str) -> str:
    """Label of one side of a conflict, with a warning if the other household loses its head."""
    row = conflict.kept if side == KEPT else conflict.removed
    parts = [f"{dict(_SIDES)[side]}：{_description(row)}"]
    if leaves_headless(conflict, side):
        parts.append(f"（另一户{conflict.loser(side).household}将没有户主，请随后变更户主）")
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
