"""Forms of form filling: the upload, the steps, and the request for full numbers."""

from django import forms

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.accounts.recent_password import ReasonForm
from portal.form_filling.layout import Layout
from portal.forms.forms import PlainForm
from portal.spreadsheets.limits import FILE_MIB
from portal.values.sizes import MIB
from residents.form_filling.fields import BLANKS, vocabulary
from residents.form_filling.models import FormFilling
from residents.form_filling.people_choice import RowMatch


class FormUploadForm(PlainForm):
    """Upload of another office's blank form; its problems are shown beside the field."""

    file = forms.FileField(
        label="要填的表",
        widget=forms.FileInput(attrs={"accept": ".xlsx", "class": "form-control"}),
        error_messages={
            "required": "请选择要填的表。",
            "empty": "文件是空的，请重新选择。",
            "missing": "请选择要填的表。",
            "invalid": "请选择要填的表。",
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > FILE_MIB * MIB:
            raise forms.ValidationError(f"文件超过 {FILE_MIB} MB 的上限，请只保留要填的工作表。")
        return file


class MatchForm(PlainForm):
    """What each column, each line above a household's block and each blank beside the table is filled with."""

    def __init__(
        self, *args, filling: FormFilling, layout: Layout, access: Access, community: CommunityRef, **kwargs
    ):
        super().__init__(*args, **kwargs)
        offered = vocabulary(access.can(Permission.CARE, community)).fields
        fields = [(field.key, field.label) for field in offered]
        heads = layout.blocks[0].heads if layout.blocks else ()
        self.columns = [
            self._ask(f"column-{number}", column.name, fields, key)
            for number, (column, key) in enumerate(zip(layout.columns, filling.fields, strict=True))
        ]
        self.heads = [
            self._ask(f"head-{number}", line.label, fields, key)
            for number, (line, key) in enumerate(zip(heads, filling.heads, strict=True))
        ]
        self.blanks = {
            self._ask(
                f"blank-{blank.key}", blank.label, BLANKS.items(), filling.blanks.get(blank.key, "")
            ): blank.key
            for blank in layout.blanks
        }

    def _ask(self, name: str, label: str, choices, chosen: str) -> str:
        self.fields[name] = _select(label, "留空", choices, chosen, {"aria-labelledby": name})
        return name

    @property
    def match(self) -> dict:
        """Arguments of `confirm_match`."""
        cleaned = self.cleaned_data
        return {
            "fields": [cleaned[name] for name in self.columns],
            "heads": [cleaned[name] for name in self.heads],
            "blanks": {key: cleaned[name] for name, key in self.blanks.items() if cleaned[name]},
        }


class PeopleForm(PlainForm):
    """With whom the form is filled: by a list's query, a saved list, or row by row as it names them."""

    how = forms.ChoiceField(choices=FormFilling.People, widget=forms.HiddenInput)
    query = forms.CharField(max_length=2_000, required=False, widget=forms.HiddenInput)
    whole = forms.BooleanField(required=False)

    def __init__(self, *args, row_matches: list[RowMatch], **kwargs):
        super().__init__(*args, **kwargs)
        self.row_matches = row_matches
        for match in row_matches:
            name = f"row-{match.row}"
            people = [(str(person.uuid), _described(person)) for person in match.people]
            chosen = people[0][0] if match.sure else ""
            labelled = {"aria-labelledby": f"standing-{match.row}"}
            self.fields[name] = _select(name, "不填这一行", people, chosen, labelled)

    @property
    def lines(self) -> list[tuple]:
        """Each row of the form that names somebody, with its field."""
        return [(match, self[f"row-{match.row}"]) for match in self.row_matches]

    @property
    def chosen(self) -> dict[str, int]:
        """Row -> id of the chosen person."""
        return {
            str(match.row): person.pk
            for match in self.row_matches
            for person in match.people
            if str(person.uuid) == self.cleaned_data[f"row-{match.row}"]
        }


def _described(person) -> str:
    """Name, sex, year of birth and place, to tell namesakes apart."""
    born = f"{person.birth_date.year}年生" if person.birth_date else ""
    known = (person.name, person.sex and person.get_sex_display(), born, person.place_label)
    return "，".join(word for word in known if word)


class _OfferedOrNothing(forms.ChoiceField):
    """What is no longer offered, because a right or a row went meanwhile, counts as nothing chosen."""

    def clean(self, value) -> str:
        return value if value and self.valid_value(value) else ""


def _select(label: str, empty: str, choices, chosen: str, attributes: dict) -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "form-select form-select-sm", **attributes})
    return _OfferedOrNothing(
        label=label, choices=[("", empty), *choices], initial=chosen, required=False, widget=widget
    )


class FullFillingForm(ReasonForm):
    """Reason for full numbers."""
