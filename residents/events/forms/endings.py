"""Consequences of a departure in other registers: each is confirmed, or kept with a reason."""

from collections.abc import Sequence

from django import forms

from portal.hooks.departure import Consequence

END, KEEP = "end", "keep"


class ConsequencesMixin:
    """Mixin for forms that apply a death or move-out: two fields for each `Consequence`."""

    endings: Sequence[Consequence] = ()

    def add_endings(self, endings: Sequence[Consequence]) -> None:
        """Add a choice and a reason for each item; nothing is preselected."""
        self.endings = list(endings)
        for number, ending in enumerate(self.endings):
            self.fields[f"ending_{number}"] = forms.ChoiceField(
                label=ending.title,
                choices=[(END, "同时终止"), (KEEP, "保留")],
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                error_messages={"required": "请选择终止还是保留。"},
            )
            self.fields[f"why_{number}"] = forms.CharField(
                label=f"保留“{ending.title}”的原因",
                max_length=80,
                required=False,
                widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
            )

    def clean(self):
        cleaned = super().clean()
        for number, _ in enumerate(self.endings):
            if cleaned.get(f"ending_{number}") == KEEP and not cleaned.get(f"why_{number}"):
                self.add_error(f"why_{number}", "选择保留的，请写明原因。")
        return cleaned

    @property
    def ending_fields(self) -> list[tuple]:
        """Bound fields (choice, reason) of each item."""
        return [(self[f"ending_{n}"], self[f"why_{n}"]) for n, _ in enumerate(self.endings)]

    @property
    def decisions(self) -> dict:
        """Arguments `confirmed` and `reasons_to_keep` of the actions."""
        chosen = [(e.key, self.cleaned_data[f"ending_{n}"], n) for n, e in enumerate(self.endings)]
        return {
            "confirmed": [key for key, choice, _ in chosen if choice == END],
            "reasons_to_keep": {
                key: self.cleaned_data[f"why_{n}"] for key, choice, n in chosen if choice == KEEP
            },
        }
