"""A person who is registered with their membership: without residence, after the same check for doubles as in the register of people.

Who is in the register already is no second row: the form asks whether it is them. A branch secretary, who may look up
nobody outside the own branch, is told of somebody else's entry only that there is one.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from community.people.id_numbers import read_id, sex_of
from community.people.models import ID_COLUMN, Person
from community.people.names import clean_name, initials, name_key
from community.people.phone_numbers import read_phones
from portal.access.permissions import Permission as P
from portal.crypto import vault
from portal.forms.fields import PartialDateField
from portal.values.id_numbers import birth_of, mask_id
from portal.values.partial_dates import PartialDate
from residents.people.forms import EncryptedNumberMixin, differences_from_id
from residents.people.similar import describe

SAME, OTHER = "same", "other"


class NewPersonMixin(EncryptedNumberMixin):
    """Fields of a person who is not in the register: name, sex, birth, number, phone. `new_person` is set by validation.

    For a form with `access` and `community`, whose `person` field (of those who may look people up) stays empty then.
    """

    new_person: Person | None = None

    def add_person_fields(self) -> None:
        """Add the fields of a new person."""
        self.fields["name"] = forms.CharField(label="姓名", max_length=60, required=False)
        self.fields["sex"] = forms.ChoiceField(
            label="性别", choices=[("", "请选择"), *Person.Sex.choices], required=False
        )
        self.fields["birth"] = PartialDateField(
            label="出生日期", required=False, help_text="可以只写年月，如 1985-03"
        )
        self.fields["id_number"] = forms.CharField(label="身份证号码", required=False, max_length=40)
        self.fields["phone"] = forms.CharField(label="联系电话", required=False, max_length=60)
        self.fields["double"] = forms.ChoiceField(
            label="是否同一人",
            required=False,
            choices=[("", "请选择"), (SAME, "就是此人"), (OTHER, "是另一个人")],
            widget=forms.HiddenInput,
        )
        self.add_encrypted_number()

    def clean_name(self):
        return clean_name(self.cleaned_data["name"])[0]

    def clean_phone(self):
        reading = read_phones(self.cleaned_data["phone"])
        if reading.problem:
            raise ValidationError(f"{reading.problem}。")
        return " ".join(reading.numbers)

    def person_from_fields(self, cleaned) -> Person | None:
        """The person that the fields name: one of the register, or a new one (`new_person`). Adds errors."""
        name, number = cleaned.get("name"), cleaned.get("id_number")
        if not name:
            self.add_error("name", "请填写姓名。")
            return None
        reading = read_id(number or "")
        birth, sex = cleaned.get("birth"), cleaned.get("sex") or ""
        if reading.kind == "resident_id":
            for field, sentence in differences_from_id(number, birth, sex):
                self.add_error(field, f"{sentence}请核对。")
            born = birth_of(number)
            birth = birth or (PartialDate(born) if born else None)
            sex = sex or sex_of(number)
        if birth is None:
            self.add_error("birth", "请填写出生日期，或者身份证号码。")
        if self.errors:
            return None
        person = self._of_number(name, number) if number else None
        if person is None and not self.errors:
            person = self._of_name(name, birth, has_number=bool(number))
        if person is not None or self.errors:
            return person
        self.new_person = self._made(name, sex, birth, number, reading, cleaned)
        return self.new_person

    def _everybody(self):
        return Person.objects.of(self.community)

    def _of_number(self, name: str, number: str) -> Person | None:
        person = self._everybody().filter(id_hash=vault.blind_index(number, ID_COLUMN)).first()
        if person is not None and person.name != name:
            self.add_error("id_number", "这个证件号码已登记在另一个姓名下，请核对姓名和号码。")
            return None
        return person

    def _of_name(self, name: str, birth: PartialDate, *, has_number: bool) -> Person | None:
        """Somebody of this name and birth, once the user said that it is them. With other numbers they are two people."""
        same = Q(birth_date__year=birth.value.year)
        if birth.precision == "d":
            same &= Q(birth_date=birth.value) | ~Q(birth_precision="d")
        alike = self._everybody().filter(same, name=name, died_on__isnull=True)
        if has_number:
            alike = alike.filter(id_hash__isnull=True)
        found = list(alike.order_by("id")[:3])
        decision = self.cleaned_data.get("double")
        if not found or decision == OTHER:
            return None
        if decision == SAME and len(found) == 1:
            return found[0]
        self.fields["double"].widget = forms.Select(choices=self.fields["double"].choices)
        self.add_error("double", self._question(found))
        return None

    def _question(self, found: list[Person]) -> str:
        if self.access.can(P.PEOPLE_NAMES, self.community):
            words = "；".join(describe(person) for person in found)
            if len(found) > 1:
                return f"社区里有{words}，请在上面的“居民”中选定是哪一位；都不是的，选择“是另一个人”。"
            return f"社区里已有{words}，请核对是不是同一个人。"
        if len(found) > 1:
            return "社区里有几位同名同生日的人，请由党务专干登记；都不是的，选择“是另一个人”。"
        return "社区里已有一位同名、出生日期相符的人，请核对是不是同一个人。"

    def _made(self, name, sex, birth, number, reading, cleaned) -> Person:
        person = Person(
            community_id=self.community.id,
            name=name,
            name_key=name_key(name),
            initials=initials(name),
            sex=sex,
            birth_date=birth.value,
            birth_precision=birth.precision,
            phone=cleaned.get("phone") or "",
        )
        if number:
            person.set_id(reading.kind, number, mask_id(number))
        return person
