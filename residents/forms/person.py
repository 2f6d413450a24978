"""The form of a person in the register; its input is cleaned by the same rules as an import."""

from django import forms
from django.core.exceptions import ValidationError

from community.identity import ID_KINDS, birth_of, mask_id, read_id, sex_of
from community.models import Person
from community.names import clean_name, initials, name_key
from community.phones import read_phones
from portal.dates import PartialDate
from portal.forms import RowForm
from residents.forms.partial_date import PartialDateField


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
            raise ValidationError(reading.problem)
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
        self.instance.put_id(reading.kind, reading.number, mask_id(reading.number))
        if reading.kind != "resident_id":
            return
        born, sex = birth_of(reading.number), sex_of(reading.number)
        if born and not cleaned.get("birth"):
            cleaned["birth"] = PartialDate(born)
        if not cleaned.get("sex"):
            cleaned["sex"] = sex
        differs = []
        if born and not cleaned["birth"].agrees_with(born):
            differs.append(("birth", f"证件号码中的出生日期是 {PartialDate(born)}，与填写的不一致。"))
        if cleaned["sex"] != sex:
            differs.append(("sex", f"证件号码中的性别是{'男' if sex == 'M' else '女'}，与填写的不一致。"))
        if differs and not cleaned.get("despite_id"):
            self.fields["despite_id"].widget = forms.CheckboxInput()
            for field, sentence in differs:
                self.add_error(field, f"{sentence}请核对；确实如此的，勾选“已核对原件”后再保存。")
