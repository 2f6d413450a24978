"""Form of the move-in of a whole household (整户迁入): where and when once, and one row for each person."""

from collections.abc import Callable, Sequence

from django import forms

from community.people.forms import PersonField
from community.people.id_numbers import sex_of
from community.people.models import Person
from community.people.names import clean_name
from portal.forms.fields import DayField, PartialDateField
from portal.forms.forms import PickField, PlainForm
from portal.values.id_numbers import is_resident_id
from residents.events.actions.whole_households import Newcomer
from residents.events.forms.events import (
    NEW,
    DuplicateQuestionMixin,
    EventForm,
    IdentityMixin,
    RowField,
    despite_id_field,
    household_label,
)
from residents.homes.derived_relations import is_head_word
from residents.homes.models import Household, Kind
from residents.homes.relation_codes import contradicts_sex
from residents.people.forms import EncryptedNumberMixin

ROWS = 15
"""Rows of the form; those behind the first blank ones are shown as they are needed."""
BLANK_ROWS = 4
COLUMNS = ("name", "id_number", "sex", "birth", "relation_word", "phone", "registered")
_TEXT = {"class": "form-control", "autocomplete": "off"}


class PersonOrNameField(PersonField):
    """A person of the register as the suggestions label them, or the name of a new person."""

    def offer(self, find, url: str, label_of=str) -> None:
        super().offer(find, url, label_of)
        del self.widget.attrs["data-pick-new"]  # who is not there is registered here

    def clean(self, value):
        text = forms.CharField.clean(self, value)
        if "｜" in text:
            return super().clean(text)
        return clean_name(text)[0]


