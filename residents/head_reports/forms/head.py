"""The report form of building heads, whose fields depend on the kind of report."""

import datetime
import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from community.communities.models import Precision
from community.people.models import Person
from community.people.names import clean_name
from community.people.phone_numbers import read_phones
from portal.attachments.forms import LIMITS, PhotosField
from portal.forms.forms import PlainForm
from residents.head_reports.actions.submit import ReportData
from residents.head_reports.door_people import DoorPerson
from residents.head_reports.models import ChangeReport
from residents.head_reports.report_fields import FIELDS, label
from residents.people.forms import EncryptedNumberMixin

What = ChangeReport.What

RELATIONS = (
    "户主 配偶 儿子 女儿 父亲 母亲 岳父 岳母 公公 婆婆 儿媳 女婿 孙子 孙女 外孙 外孙女 兄弟 姐妹 其他亲属 租客 保姆 其他"
).split()
"""Suggestions for the relation to the head of household."""


_DAY_UNKNOWN = "哪天不清楚，只知道是这个月"
_HINTS = {
    What.BIRTH: {"name": "还没有取名的可以不填"},
    What.MARRIAGE: {"name": "写对方的姓名", "other_address": "不清楚的可以不填"},
    What.TRANSFER: {"people": "可以选几位", "other_address": "写门牌，如 3幢2单元501室"},
    What.SPLIT: {"people": "可以选几位；要有人留在原来的户", "other_address": "还住在这里的不用填"},
    What.MERGE: {"other_address": "写门牌或那一户户主的姓名"},
    What.CORRECTION: {"note": "只改有误的几项，其余不用动"},
}
_REQUIRED = {
    What.MARRIAGE: {"name": "请填写和谁结婚。"},
    What.TRANSFER: {"other_address": "请填写搬到哪一户。"},
    What.MERGE: {"other_address": "请填写并到哪一户。"},
}
"""Required fields by kind of report, with the error message."""


