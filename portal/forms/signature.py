"""A form field for a signature drawn on a touch screen, as PNG."""

import base64

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script

_PREFIX = "data:image/png;base64,"
_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_BYTES = 200 * 1024
"""Far more than a line drawn on 600 × 200 points."""


class SignatureInput(forms.TextInput):
    """A canvas to draw on; its script writes the drawing into a hidden input. Without JavaScript nothing is shown."""

    template_name = "portal/forms/signature.html"

    class Media:
        css = {"all": ["css/signature.css"]}
        js = [Script("js/signature.js", defer=True)]


class SignatureField(forms.CharField):
    """A signature: bytes of a PNG, empty where nobody signed. Whoever stores it re-encodes it (`portal.attachments.store.add`)."""

    widget = SignatureInput

    def __init__(self, **kwargs):
        super().__init__(**{"required": False} | kwargs)

    def clean(self, value) -> bytes:
        text = super().clean(value)
        if not text:
            return b""
        try:
            drawing = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
        except ValueError:
            drawing = b""
        if not text.startswith(_PREFIX) or not drawing.startswith(_PNG) or len(drawing) > _MOST_BYTES:
            raise ValidationError("签名没有保存好，请重签一次。")
        return drawing
