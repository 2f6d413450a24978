from django.core.exceptions import ValidationError
from django.db import models

from portal.disclosing import Scan


class PublicTexts(models.Model):
    """A row that everybody can read as soon as it is saved: its texts are scanned whenever a form checks it.

    `public_texts` says of each text of class *public* when it is scanned (`portal.disclosing.declared`).
    """

    class Meta:
        abstract = True

    def clean(self):
        # The scan reads the register, whose models are being made here.
        from community.disclosure import Content, findings

        super().clean()
        refusals = {}
        for name, scan in self.public_texts.items():
            text = getattr(self, name)
            if scan == Scan.ON_SAVE and text:
                label = str(self._meta.get_field(name).verbose_name)
                if found := findings(self.public_community(), [Content(label, text)]):
                    listed = "、".join(f"{each.kind} {each.masked}" for each in found)
                    refusals[name] = f"保存后人人可见，发现疑似个人信息：{listed}。请隐去或改写后再保存。"
        if refusals:
            raise ValidationError(refusals)

    def public_community(self):
        """The community whose register is looked at."""
        return self.community
