from django.db import models

from portal.audit.tracking import tracked
from residents.care.models.base import PersonCare


@tracked()
class Retiree(PersonCare):
    """A retired person served by the community in place of the former employer (退休人员社会化管理)."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", "企业退休"
        PUBLIC = "public", "机关事业单位退休"
        CADRE = "cadre", "离休"
        RESIDENT = "resident", "城乡居民养老保险"

    kind = models.CharField("退休类别", max_length=10, choices=Kind, default=Kind.ENTERPRISE)
    former_unit = models.CharField("原单位", max_length=80, blank=True)
    retired_on = models.DateField("退休日期", null=True, blank=True)
    checked_on = models.DateField("上次资格认证", null=True, blank=True)
    due = models.DateField("下次资格认证", null=True, blank=True)

    field_classes = {"personal": (*PersonCare.personal, "kind", "former_unit", "retired_on", "checked_on")}
    stored_label = "residents.Retiree"

    class Meta(PersonCare.Meta):
        verbose_name = verbose_name_plural = "退休人员"
