from django.core.exceptions import ValidationError
from django.db import models

from community.communities.models import CommunityRow
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL
from portal.values.uscc import is_uscc


def validate_uscc(value: str) -> None:
    """GB 32100: form and check character."""
    if not is_uscc(value):
        raise ValidationError("统一社会信用代码应为18位且校验位正确，请对照营业执照核对。")


@tracked()
class Unit(CommunityRow):
    """An organisation in the district (辖区单位): located here, liaison, or co-building."""

    class Kind(models.TextChoices):
        LOCATED = "located", "驻区单位"
        LIAISON = "liaison", "联系单位"
        COBUILDING = "cobuilding", "共建单位"

    name = models.CharField("名称", max_length=80)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True, validators=[validate_uscc])
    kind = models.CharField("类别", max_length=10, choices=Kind)
    contact = models.CharField("联系人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=60, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)

    field_classes = {
        "public": ("name", "uscc", "kind", "address"),
        "personal": ("contact",),
        "restricted": ("phone",),
    }
    public_texts = {"name": INTERNAL, "uscc": INTERNAL, "address": INTERNAL}
    stored_label = "community.Unit"

    class Meta:
        verbose_name = "单位"
        verbose_name_plural = "单位"
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"], name="unit_name_once", violation_error_message="已有同名单位"
            ),
            models.UniqueConstraint(
                fields=["community", "uscc"],
                condition=~models.Q(uscc=""),
                name="unit_uscc_once",
                violation_error_message="已有这个统一社会信用代码的单位",
            ),
        ]
        indexes = [models.Index(fields=["community", "kind", "name"], name="unit_by_kind")]

    def __str__(self):
        return self.name
