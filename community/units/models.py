from django.core.exceptions import ValidationError
from django.db import models

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedQuerySet
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL
from portal.values.several import SeveralField
from portal.values.uscc import is_uscc


def validate_uscc(value: str) -> None:
    """GB 32100: form and check character."""
    if not is_uscc(value):
        raise ValidationError("统一社会信用代码应为18位且校验位正确，请对照营业执照核对。")


class UnitQuerySet(ScopedQuerySet):
    def of_kind(self, kind: str):
        return self.filter(kinds__contains=[kind])

    def in_the_community(self):
        """Units located here, and those that build with the community."""
        return self.filter(kinds__overlap=[Unit.Kind.LOCATED, Unit.Kind.COBUILDING])


@tracked()
class Unit(CommunityRow):
    """An organisation in the district (辖区单位), of one or several kinds: a bank on the main street may build with us, too."""

    class Kind(models.TextChoices):
        LOCATED = "located", "驻区单位"
        LIAISON = "liaison", "联系单位"
        COBUILDING = "cobuilding", "共建单位"
        DESIGNATED = "designated", "包保部门"
        """A department that a higher level assigned to the community (定点联系, 包保)."""

    name = models.CharField("名称", max_length=80)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True, validators=[validate_uscc])
    kinds = SeveralField("类别", choices=Kind)
    principal = models.CharField("负责人", max_length=40, blank=True)
    contact = models.CharField("联系人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=60, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)
    party_body = models.CharField(
        "党组织",
        max_length=60,
        blank=True,
        help_text="单位党组织的名称；与社区党组织结对的，另在“组织”中登记并选择所属单位",
    )
    note = models.CharField("备注", max_length=200, blank=True)

    objects = UnitQuerySet.as_manager()

    field_classes = {
        "public": ("name", "uscc", "kinds", "address", "party_body"),
        "personal": ("principal", "contact", "note"),
        "restricted": ("phone",),
    }
    public_texts = {"name": INTERNAL, "uscc": INTERNAL, "address": INTERNAL, "party_body": INTERNAL}
    stored_label = "community.Unit"

    class Meta:
        verbose_name = "单位"
        verbose_name_plural = "单位"
        ordering = ["kinds", "name"]
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
            models.CheckConstraint(
                condition=~models.Q(kinds=[]),
                name="unit_of_some_kind",
                violation_error_message="请至少选择一个类别",
            ),
        ]
        # The list in its order.
        indexes = [models.Index(fields=["community", "kinds", "name"], name="unit_by_kinds")]

    def __str__(self):
        return self.name
