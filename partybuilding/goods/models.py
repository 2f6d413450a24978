"""Donations of goods (捐物)."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked

ANONYMOUS = "匿名"


class GoodsDonationQuerySet(ScopedQuerySet):
    def standing(self):
        """Donations that were not reversed."""
        return self.filter(reversed_on__isnull=True)


@tracked()
class GoodsDonation(CommunityRow):
    """Goods of one kind that somebody gave (捐物), with the movement by which they came into store.

    The estimated value is no money: nothing adds it to amounts of money.
    """

    class Donor(models.TextChoices):
        UNIT = "unit", "单位"
        PERSON = "person", "居民"
        NAMED = "named", "其他捐赠人"
        ANONYMOUS = "anonymous", ANONYMOUS

    donor_kind = models.CharField("捐赠人类别", max_length=9, choices=Donor)
    unit = ScopedForeignKey(
        "community.Unit",
        null=True,
        blank=True,
        related_name="goods_donations",
        verbose_name="捐赠单位",
        db_index=False,
    )
    person = ScopedForeignKey(
        "community.Person",
        null=True,
        blank=True,
        related_name="goods_donations",
        verbose_name="捐赠居民",
        db_index=False,
    )
    donor_name = models.CharField("其他捐赠人", max_length=80, blank=True)
    received_on = models.DateField("接收日期", default=timezone.localdate)
    receiver = models.CharField("接收人", max_length=60, blank=True)
    movement = ScopedForeignKey(
        "community.StockMovement", related_name="goods_donations", verbose_name="入库明细", db_index=False
    )
    estimated = models.DecimalField(
        "估价（元）",
        max_digits=11,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    purpose = models.CharField("用途", max_length=200, blank=True)
    receipt = models.CharField("收据号", max_length=40, blank=True)
    """That of a list which was kept before; ours is the number of the slip."""
    reversed_on = models.DateField("冲销日期", null=True, blank=True, editable=False)
    reversed_because = models.CharField("冲销原因", max_length=100, blank=True, editable=False)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="冲销人",
        editable=False,
    )

    objects = GoodsDonationQuerySet.as_manager()

    field_classes = {
        "public": ("movement", "estimated", "received_on"),
        "personal": (
            "donor_kind unit person donor_name receiver purpose receipt reversed_on reversed_because reversed_by"
        ).split(),
    }
    stored_label = "partybuilding.GoodsDonation"
    named_by = ("unit", "person", "movement__batch__item")

    class Meta:
        verbose_name = "捐赠物资"
        verbose_name_plural = "捐赠物资"
        ordering = ["-received_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(donor_kind="unit", unit__isnull=False, person__isnull=True, donor_name="")
                | Q(donor_kind="person", unit__isnull=True, person__isnull=False, donor_name="")
                | Q(donor_kind="named", unit__isnull=True, person__isnull=True) & ~Q(donor_name="")
                | Q(donor_kind="anonymous", unit__isnull=True, person__isnull=True, donor_name=""),
                name="goodsdonation_one_donor",
                violation_error_message="捐赠人请在单位、居民、其他捐赠人中填写一项，不具名的选匿名",
            ),
            models.CheckConstraint(
                condition=Q(estimated__isnull=True) | Q(estimated__isnull=False, estimated__gte=0),
                name="goodsdonation_value",
                violation_error_message="估价不能小于0",
            ),
            models.CheckConstraint(
                condition=Q(reversed_on__isnull=True, reversed_because="")
                | Q(reversed_on__isnull=False) & ~Q(reversed_because=""),
                name="goodsdonation_reversed_with_reason",
                violation_error_message="冲销应写明原因",
            ),
            models.UniqueConstraint(
                fields=["community", "movement"],
                name="goodsdonation_movement_once",
                violation_error_message="这笔入库已登记为另一笔捐赠",
            ),
        ]
        indexes = [
            # The list, and what came in a month.
            models.Index(fields=["community", "-received_on", "-id"], name="goodsdonation_order"),
            # Pages of units and people, and merging.
            models.Index(fields=["community", "unit"], name="goodsdonation_unit"),
            models.Index(fields=["community", "person"], name="goodsdonation_person"),
        ]

    def __str__(self):
        return f"{self.donor}捐{self.goods}"

    @property
    def donor(self) -> str:
        """Unit, person or name as recorded, or 匿名."""
        return str(self.unit or self.person or self.donor_name or ANONYMOUS)

    @property
    def goods(self) -> str:
        """大米20袋"""
        item = self.movement.batch.item
        return f"{item.name}{item.amount(self.movement.quantity)}"
