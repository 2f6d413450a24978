"""Forms of birth (出生) and marriage (结婚)."""

from django import forms

from community.people.forms import PersonField
from community.people.models import Person
from portal.forms.fields import DayField
from residents.events.forms.events import (
    RELATION_LIST,
    DuplicateQuestionMixin,
    EventForm,
    IdentityMixin,
    RowField,
    despite_id_field,
    household_label,
)
from residents.homes.models import Household, Kind
from residents.people.forms import EncryptedNumberMixin

PERSON, SPOUSE = "person", "spouse"


class BirthForm(IdentityMixin, DuplicateQuestionMixin, EncryptedNumberMixin, EventForm):
    """Birth of a child of `parent`. households: those the child may join by kind, the parent's first."""

    name = forms.CharField(
        label="姓名", max_length=60, help_text="还没有取名的，可以先写“某某之子”，以后更正",
        error_messages={"required": "请填写姓名。"},
    )  # fmt: skip
    sex = forms.ChoiceField(
        label="性别",
        choices=[("", "请选择"), *Person.Sex.choices],
        error_messages={"required": "请选择性别。"},
    )
    on = DayField(label="出生日期")
    id_number = forms.CharField(label="证件号码", max_length=40, required=False, help_text="还没有号码的留空")
    despite_id = despite_id_field()
    living = forms.BooleanField(label="与该户同住", required=False, initial=True)
    living_household = RowField(label="居住户")
    registered = forms.BooleanField(label="户籍报入该户", required=False, initial=True)
    registered_household = RowField(label="户籍户")
    relation_word = forms.CharField(
        label="与户主关系",
        max_length=20,
        required=False,
        help_text="不填的，按父母与户主的关系登记为子、女或孙子、孙女",
        widget=forms.TextInput(attrs=RELATION_LIST),
    )
    note = forms.CharField(label="说明", max_length=100, required=False)

    def __init__(
        self, *args, parent: Person, households: dict[str, list[Household]], find_duplicates, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.set_duplicates_query(find_duplicates)
        for kind in Kind.values:
            if households[kind]:
                self.fields[f"{kind}_household"].offer(
                    households[kind], lambda h: f"{h.dwelling or '集体户'}，{household_label(h)}"
                )
            else:
                del self.fields[kind], self.fields[f"{kind}_household"]
        self.add_encrypted_number()
        self.sections(
            ("新生儿", ("name", "sex", "on", "id_number", "despite_id")),
            (
                "随哪一户登记",
                (
                    *("living", "living_household", "registered", "registered_household"),
                    *("relation_word", "note"),
                ),
            ),
        )

    def clean(self):
        cleaned = super().clean()
        self.check_identity(cleaned)
        if not any(cleaned.get(kind) for kind in Kind.values):
            self.add_error(None, "请至少选择居住、户籍中的一项。")
        elif not self.errors:
            self.check_duplicates(cleaned)
        return cleaned

    @property
    def chosen(self) -> dict[str, Household]:
        """The household that the child joins, by kind."""
        kinds = [kind for kind in Kind.values if self.cleaned_data.get(kind)]
        return {kind: self.cleaned_data[f"{kind}_household"] for kind in kinds}


class MarriageForm(EventForm):
    """Marriage of `person` to somebody of the register, or to somebody by name only."""

    spouse = PersonField(label="配偶（本社区登记的人）", required=False)
    spouse_name = forms.CharField(
        label="配偶姓名（不在本社区的）",
        max_length=60,
        required=False,
        help_text="婚后迁来的，请先办理迁入，再办理结婚",
    )
    on = DayField(label="结婚登记日期")
    mover = forms.ChoiceField(
        label="婚后住处和户籍", required=False, widget=forms.RadioSelect(attrs={"class": "form-check-input"})
    )
    kinds = forms.MultipleChoiceField(
        label="转入对方户中的是", choices=Kind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    relation_word = forms.CharField(
        label="转入后与户主关系",
        max_length=20,
        required=False,
        help_text="不填的，按配偶与户主的关系推定",
        widget=forms.TextInput(attrs=RELATION_LIST),
    )
    note = forms.CharField(label="说明", max_length=100, required=False)

    def __init__(self, *args, access, community, person: Person, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["spouse"].set_people(access, community)
        self.fields["mover"].choices = [
            ("", "都不变动"),
            (PERSON, f"{person.name}转入配偶的户"),
            (SPOUSE, f"配偶转入{person.name}的户"),
        ]
        self.sections(
            ("结婚双方", ("spouse", "spouse_name", "on")),
            ("婚后", ("mover", "kinds", "relation_word", "note")),
        )

    def clean(self):
        cleaned = super().clean()
        filled_fields = [name for name in ("spouse", "spouse_name") if cleaned.get(name)]
        if len(filled_fields) != 1 and "spouse" not in self.errors:
            self.add_error("spouse", "请选择本社区登记的配偶；不在本社区的，填写姓名。两项只填一项。")
        if cleaned.get("mover") and not cleaned.get("spouse"):
            self.add_error("mover", "配偶不在本社区登记的，不能转移户；请选“都不变动”。")
        if cleaned.get("mover") and not cleaned.get("kinds"):
            self.add_error("kinds", "请选择转入的是居住还是户籍。")
        if cleaned.get("kinds") and not cleaned.get("mover"):
            self.add_error("mover", "请选择由谁转入对方的户。")
        return cleaned
