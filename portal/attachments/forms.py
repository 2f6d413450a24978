"""Photo upload in forms for phones."""

from django import forms
from django.core.exceptions import ValidationError

from portal.attachments.kinds import PICTURE_LIMITS
from portal.attachments.store import MOST_PHOTOS
from portal.files.body_limits import LARGE_SHOWN

LIMITS = f"最多{MOST_PHOTOS}张（{PICTURE_LIMITS}，合计不超过 {LARGE_SHOWN}）"


class PhotosInput(forms.FileInput):
    """File input for camera or pictures. It accepts only types that the portal can open, so iPhones convert theirs."""

    allow_multiple_selected = True

    def __init__(self):
        super().__init__(attrs={"accept": "image/jpeg,image/png"})


class PhotosField(forms.FileField):
    """Up to MOST_PHOTOS files, as bytes; they are checked to be pictures when they are stored."""

    widget = PhotosInput

    def clean(self, data, initial=None):
        files = [super(PhotosField, self).clean(file) for file in data or []]
        if len(files) > MOST_PHOTOS:
            raise ValidationError(f"照片最多{MOST_PHOTOS}张，请重新选择。")
        # A photo chosen twice is stored once.
        return list(dict.fromkeys(file.read() for file in files if file))
