from django.db import models
from django.db.models import Q

from portal.audit.tracking import tracked
from residents.care.models.base import PersonCare, amount_field, not_negative


@tracked()
class SpecialCare(PersonCare):
    """A veteran, or one of a soldier's family, whom the state honours with a pension or allowance (优抚对象)."""

    class Kind(models.TextChoices):
        DISABLED = "disabled", "残疾军人"
        MARTYR = "martyr", "烈士遗属"
        DUTY = "duty", "因公牺牲军人遗属"
        ILLNESS = "illness", "病故军人遗属"
        DEMOBILISED = "demobilised", "在乡复员军人"
        INVALID = "invalid", "带病回乡退役军人"
        WAR = "war", "参战参试退役军人"
        RURAL = "rural", "60周岁以上农村籍退役士兵"
        CONSCRIPT = "conscript", "义务兵家属"
        OTHER = "other", "其他"

    kind = models.CharField("优抚类别", max_length=12, choices=Kind)
    certificate = models.CharField("优抚证号", max_length=30, blank=True)
    grade = models.PositiveSmallIntegerField(
        "伤残等级", null=True, blank=True, help_text="残疾军人填写，1 至 10 级"
    )
    allowance = amount_field("抚恤补助标准（元/月）")
    due = models.DateField("下次年度确认", null=True, blank=True)

    field_classes = {"personal": (*PersonCare.personal, "kind", "certificate", "grade", "allowance")}
    stored_label = "residents.SpecialCare"

    class Meta(PersonCare.Meta):
        verbose_name = verbose_name_plural = "优抚对象"
        constraints = [
            *PersonCare.Meta.constraints,
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(kind="disabled", grade__gte=1, grade__lte=10),
                name="specialcare_grade",
                violation_error_message="伤残等级为 1 至 10 级，只有残疾军人填写",
            ),
            models.CheckConstraint(
                condition=not_negative("allowance"),
                name="specialcare_allowance",
                violation_error_message="抚恤补助标准不能小于 0",
            ),
        ]
