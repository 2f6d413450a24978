"""Forms of the care registers (重点人群)."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from community.dated_rules.rules import value_of
from community.people.forms import PersonField
from community.people.models import Person
from community.people.phone_numbers import read_phones
from portal.crypto import encrypted_fields, vault
from portal.forms.forms import PlainForm, RowForm
from residents.care.certificates import contradiction, read_bank_card, read_certificate
from residents.care.eligibility import ineligible_because
from residents.care.queries import household_of_person
from residents.care.rules import Key


class CareForm(RowForm):
    """A care entry of a person, who cannot be changed later: another person is another entry.

    `?person=` of the page, a person's uuid, preselects them. Encrypted numbers (`secrets`) are typed anew to be
    changed; left blank they stay.
    """

    secrets: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.whose = self._meta.model.person_field
        typed = self.instance.pk is None or self.whose != "person"
        if typed:
            field = PersonField(label=str(self._meta.model._meta.get_field(self.whose).verbose_name))
            field.set_people(self.access, self.community)
            self.fields = {self.whose: field, **self.fields}
            self.initial[self.whose] = self.person or field.person_of(self.initial.get(self.whose))
        for name in self.secrets:
            mask = encrypted_fields.mask_of(self.instance, name)
            self.fields[name] = forms.CharField(
                label=encrypted_fields.label_of(self._meta.model, name),
                required=False,
                max_length=40,
                help_text=f"现登记为 {mask}，不修改请留空" if mask else "",
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def clean(self):
        cleaned = super().clean()
        if self.whose in self.fields and cleaned.get(self.whose):
            setattr(self.instance, self.whose, cleaned[self.whose])
        for name in self.phones:
            reading = read_phones(cleaned.get(name) or "")
            if reading.problem:
                self.add_error(name, f"{reading.problem}。")
            elif name in cleaned:
                cleaned[name] = " ".join(reading.numbers)
        person = self.person
        if person is not None and self.instance.pk is None:
            today = timezone.localdate()
            elder_age = value_of(self.community, Key.ELDER_AGE, today)
            if sentence := ineligible_because(
                self._meta.model, person.birth_date, person.sex, today, elder_age
            ):
                self.add_error(self.whose, f"{sentence}。")
        return cleaned

    @property
    def person(self) -> Person | None:
        """Whose entry it is, if already chosen."""
        person_id = getattr(self.instance, f"{self.whose}_id")
        return getattr(self.instance, self.whose) if person_id else None


class DisabilityForm(CareForm):
    """Kind and grade default to those of the certificate, and must agree with it."""

    secrets = ("certificate",)
    phones = ("phone",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("kind", "grade"):
            self.fields[name].required = False
            self.fields[name].help_text = "不选的，按残疾人证号登记"
        self.order_fields(["person", "certificate"])

    def clean(self):
        cleaned = super().clean()
        try:
            certificate = self._certificate(cleaned)
        except ValueError as problem:
            self.add_error("certificate", f"{problem}。")
            return cleaned
        except vault.SecretUnreadable as problem:
            self.add_error(None, str(problem))
            return cleaned
        if certificate:
            stated = {name: cleaned.get(name) or "" for name in ("kind", "grade")}
            person = self.person
            sentence = contradiction(certificate, id_hash=person.id_hash if person else None, **stated)
            if sentence:
                self.add_error("certificate", f"{sentence}。")
            cleaned["kind"], cleaned["grade"] = certificate.kind, certificate.grade
            if cleaned.get("certificate"):
                encrypted_fields.put_secret(self.instance, "certificate", certificate.number)
        for name in ("kind", "grade"):
            if not cleaned.get(name) and name not in self.errors:
                label = self._meta.model._meta.get_field(name).verbose_name
                self.add_error(name, f"请选择{label}，或填写残疾人证号。")
        return cleaned

    def _certificate(self, cleaned):
        """The typed certificate, or else the stored one. ValueError for an invalid one."""
        text = cleaned.get("certificate") or encrypted_fields.read_secret(self.instance, "certificate")
        return read_certificate(text) if text else None


class ElderForm(CareForm):
    secrets = ("bank_card",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["alone_as_told"].help_text = "住在本社区的按居住登记判断，不必填写"
        self.order_fields(["person", "allowance", "bank_card"])

    def clean_bank_card(self):
        text = self.cleaned_data["bank_card"]
        if not text:
            return ""
        try:
            number = read_bank_card(text)
        except ValueError as problem:
            raise ValidationError(f"{problem}。") from problem
        encrypted_fields.put_secret(self.instance, "bank_card", number)
        return number


class CareChildForm(CareForm):
    phones = ("guardian_phone",)


class MaternalForm(CareForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = "不记录健康状况、孕产和避孕情况"


class LowIncomeForm(CareForm):
    """The household is that of the applicant; another applicant may be entered later."""

    error_fields = {"household": "applicant"}

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk is None and self.person is not None:
            household = household_of_person(self.person)
            if household is None:
                self.add_error("applicant", "此人在本社区没有居住或户籍登记，请先办理迁入。")
            else:
                self.instance.household = household
        return cleaned


class DismissForm(PlainForm):
    """Reason for dismissing a benefit suggestion."""

    reason = forms.CharField(
        label="不办理的原因",
        max_length=120,
        help_text="如：本人不申请，已在户籍地领取",
        error_messages={"required": "请写明原因。"},
    )