class MemberForm(IdentityMixin, DuplicateQuestionMixin, EncryptedNumberMixin, PlainForm):
    """One row: somebody who moves in, new or of the register. A blank row is left out."""

    name = PersonOrNameField(label="姓名", required=False, widget=forms.TextInput(attrs=_TEXT))
    id_number = forms.CharField(
        label="证件号码", max_length=40, required=False, widget=forms.TextInput(attrs=_TEXT)
    )
    despite_id = despite_id_field()
    sex = forms.ChoiceField(
        label="性别",
        choices=[("", ""), *Person.Sex.choices],
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    birth = PartialDateField(
        label="出生日期", required=False, widget=forms.TextInput(attrs=_TEXT | {"placeholder": "按证件号码"})
    )
    relation_word = forms.CharField(
        label="与户主关系",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs=_TEXT | {"list": "relation-words"}),
    )
    phone = forms.CharField(
        label="联系电话", max_length=60, required=False, widget=forms.TextInput(attrs=_TEXT)
    )
    registered = forms.BooleanField(
        label="户口迁入", required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].set_people(access, community)
        self.add_encrypted_number()
        self.set_duplicates_query(lambda name, number: [])
        self.token = None
        """Idempotency token of the whole form, to which the encrypted number is bound."""

    @property
    def visible_cells(self) -> list[forms.BoundField]:
        """The fields in the order of the columns."""
        return [self[name] for name in COLUMNS]

    @property
    def same_name(self) -> str:
        """Name of the answer to the question who the new person is."""
        return self.add_prefix("same")

    @property
    def has_more(self) -> bool:
        """Whether a question or an error stands below the row."""
        return bool(
            self.same_choices or self.non_field_errors() or not self.fields["despite_id"].widget.is_hidden
        )

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed; the relation of the first row is filled in before."""
        names = ("name", "id_number", "id_sealed", "sex", "birth", "phone", "registered", "relation_word")
        typed = {name: self.data.get(self.add_prefix(name), "").strip() for name in names}
        if typed["relation_word"] == self.initial.get("relation_word", ""):
            del typed["relation_word"]
        return not any(typed.values())

    @property
    def person(self) -> Person | None:
        """The person of the register; None for a new one."""
        name = self.cleaned_data.get("name")
        return name if isinstance(name, Person) else self.cleaned_data.get("known")

    @property
    def known_sex(self) -> str:
        """Sex as registered, typed, or coded in the ID number; empty if unknown."""
        if self.person:
            return self.person.sex
        number = self.cleaned_data.get("id_number") or ""
        coded = sex_of(number) if is_resident_id(number) else ""
        return self.cleaned_data.get("sex") or coded

    def clean_name(self):
        return self.cleaned_data["name"]

    def clean(self):
        self.cleaned_data["token"] = self.token
        cleaned = super().clean()
        if isinstance(cleaned.get("name"), Person):
            typed = [name for name in ("id_number", "sex", "birth", "phone") if cleaned.get(name)]
            for name in typed:
                self.add_error(name, "已登记的人不用再填，有变化的请办理更正。")
        elif not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", "请填写姓名。")
        self.check_identity(cleaned)
        return cleaned

    def newcomer(self, lives: bool) -> Newcomer:
        """The person as the action takes them; `lives`: whether they also live at the dwelling."""
        cleaned = self.cleaned_data
        kinds = [Kind.LIVING] * lives + [Kind.REGISTERED] * cleaned["registered"]
        fields = ("name", "sex", "birth", "id_number", "phone")
        new_person = {} if self.person else {name: cleaned[name] for name in fields}
        return Newcomer(kinds, cleaned["relation_word"], self.person, new_person)


class HouseholdQuestion:
    """Question which household the people join, where there are some at the dwelling already."""

    def __init__(self, kind: str, households: Sequence[Household], answer: str):
        by_answer = {str(household.uuid): household for household in households}
        self.name, self.chosen_answer = f"{kind}_household", answer
        self.legend = "居住在哪一户" if kind == Kind.LIVING else "户口迁入哪一户"
        self.choices = [
            *((key, f"并入{household_label(household)}") for key, household in by_answer.items()),
            (NEW, "另立新户"),
        ]
        self.household = by_answer.get(answer)
        self.is_answered = answer == NEW or answer in by_answer


class HouseholdMoveInForm(EventForm):
    """Move-in of a whole household: dwelling, date and origin once, and a row for each person.

    households_at(dwelling): kind → the households there. collective: the community's collective households.
    find_similar(names, numbers): a function that finds people of the register among these by name and number.
    """

    dwelling = PickField(
        label="迁入房屋",
        max_length=80,
        required=False,
        help_text="输入楼幢、单元或房号，从提示中选择",
    )
    on = DayField(label="迁入日期")
    other_address = forms.CharField(label="何处迁来", max_length=120, required=False)
    lives = forms.BooleanField(label="全家在此居住", required=False, initial=True)
    collective = RowField(label="户口迁入", required=False)
    number = forms.CharField(label="户号", max_length=30, required=False, help_text="户口在此另立新户的填写")
    note = forms.CharField(label="说明", max_length=100, required=False)

    def __init__(
        self,
        *args,
        access,
        community,
        find,
        url,
        households_at: Callable,
        collective: Sequence[Household],
        find_similar: Callable,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.fields["dwelling"].offer(find, url)
        self.households_at, self.find_similar = households_at, find_similar
        if collective:
            self.fields["collective"].offer(collective, household_label, empty="此房屋")
        else:
            del self.fields["collective"]
        self.questions: list[HouseholdQuestion] = []
        """Which households at the dwelling the people join; shown at once where the address names the dwelling."""
        if not self.is_bound and self.initial.get("dwelling"):
            at_dwelling = households_at(self.initial["dwelling"])
            self.questions = [
                HouseholdQuestion(kind, homes, "") for kind, homes in at_dwelling.items() if homes
            ]
        self.rows = [self._row(number, access=access, community=community) for number in range(ROWS)]
        self.sections(
            ("迁入登记", ("dwelling", "on", "other_address", "lives", "collective", "number", "note"))
        )

    def _row(self, number: int, **arguments) -> MemberForm:
        """A row; one in which nothing was typed is not bound, so that nothing is asked of it."""
        arguments |= {"prefix": f"p{number}", "initial": {"relation_word": "户主"} if number == 0 else {}}
        row = MemberForm(self.data if self.is_bound else None, **arguments)
        return MemberForm(**arguments) if row.is_bound and row.is_blank else row

    @property
    def shown_rows(self) -> list[tuple[MemberForm, bool]]:
        """The rows, each with whether it is shown: those filled, and blank ones to go on."""
        filled = [n for n, row in enumerate(self.rows, start=1) if row.is_bound]
        shown = max(max(filled, default=0) + 1, BLANK_ROWS)
        return [(row, n <= shown) for n, row in enumerate(self.rows, start=1)]

    @property
    def is_headless(self) -> bool:
        """Whether a household is founded at the dwelling without a head."""
        founded = [kind for kind in Kind.values if self.households[kind] is None]
        has_head = any(is_head_word(row.cleaned_data["relation_word"]) for row in self.filled_rows)
        return bool(founded and self.cleaned_data["dwelling"] and not has_head)

    def clean(self):
        cleaned = super().clean()
        filled = self.filled_rows = [row for row in self.rows if row.is_bound]
        violation = getattr(self.data, "violation", None)
        for row in filled:
            row.data, row.token = self.data, cleaned.get("token")
            row.full_clean()
            self.data = row.data
        self.data.violation = violation
        if not filled:
            self.add_error(None, "请至少填写一个人。")
        self._clean_place(cleaned)
        self._check_each_once()
        self._check_relations(cleaned)
        self._ask_for_duplicates()
        if wrong := [str(n) for n, row in enumerate(self.rows, start=1) if row in filled and row.errors]:
            self.add_error(None, f"第{'、'.join(wrong)}人需要核对，原因写在该行下面。")
        return cleaned

    def _clean_place(self, cleaned) -> None:
        """Where they come to: a dwelling, a collective household, or both; which households they join there."""
        dwelling, collective = cleaned.get("dwelling"), cleaned.get("collective")
        if dwelling is None:
            cleaned["lives"] = False
            if not collective and "dwelling" not in self.errors:
                self.add_error("dwelling", "请填写迁入房屋。")
        kinds = [Kind.LIVING] * bool(cleaned.get("lives"))
        kinds += [Kind.REGISTERED] * any(row.cleaned_data.get("registered") for row in self.filled_rows)
        for row in self.filled_rows:
            is_placed = cleaned.get("lives") or row.cleaned_data.get("registered")
            if (dwelling or collective) and not is_placed:
                row.add_error("registered", "不在此居住的，请勾选户口迁入。")
        self.households = dict.fromkeys(Kind.values)
        if collective:
            self.households[Kind.REGISTERED] = collective
        at_dwelling = self.households_at(dwelling) if dwelling else {}
        for kind in kinds:
            if self.households[kind] is None and at_dwelling.get(kind):
                self._ask_for_household(kind, at_dwelling[kind])

    def _ask_for_household(self, kind: str, households: Sequence[Household]) -> None:
        question = HouseholdQuestion(kind, households, self.data.get(f"{kind}_household", ""))
        self.questions.append(question)
        self.households[kind] = question.household
        if not question.is_answered:
            label = "居住" if kind == Kind.LIVING else "登记户口"
            self.add_error(None, f"这处房屋现在已有人{label}，请选择并入哪一户，或另立新户。")

    def _check_each_once(self) -> None:
        """Nobody stands in two rows."""
        seen: set = set()
        for row in self.filled_rows:
            cleaned = row.cleaned_data
            for key, field in (
                (row.person and row.person.pk, "name"),
                (cleaned.get("id_number"), "id_number"),
            ):
                if key and key in seen:
                    row.add_error(field, "与上面一行重复，请核对。")
                elif key:
                    seen.add(key)

    def _check_relations(self, cleaned) -> None:
        """Everybody in a household at a dwelling has a relation to its head; it has at most one."""
        heads = [row for row in self.filled_rows if is_head_word(row.cleaned_data.get("relation_word") or "")]
        for row in heads[1:]:
            row.add_error("relation_word", "一户只能有一位户主，请改填与户主的关系。")
        for row in self.filled_rows:
            word = row.cleaned_data.get("relation_word") or ""
            if cleaned.get("dwelling") and not word and "relation_word" not in row.errors:
                row.add_error("relation_word", "请填写与户主关系。")
            elif contradicts_sex(word, row.known_sex):
                row.add_error("relation_word", "与户主关系和性别不符，请核对。")

    def _ask_for_duplicates(self) -> None:
        """Ask in each row about people of the register with its name or number, found by one query."""
        new = [row for row in self.filled_rows if not row.errors and row.person is None]
        similar = self.find_similar(
            [row.cleaned_data["name"] for row in new],
            [row.cleaned_data["id_number"] for row in new if row.cleaned_data["id_number"]],
        )
        for row in new:
            row.find_duplicates = similar
            row.check_duplicates(row.cleaned_data)

    @property
    def newcomers(self) -> list[Newcomer]:
        return [row.newcomer(self.cleaned_data["lives"]) for row in self.filled_rows]
