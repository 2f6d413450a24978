from django.db import models

from portal.audit.tracking import tracked
from residents.care.models.base import PersonCare, amount_field, not_negative


@tracked()
class CareChild(PersonCare):
    """A child in difficulty or left without its parents' care (困境儿童、留守儿童), and who looks after it."""

    class Kind(models.TextChoices):
        ORPHAN = "orphan", "孤儿"
        UNCARED = "uncared", "事实无人抚养儿童"
        DIFFICULT = "difficult", "困境儿童"
        LEFT = "left", "留守儿童"
        MIGRANT = "migrant", "流动儿童"

    kind = models.CharField("儿童类别", max_length=9, choices=Kind)
    guardian = models.CharField("监护人", max_length=60, blank=True)
    guardian_relation = models.CharField("监护人与儿童关系", max_length=20, blank=True)
    guardian_phone = models.CharField("监护人电话", max_length=60, blank=True)
    carer = models.CharField("实际照料人", max_length=60, blank=True)
    school = models.CharField("就读学校", max_length=80, blank=True)
    allowance = amount_field("基本生活补贴（元/月）")
    due = models.DateField("下次评估", null=True, blank=True)

    field_classes = {
        "restricted": ("guardian_phone",),
        "personal": (
            *PersonCare.personal,
            *"kind guardian guardian_relation carer school allowance".split(),
        ),
    }
    stored_label = "residents.CareChild"

    class Meta(PersonCare.Meta):
        verbose_name = verbose_name_plural = "困境儿童"
        constraints = [
            *PersonCare.Meta.constraints,
            models.CheckConstraint(
                condition=not_negative("allowance"),
                name="carechild_allowance",
                violation_error_message="基本生活补贴不能小于 0",
            ),
        ]
