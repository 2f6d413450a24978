"""Encrypted certificate number in a form: survives a failed validation without standing in the page."""

import base64
import binascii

from django import forms
from django.core.exceptions import ValidationError

from community.identity import mask_id, read_id
from portal import vault

COLUMN = "form.id_number"


class KeepsNumber:
    """Mixin for forms with `id_number` and the hidden `token` of `OnceMixin`.

    A valid number is sent back as an encrypted value bound to the token, with its mask as help text and an
    empty input. An invalid number stays in the input, to be corrected.
    """

    def add_sealed(self) -> None:
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
