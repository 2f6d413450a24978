from django.db import models


class CareKind(models.TextChoices):
    """The care registers, for models and pages about all of them."""

    LOW_INCOME = "low_income", "低保"
    DISABLED = "disabled", "残疾人"
    ELDERLY = "elderly", "老年人"
    SPECIAL_CARE = "special_care", "优抚对象"
    UNEMPLOYED = "unemployed", "失业人员"
    RETIRED = "retired", "退休人员"
    CHILD = "child", "困境儿童"
    MATERNAL = "maternal", "育龄妇女服务"
