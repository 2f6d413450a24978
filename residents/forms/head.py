"""The report of a building head: one short form, whose fields depend on what happened."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from community.models import Person
from community.names import clean_name
from community.phones import read_phones
from portal.forms import OnceMixin
from residents.actions import Said
from residents.forms.sealed import KeepsNumber
from residents.models import ChangeReport
from residents.reports import DoorPerson

What = ChangeReport.What

FIELDS = {
    What.MOVE_IN: "name sex birth_year relation_word on phone id_number other_address note".split(),
    What.MOVE_OUT: "person on other_address note".split(),
    What.DEATH: "person on note".split(),
    What.CORRECTION: "name sex birth_year relation_word phone id_number note".split(),
}
"""Kind of report → the fields it asks for."""

RELATIONS = (
    "户主 配偶 儿子 女儿 父亲 母亲 岳父 岳母 公公 婆婆 儿媳 女婿 孙子 孙女 外孙 外孙女 兄弟 姐妹 其他亲属 租客 保姆 其他"
).split()
"""Words offered for the relation to the head of household."""


class ReportForm(KeepsNumber, OnceMixin, forms.Form):
    """What a building head says about a door. `what` decides the fields, `people` are those behind the door.

    For a correction `person` is the one described; the form begins with what the register says.
    """

    person = forms.ChoiceField(
        label="是谁", widget=forms.RadioSelect, error_messages={"required": "请选择是哪一位。"}
    )
    name = forms.CharField(label="姓名", max_length=60, error_messages={"required": "请填写姓名。"})
    sex = forms.ChoiceField(
        label="性别", choices=Person.Sex.choices, widget=forms.RadioSelect, required=False
    )
    birth_year = forms.IntegerField(
        label="出生年份",
        required=False,
        min_value=1900,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": "如 1956"}),
        error_messages={
            "invalid": "出生年份请填四位数字，如 1956。",
            "min_value": "出生年份请填四位数字，如 1956。",
        },
    )
    relation_word = forms.ChoiceField(label="与户主关系", required=False)
    on = forms.DateField(
        label="日期",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写日期。", "invalid": "请填写正确的日期。"},
    )
    phone = forms.CharField(
        label="联系电话", max_length=60, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    id_number = forms.CharField(
        label="证件号码", max_length=40, required=False, help_text="可以不填；填写后加密保存"
    )
    other_address = forms.CharField(max_length=120, required=False)
    note = forms.CharField(
        label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

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
        initial = self._begin() | kwargs.pop("initial", {})
        super().__init__(*args, initial=initial, **kwargs)
        wanted = {*FIELDS[what], "token"}
        for name in self.fields.keys() - wanted:
            del self.fields[name]
        self.order_fields(FIELDS[what])
        if "id_number" in wanted:
            self.add_sealed()
        self._fit()

    def _begin(self) -> dict:
        """What stands in the form at first: the returned report, or for a correction the register."""
        old = self.replaces
        seen = {}
        if self.described:
            fields = ("name", "sex", "birth_year", "relation_word")
            seen = {field: getattr(self.described, field) for field in fields}
        if old is None:
            return seen
        said = {
            field: getattr(old, field) for field in ("name", "sex", "birth_year", "relation_word", "phone")
        }
        said = {field: value for field, value in said.items() if value}
        behind = next((p for p in self.people if p.person_id == old.person_id), None)
        return (
            seen
            | said
            | {
                "person": str(behind.person_uuid) if behind else "",
                "on": old.on,
                "other_address": old.other_address,
                "note": old.note,
            }
        )

    def _fit(self) -> None:
        """Words, choices and limits that depend on the kind of report."""
        fields = self.fields
        if "person" in fields:
            fields["person"].choices = [
                (str(p.person_uuid), f"{p.name}（{p.relation_word}）" if p.relation_word else p.name)
                for p in self.people
            ]
        if "on" in fields:
            words = {What.MOVE_IN: "搬入日期", What.MOVE_OUT: "搬走日期", What.DEATH: "去世日期"}
            fields["on"].label = words[self.what]
            fields["on"].widget.attrs["max"] = timezone.localdate().isoformat()
        if "other_address" in fields:
            fields["other_address"].label = "从哪里搬来" if self.what == What.MOVE_IN else "搬到哪里去"
        if "relation_word" in fields:
            known = [self.initial.get("relation_word"), *RELATIONS]
            words = list(dict.fromkeys(word for word in known if word))
            fields["relation_word"].choices = [("", "不清楚"), *((word, word) for word in words)]
        if self.what == What.CORRECTION:
            fields["note"].help_text = "只改有误的几项，其余不用动"
        if self.replaces and self.replaces.sealed and "id_number" in fields:
            fields["id_number"].help_text = f"原来填写了 {self.replaces.id_mask}，不修改请留空"
        for field in fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean_name(self):
        name, _ = clean_name(self.cleaned_data["name"])
        if not name:
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
        """The person the report is about."""
        if self.what == What.MOVE_IN:
            return None
        if self.what == What.CORRECTION:
            return self.described
        return next(p for p in self.people if str(p.person_uuid) == self.cleaned_data["person"])

    @property
    def said(self) -> Said:
        """The valid form as the action takes it."""
        fields = {name: self.cleaned_data[name] for name in FIELDS[self.what] if name != "person"}
        day: datetime.date = fields.pop("on", timezone.localdate())
        return Said(on=day, **fields)
