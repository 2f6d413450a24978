from django.db import models

from portal.audit.tracking import tracked
from residents.care.models.base import PersonCare


@tracked()
class Maternal(PersonCare):
    """A service for maternal health or family planning that a woman has agreed to (育龄妇女服务).

    Services only: which one, by whom, when next. What it finds is health data and stays with whoever gives it;
    nothing of pregnancies, children or methods is kept here. Without her consent there is no entry.
    """

    class Service(models.TextChoices):
        BEFORE = "before", "孕前优生检查"
        DURING = "during", "孕产期保健"
        AFTER = "after", "产后访视"
        PLANNING = "planning", "计划生育服务"
        SCREENING = "screening", "妇女病普查"
        ADVICE = "advice", "生育政策咨询"

    service = models.CharField("服务项目", max_length=9, choices=Service)
    provider = models.CharField("服务机构", max_length=80, blank=True)
    consented_on = models.DateField("本人同意登记日期", help_text="未经本人同意不得登记")
    due = models.DateField("下次服务", null=True, blank=True)

    field_classes = {
        "restricted": ("service",),
        "personal": (*PersonCare.personal, "provider", "consented_on"),
    }
    stored_label = "residents.Maternal"

    class Meta(PersonCare.Meta):
        verbose_name = "育龄妇女服务记录"
        verbose_name_plural = "育龄妇女服务"
