from django.core.exceptions import ValidationError
from django.db import models

from portal.hooks.registry import Hook, call_hooks
from portal.pii_scan.declared import Scan


def personal_data_in(community, label: str, text: str) -> str:
    """What a scan of the text finds, in words and masked; empty if it finds nothing."""
    findings = call_hooks(Hook.PERSONAL_DATA, community, label, text)
    return "、".join(f"{finding.kind} {finding.masked}" for finding in findings)


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
                if listed := personal_data_in(self.public_community(), label, text):
                    refusals[name] = f"保存后人人可见，发现疑似个人信息：{listed}。请隐去或改写后再保存。"
        if refusals:
            raise ValidationError(refusals)

    def public_community(self):
        """Community whose residents the scan looks for."""
        return self.community
