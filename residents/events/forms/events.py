"""Forms of population events, with fields in the order of the paper forms: who, where, when, why."""

from collections.abc import Callable, Iterable

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from community.people.forms import PersonField
from community.people.id_numbers import read_id
from community.people.models import Person
from community.people.names import clean_name
from community.people.phone_numbers import read_phones
from portal.forms.fields import DayField, PartialDateField
from portal.forms.forms import PickField, PlainForm
from residents.events.actions.moves import PlannedResidence
from residents.homes.models import Household, Kind, Residence
from residents.people.actions import CORRECTABLE, PLAIN_FIELDS
from residents.people.forms import EncryptedNumberMixin, differences_from_id

NEW = "new"
RELATION_LIST = {"list": "relation-words", "placeholder": "如：户主、配偶、长子、租客"}
"""A text field with suggestions from a datalist of the page."""


REGISTERED_RELATION = "与户籍户户主关系"


def despite_id_field() -> forms.BooleanField:
    """Tick that an ID number stands in the original as typed; shown when it contradicts sex or birth date."""
    return forms.BooleanField(label="已核对原件，按填写的内容登记", required=False, widget=forms.HiddenInput)


class EventForm(PlainForm):
    """Base of event forms."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def sections(self, *sections: tuple[str, tuple[str, ...]]) -> None:
        """Lay the form out in titled sections; hidden fields follow."""
        self.helper.layout = Layout(
            *(Fieldset(title, *(name for name in names if name in self.fields)) for title, names in sections)
        )
        self.helper.render_hidden_fields = True


class RowChoiceMixin:
    """Mixin for typed choice fields whose values are rows, chosen by uuid."""

    default_error_messages = {"invalid_choice": "所选的刚刚有变动，请重新选择。"}

    def offer(
        self, rows: Iterable[models.Model], label_of: Callable, key_of=lambda row: row.uuid, empty=""
    ) -> None:
        """Set the rows, each with its label and the uuid by which it is chosen; `empty` labels the empty choice."""
        by_key = {str(key_of(row)): row for row in rows}
        self.coerce = by_key.__getitem__
        self.choices = [
            *([("", empty)] if empty else []),
            *((key, label_of(row)) for key, row in by_key.items()),
        ]


class RowField(RowChoiceMixin, forms.TypedChoiceField):
    """Choice of one row; None for the empty choice."""

    def __init__(self, **kwargs):
        super().__init__(empty_value=None, **kwargs)


class RowsField(RowChoiceMixin, forms.TypedMultipleChoiceField):
    """Choice of several rows."""


class IdentityMixin:
    """Cleaning of identity fields."""

    def check_identity(self, cleaned) -> None:
        """Birth date not after today; ID number in agreement with birth date and sex, unless the original was checked."""
        birth, number = cleaned.get("birth"), cleaned.get("id_number")
        if birth and birth.value > timezone.localdate():
            self.add_error("birth", "出生日期不能晚于今天。")
        if not number or read_id(number).kind != "resident_id":
            return
        differs = differences_from_id(number, birth, cleaned.get("sex", ""))
        if differs and not cleaned.get("despite_id"):
            self.fields["despite_id"].widget = forms.CheckboxInput()
            for field, sentence in differs:
                self.add_error(field, f"{sentence}请核对；确实如此的，勾选“已核对原件”后再提交。")

    def clean_name(self):
        name, _ = clean_name(self.cleaned_data["name"] or "")
        return name

    def clean_phone(self):
        reading = read_phones(self.cleaned_data["phone"] or "")
        if reading.problem:
            raise ValidationError(f"{reading.problem}。")
        return " ".join(reading.numbers)


class DuplicateQuestionMixin:
    """Mixin for forms that add a person: asks about possible duplicates in the register.

    `find_duplicates(name, number)` returns the people of the community who may be the same.
    """

    def set_duplicates_query(self, find_duplicates) -> None:
        self.find_duplicates = find_duplicates
        self.same_choices: list[tuple[str, str]] = []
        """Choices (value, label) of the question who the new person is; empty without possible duplicates."""
        self.chosen_answer = ""

    def check_duplicates(self, cleaned) -> None:
        """Set `known` to the chosen person, or add the question."""
        matches = self.find_duplicates(cleaned["name"], cleaned["id_number"])
        chosen = self.chosen_answer = self.data.get(self.add_prefix("same"), "")
        cleaned["known"] = next((person for person in matches if str(person.uuid) == chosen), None)
        if matches and cleaned["known"] is None and chosen != NEW:
            self.same_choices = [
                *((str(person.uuid), f"是：{person_label(person)}") for person in matches),
                (NEW, "不是同一个人，按新的人登记"),
            ]
            self.add_error(None, "本社区已有相同的姓名或证件号码，请在下面选择是不是同一个人。")


class MoveInForm(IdentityMixin, DuplicateQuestionMixin, EncryptedNumberMixin, EventForm):
    """Somebody moves into `dwelling` (迁入): `person` of the register, or a new person.

    households: open households at the dwelling by kind. find_duplicates(name, number): people of the community who
    may be the new person; if there are any, the form asks.
    """

    known = PersonField(
        label="已登记的人",
        required=False,
        help_text="以前登记过的人（如迁出后迁回）在此选择，不必重填",
    )
    name = forms.CharField(label="姓名", max_length=60, required=False)
    sex = forms.ChoiceField(label="性别", choices=[("", "按证件号码"), *Person.Sex.choices], required=False)
    birth = PartialDateField(
        label="出生日期", required=False, help_text="可以只写年或年月，如 1985-03；不填按证件号码"
    )
    id_number = forms.CharField(label="证件号码", max_length=40, required=False)
    despite_id = despite_id_field()
    phone = forms.CharField(label="联系电话", max_length=60, required=False)
    registered_place = forms.CharField(label="户籍地址", max_length=120, required=False)
    on = DayField(label="迁入日期")
    other_address = forms.CharField(label="何处迁来", max_length=120, required=False)
    living = forms.BooleanField(label="在此居住", required=False, initial=True)
    living_household = RowField(label="居住户", required=False)
    registered = forms.BooleanField(label="户口迁入此处", required=False)
    registered_household = RowField(label="户籍户", required=False)
    number = forms.CharField(label="户号", max_length=30, required=False, help_text="户籍另立新户的填写")
    relation_word = forms.CharField(
        label="与户主关系",
        max_length=20,
        required=False,
        help_text="另立新户的，户主填“户主”",
        widget=forms.TextInput(attrs=RELATION_LIST),
    )
    note = forms.CharField(label="说明", max_length=120, required=False)

    def __init__(
        self,
        *args,
        access,
        community,
        person: Person | None,
        households: dict[str, list[Household]],
        find_duplicates,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.person = person
        self.set_duplicates_query(find_duplicates)
        who = ("name", "sex", "birth", "id_number", "despite_id", "phone", "registered_place")
        if person:
            for name in ("known", *who):
                del self.fields[name]
        else:
            self.fields["known"].set_people(access, community)
            self.add_encrypted_number()
        for kind in Kind.values:
            self.fields[f"{kind}_household"].offer(households[kind], household_label, empty="另立新户")
        self.sections(
            ("迁入人员", ("known", *who)),
            (
                "迁入情况",
                (
                    *("on", "other_address", "living", "living_household", "registered"),
                    *("registered_household", "number", "relation_word", "note"),
                ),
            ),
        )

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("living") and not cleaned.get("registered"):
            self.add_error("living", "请至少选择居住、户籍中的一项。")
        if self.person or cleaned.get("known"):
            return cleaned
        if not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", "请填写姓名，或在上面选择已登记的人。")
        self.check_identity(cleaned)
        if not self.errors:
            self.check_duplicates(cleaned)
        return cleaned

    @property
    def chosen(self) -> Person | None:
        """The person of the register; None for a new one."""
        return self.person or self.cleaned_data.get("known")

    @property
    def new_person(self) -> dict:
        """Fields of the new person, arguments of `add_person`."""
        names = ("name", "sex", "birth", "id_number", "phone", "registered_place")
        return {name: self.cleaned_data[name] for name in names}

    @property
    def stays(self) -> list[PlannedResidence]:
        """The residences that begin: living, registered, or both."""
        cleaned = self.cleaned_data
        stays = []
        for kind in Kind.values:
            if cleaned[kind]:
                household = cleaned[f"{kind}_household"]
                number = cleaned["number"] if kind == Kind.REGISTERED and household is None else ""
                stays.append(PlannedResidence(kind, household, cleaned["relation_word"], number=number))
        return stays


class CorrectionForm(IdentityMixin, EncryptedNumberMixin, EventForm):
    """Correction of a person (更正), and of the relations in the households lived in (`home`) and of the hukou

    (`registered`). Only changed fields are written.
    """

    name = forms.CharField(label="姓名", max_length=60, error_messages={"required": "请填写姓名。"})
    birth = PartialDateField(label="出生日期", required=False, help_text="可以只写年或年月，如 1985-03")
    id_number = forms.CharField(label="证件号码", max_length=40, required=False)
    despite_id = despite_id_field()
    relation_word = forms.CharField(
        label="与户主关系", max_length=20, required=False, widget=forms.TextInput(attrs=RELATION_LIST)
    )
    registered_relation = forms.CharField(
        label=REGISTERED_RELATION,
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs=RELATION_LIST),
    )
    reason = forms.CharField(
        label="更正原因",
        max_length=100,
        error_messages={"required": "请写明更正的原因，如：核对身份证原件。"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    order = (
        "name sex birth ethnic id_number despite_id phone relation_word registered_relation registered_place education marital political"
        " employment workplace former_name note"
    ).split()

    def __init__(
        self,
        *args,
        person: Person,
        home: Residence | None,
        registered: Residence | None,
        initial: dict,
        **kwargs,
    ):
        self.person = person
        self.before = {field: getattr(person, field) for field in ("name", "birth", *PLAIN_FIELDS)}
        if home:
            self.before["relation_word"] = home.relation_word
        if registered:
            self.before["registered_relation"] = registered.relation_word
        super().__init__(*args, initial=self.before | {"version": person.version} | initial, **kwargs)
        self.fields |= forms.fields_for_model(Person, PLAIN_FIELDS)
        for name in {"relation_word", "registered_relation"} - self.before.keys():
            del self.fields[name]
        if person.id_mask:
            self.fields["id_number"].help_text = "已登记号码，不修改请留空"
        self.add_encrypted_number()
        self.sections(("登记内容", tuple(self.order)), ("更正", ("reason",)))

    def clean(self):
        cleaned = super().clean()
        self.check_identity(cleaned)
        return cleaned

    @property
    def changes(self) -> dict:
        """New values by field, where they differ from the values that the page showed."""
        changes = {
            field: self.cleaned_data[field]
            for field, value in self.before.items()
            if field in self.fields and self.cleaned_data[field] != value
        }
        if self.cleaned_data["id_number"]:
            changes["id_number"] = self.cleaned_data["id_number"]
        return changes

    def against(
        self, person: Person, home: Residence | None, registered: Residence | None
    ) -> list[tuple[str, str, str]]:
        """Diff: (label, present value, typed value)."""
        now = {field: getattr(person, field) for field in ("name", "birth", *PLAIN_FIELDS)}
        now["relation_word"] = home.relation_word if home else ""
        now["registered_relation"] = registered.relation_word if registered else ""
        labels = CORRECTABLE | {"registered_relation": REGISTERED_RELATION}
        lines = [
            (labels[field], _word(self, field, now[field]), _word(self, field, value))
            for field, value in self.changes.items()
            if field != "id_number" and now[field] != value
        ]
        if "id_number" in self.changes:
            lines.append((CORRECTABLE["id_number"], person.id_mask, "（已填写）"))
        return lines


class DwellingChoiceForm(PlainForm):
    """Choice of the dwelling of a move-in."""

    dwelling = PickField(label="房屋", max_length=80, help_text="输入楼幢、单元或房号，从提示中选择")

    def __init__(self, *args, find, url, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["dwelling"].offer(find, url)


def household_label(household: Household) -> str:
    """Label of a household in choices: its head, with the names of the others; a collective one by its number."""
    if household.dwelling_id is None:
        return f"集体户{household.number}"
    people = [r for r in household.residences.all() if r.end is None and not r.annulled]
    head = next((residence.person.name for residence in people if residence.is_head), "")
    others = "、".join(residence.person.name for residence in people if not residence.is_head)
    return f"{head or '没有户主的'}户（{len(people)}人{'：' if others else ''}{others}）"


def person_label(person: Person) -> str:
    """Label that distinguishes people of one name: birth year, masked certificate, place."""
    parts = [
        person.name,
        person.get_sex_display(),
        f"{person.birth_date.year}年生" if person.birth_date else "",
        person.id_mask,
        f"现住{person.place_label}" if person.place_label else "现在不住本社区",
    ]
    return "，".join(part for part in parts if part)


def _word(form: forms.Form, field: str, value) -> str:
    choices = getattr(form.fields[field], "choices", None)
    return str(dict(choices).get(value, value)) if choices else str(value or "")
