"""Encrypted certificate number in a form: survives a failed validation without standing in the page."""

import base64
import binascii

from django import forms
from django.core.exceptions import ValidationError

from community.people.id_numbers import ID_KINDS, read_id, sex_of
from community.people.models import Person
from community.people.names import clean_name, initials, name_key
from community.people.phone_numbers import read_phones
from portal.crypto import vault
from portal.forms.fields import PartialDateField
from portal.forms.forms import RowForm
from portal.values.id_numbers import birth_of, mask_id
from portal.values.partial_dates import PartialDate

COLUMN = "form.id_number"


class EncryptedNumberMixin:
    """Mixin for forms with `id_number`, shown by a form page, which adds the hidden `token`.

    A valid number is sent back as an encrypted value bound to the token, with its mask as help text and an
    empty input. An invalid number stays in the input, to be corrected.
    """

    def add_encrypted_number(self) -> None:
        """Add the hidden field; called after `id_number` was added."""
        self.fields["id_sealed"] = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_id_number(self):
        reading = read_id(self.cleaned_data["id_number"] or "")
        if reading.is_error:
            raise ValidationError(f"{reading.problem}。")
        return reading.number

    def clean(self):
        cleaned = super().clean()
        token = cleaned.get("token")
        if "id_number" not in cleaned or not token:
            return cleaned
        number = cleaned["id_number"] or self._decrypted(cleaned.get("id_sealed"), token)
        cleaned["id_number"] = number
        if number:
            sealed = base64.urlsafe_b64encode(vault.encrypt(number, COLUMN, token)).decode()
            self.data = self.data.copy()
            self.data[self.add_prefix("id_number")] = ""
            self.data[self.add_prefix("id_sealed")] = sealed
            self["id_number"].help_text = f"已填写 {mask_id(number)}，不修改请留空"
        return cleaned

    @staticmethod
    def _decrypted(sealed: str | None, token) -> str:
        """The decrypted number; empty if there was none or the value was tampered with."""
        try:
            return vault.decrypt(base64.urlsafe_b64decode(sealed or ""), COLUMN, token) if sealed else ""
        except (vault.SecretUnreadable, binascii.Error, ValueError):
            return ""


def differences_from_id(number: str, birth: PartialDate | None, sex: str) -> list[tuple[str, str]]:
    """(field, sentence) for the birth date and the sex that a resident ID number contradicts; blank ones do not."""
    born, coded_sex = birth_of(number), sex_of(number)
    differs = []
    if born and birth and not birth.agrees_with(born):
        differs.append(("birth", f"证件号码中的出生日期是 {PartialDate(born)}，与填写的不一致。"))
    if sex and sex != coded_sex:
        differs.append(("sex", f"证件号码中的性别是{'男' if coded_sex == 'M' else '女'}，与填写的不一致。"))
    return differs


class PersonForm(RowForm):
    """A person. The certificate number is typed anew to be changed; left blank it stays."""

    birth = PartialDateField(label="出生日期", required=False, help_text="可以只写年或年月，如 1985-03")
    id_number = forms.CharField(label="证件号码", required=False, max_length=40)
    despite_id = forms.BooleanField(
        label="已核对原件，按填写的内容保存", required=False, widget=forms.HiddenInput
    )

    error_fields = {
        "name_key": "name",
        "initials": "name",
        "birth_date": "birth",
        "birth_precision": "birth",
        "id_hash": "id_number",
        "id_mask": "id_number",
        "id_cipher": "id_number",
    }

    class Meta:
        model = Person
        fields = (
            "name former_name sex ethnic id_kind phone registered_place education marital political employment"
            " workplace note"
        ).split()

    field_order = (
        "name sex birth ethnic id_kind id_number despite_id phone registered_place education marital political"
        " employment workplace former_name note"
    ).split()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["birth"] = self.instance.birth
        if self.instance.id_mask:
            self.fields["id_number"].help_text = f"现登记为 {self.instance.id_mask}，不修改请留空"
        else:
            self.initial.setdefault("id_kind", "resident_id")

    def clean_name(self):
        name, _ = clean_name(self.cleaned_data["name"])
        if not name:
            raise ValidationError("请填写姓名。")
        self.instance.name_key, self.instance.initials = name_key(name), initials(name)
        return name

    def clean_phone(self):
        reading = read_phones(self.cleaned_data["phone"])
        if reading.problem:
            raise ValidationError(f"{reading.problem}。")
        return " ".join(reading.numbers)

    def clean(self):
        cleaned = super().clean()
        number = cleaned.get("id_number")
        if number:
            self._clean_number(cleaned, number)
        elif not self.instance.id_mask:
            cleaned["id_kind"] = ""
        birth = cleaned.get("birth")
        self.instance.birth_date = birth.value if birth else None
        self.instance.birth_precision = birth.precision if birth else ""
        return cleaned

    def _clean_number(self, cleaned, number) -> None:
        reading = read_id(number, ID_KINDS.get(cleaned.get("id_kind"), ""))
        if reading.is_error or not reading.number:
            self.add_error("id_number", reading.problem or "认不出证件号码，请核对原件。")
            return
        cleaned["id_kind"] = reading.kind
        self.instance.set_id(reading.kind, reading.number, mask_id(reading.number))
        if reading.kind != "resident_id":
            return
        born, sex = birth_of(reading.number), sex_of(reading.number)
        if born and not cleaned.get("birth"):
            cleaned["birth"] = PartialDate(born)
        if not cleaned.get("sex"):
            cleaned["sex"] = sex
        differs = differences_from_id(reading.number, cleaned["birth"], cleaned["sex"])
        if differs and not cleaned.get("despite_id"):
            self.fields["despite_id"].widget = forms.CheckboxInput()
            for field, sentence in differs:
                self.add_error(field, f"{sentence}请核对；确实如此的，勾选“已核对原件”后再保存。")