class ReportForm(EncryptedNumberMixin, PlainForm):
    """A building head's report about a dwelling. `what` is its kind, `people` live there.

    A correction is about `person`; its initial values are those of the register.
    """

    person = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": "请选择是哪一位。"})
    people = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "请选择有哪些人。"}
    )
    name = forms.CharField(max_length=60, error_messages={"required": "请填写姓名。"})
    sex = forms.ChoiceField(choices=Person.Sex.choices, widget=forms.RadioSelect, required=False)
    birth_year = forms.IntegerField(
        required=False,
        min_value=1900,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": "如 1956"}),
        error_messages={
            "invalid": "出生年份请填四位数字，如 1956。",
            "min_value": "出生年份请填四位数字，如 1956。",
        },
    )
    relation_word = forms.ChoiceField(required=False)
    on = forms.DateField(
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写日期。", "invalid": "请填写正确的日期。"},
    )
    day_unknown = forms.BooleanField(label=_DAY_UNKNOWN, required=False)
    phone = forms.CharField(max_length=60, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    id_number = forms.CharField(max_length=40, required=False, help_text="可以不填；填写后加密保存")
    other_address = forms.CharField(max_length=120, required=False)
    note = forms.CharField(max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    photos = PhotosField(label="照片", required=False, help_text=f"可以不拍；{LIMITS}，只有您和社区能看")

    def __init__(
        self,
        *args,
        what: str,
        people: list[DoorPerson],
        person: DoorPerson | None = None,
        replaces: ChangeReport | None = None,
        **kwargs,
    ):
        self.what, self.people, self.described, self.replaces = what, people, person, replaces
        initial = self._initial_values() | kwargs.pop("initial", {})
        super().__init__(*args, initial=initial, **kwargs)
        field_names = list(FIELDS[what])
        if "on" in field_names:
            field_names.insert(field_names.index("on") + 1, "day_unknown")
        needed = {*field_names, "photos"}
        for name in self.fields.keys() - needed:
            del self.fields[name]
        self.order_fields(field_names)
        if "id_number" in needed:
            self.add_encrypted_number()
        self._adapt_fields()

    def _initial_values(self) -> dict:
        """Initial values: of the returned report, or for a correction of the register."""
        old = self.replaces
        register_values = {}
        if self.described:
            fields = ("name", "sex", "birth_year", "relation_word")
            register_values = {field: getattr(self.described, field) for field in fields}
        if old is None:
            return register_values
        initial_values = {
            field: getattr(old, field) for field in ("name", "sex", "birth_year", "relation_word", "phone")
        }
        initial_values = {field: value for field, value in initial_values.items() if value}
        behind = next((p for p in self.people if p.person_id == old.person_id), None)
        return (
            register_values
            | initial_values
            | {
                "person": str(behind.person_uuid) if behind else "",
                "people": old.people,
                "on": old.on,
                "day_unknown": old.on_precision == Precision.MONTH,
                "other_address": old.other_address,
                "note": old.note,
            }
        )

    def _adapt_fields(self) -> None:
        """Set labels, choices and limits by the kind of report."""
        fields = self.fields
        for name in fields.keys() & set(FIELDS[self.what]):
            fields[name].label = label(self.what, name)
        for name, hint in _HINTS.get(self.what, {}).items():
            fields[name].help_text = hint
        for name, sentence in _REQUIRED.get(self.what, {}).items():
            fields[name].required = True
            fields[name].error_messages["required"] = sentence
        if self.what == What.BIRTH:
            fields["name"].required = False
        if "person" in fields:
            fields["person"].choices = self._choices_of_person()
        if "people" in fields:
            fields["people"].choices = [_choice(person) for person in self.people]
        if "on" in fields:
            fields["on"].widget.attrs["max"] = timezone.localdate().isoformat()
        if "relation_word" in fields:
            relations = [self.initial.get("relation_word"), *RELATIONS]
            words = list(dict.fromkeys(word for word in relations if word))
            fields["relation_word"].choices = [("", "不清楚"), *((word, word) for word in words)]
        if self.replaces and self.replaces.sealed and "id_number" in fields:
            fields["id_number"].help_text = f"原来填写了 {self.replaces.id_mask}，不修改请留空"
        for field in fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def _choices_of_person(self) -> list[tuple[str, str]]:
        """Choices by kind of report: everybody at the dwelling, those who are no head yet, or the heads."""
        if self.what == What.HEAD:
            return [_choice(person) for person in self.people if not person.is_head]
        if self.what != What.MERGE:
            return [_choice(person) for person in self.people]
        households: dict[int, list[DoorPerson]] = {}
        for person in self.people:
            households.setdefault(person.household_id, []).append(person)
        return [(str(of[0].person_uuid), "、".join(p.name for p in of)) for of in households.values()]

    def clean_name(self):
        name, _ = clean_name(self.cleaned_data["name"])
        if not name and self.fields["name"].required:
            raise ValidationError("请填写姓名。")
        return name

    def clean_birth_year(self):
        year = self.cleaned_data["birth_year"]
        if year and year > timezone.localdate().year:
            raise ValidationError("出生年份不能晚于今年。")
        return year

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise ValidationError("日期不能晚于今天。")
        return on

    def clean_phone(self):
        reading = read_phones(self.cleaned_data["phone"])
        if reading.problem:
            raise ValidationError(f"{reading.problem}。")
        return " ".join(reading.numbers)

    @property
    def chosen(self) -> DoorPerson | None:
        """The person the report is about; None for a move-in, and where `together` holds them."""
        if self.what == What.CORRECTION:
            return self.described
        return next((p for p in self.people if str(p.person_uuid) == self.cleaned_data.get("person")), None)

    @property
    def together(self) -> list[uuid.UUID]:
        """The people the report is about, where it may be several."""
        return [uuid.UUID(value) for value in self.cleaned_data.get("people", ())]

    @property
    def report_data(self) -> ReportData:
        """Argument of `submit_report`."""
        names = [name for name in FIELDS[self.what] if name not in ("person", "people")]
        fields = {name: self.cleaned_data[name] for name in names}
        day: datetime.date = fields.pop("on", timezone.localdate())
        if self.cleaned_data.get("day_unknown"):
            return ReportData(on=day.replace(day=1), on_precision=Precision.MONTH, **fields)
        return ReportData(on=day, **fields)


def shared_values(report: ChangeReport, people: list[DoorPerson]) -> dict:
    """Initial values that a report of one more person takes from the one sent before: day and place, a child's parent."""
    values = {
        "on": report.on,
        "day_unknown": report.on_precision == Precision.MONTH,
        "other_address": report.other_address,
    }
    parent = next((p for p in people if report.what == What.BIRTH and p.person_id == report.person_id), None)
    return values | ({"person": str(parent.person_uuid)} if parent else {})


def _choice(person: DoorPerson) -> tuple[str, str]:
    label = f"{person.name}（{person.relation_word}）" if person.relation_word else person.name
    return str(person.person_uuid), label
