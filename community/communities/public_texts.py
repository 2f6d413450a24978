from django.core.exceptions import ValidationError
from django.db import models

from portal.pii_scan.declared import Scan
from portal.pii_scan.scan import personal_data_in


class PublicTexts(models.Model):
    """Base of rows that everybody can read once saved: `clean` scans their texts for personal data.

    `public_texts` says of each text of class *public* when it is scanned (`portal.pii_scan.declared`).
    """

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        refusals = {}
        for name, scan in self.public_texts.items():
            text = getattr(self, name)
            if scan == Scan.ON_SAVE and text:
                label = str(self._meta.get_field(name).verbose_name)
                if found := personal_data_in(self.public_community(), label, text):
                    refusals[name] = (
                        f"保存后人人可见，发现疑似个人信息：{'、'.join(found)}。请隐去或改写后再保存。"
                    )
        if refusals:
            raise ValidationError(refusals)

    def public_community(self):
        """Community whose residents the scan looks for."""
        return self.community
