from django.db import models

from portal.audit.tracking import tracked
from portal.crypto.encrypted_fields import secret_columns_constraint
from residents.care.models.base import PersonCare


@tracked(exclude=("certificate_cipher",))
class Disability(PersonCare):
    """A person with a disability certificate (残疾人证).

    Its 20 characters are the person's ID number, the kind (order of GB/T 26341) and the grade, so it is as
    secret as the number (`residents.care.certificates` checks it).
    """

    class Kind(models.TextChoices):
        SIGHT = "1", "视力残疾"
        HEARING = "2", "听力残疾"
        SPEECH = "3", "言语残疾"
        LIMB = "4", "肢体残疾"
        INTELLECT = "5", "智力残疾"
        MENTAL = "6", "精神残疾"
        MULTIPLE = "7", "多重残疾"

    class Grade(models.TextChoices):
        FIRST = "1", "一级"
        SECOND = "2", "二级"
        THIRD = "3", "三级"
        FOURTH = "4", "四级"

    certificate_cipher = models.BinaryField("残疾人证号（加密）", null=True, editable=False)
    certificate_hash = models.BinaryField("残疾人证号（检索值）", null=True, editable=False, max_length=32)
    certificate_mask = models.CharField("残疾人证号", max_length=40, blank=True, editable=False)
    kind = models.CharField("残疾类别", max_length=1, choices=Kind)
    grade = models.CharField("残疾等级", max_length=1, choices=Grade)
    guardian = models.CharField("监护人", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=60, blank=True)
    living_subsidy = models.BooleanField("困难残疾人生活补贴", default=False)
    nursing_subsidy = models.BooleanField("重度残疾人护理补贴", default=False)
    issued = models.DateField("发证日期", null=True, blank=True)
    due = models.DateField("证件有效期至", null=True, blank=True)

    empty_with = {"certificate_cipher": "certificate_hash"}

    field_classes = {
        "secret": ("certificate_cipher", "certificate_hash", "certificate_mask"),
        "restricted": ("phone",),
        "personal": (
            *PersonCare.personal,
            *"kind grade guardian living_subsidy nursing_subsidy issued".split(),
        ),
    }
    stored_label = "residents.Disability"
    encryption_contexts = {"certificate": "residents_disability.certificate"}

    class Meta(PersonCare.Meta):
        verbose_name = verbose_name_plural = "残疾人"
        constraints = [
            *PersonCare.Meta.constraints,
            secret_columns_constraint("certificate", "残疾人证号"),
            models.CheckConstraint(
                condition=models.Q(issued__isnull=True)
                | models.Q(due__isnull=True)
                | models.Q(due__gte=models.F("issued")),
                name="disability_valid",
                violation_error_message="证件有效期不能早于发证日期",
            ),
        ]
