"""Slips on which goods come in, go out or are adjusted, and their movements. Both are only ever added to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Concat, LPad
from django.utils import timezone

from community.communities.models import CommunityRow
from community.stock.models.goods import StockBatch
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.access.rls import RowSecurity


class SlipKind(models.TextChoices):
    """What a slip books. A reversal has the kind of what it reverses, with the opposite sign."""

    IN = "in", "入库"
    OUT = "out", "出库"
    COUNT = "count", "盘点调整"


class StockSlip(CommunityRow):
    """A slip (出入库单) with its number: when, from or to whom, what for. A mistake is reversed by another slip."""

    row_security = RowSecurity(append_only=True)
    kind = models.CharField("类别", max_length=5, choices=SlipKind)
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("单号")
    """Number within the year, without gaps."""
    on = models.DateField("日期", default=timezone.localdate)
    party = models.CharField("来源或领用人", max_length=80, blank=True)
    purpose = models.CharField("用途", max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="经手人",
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    field_classes = {
        "public": ("kind", "year", "serial", "on"),
        "personal": ("party", "purpose", "by", "recorded_at"),
    }
    untracked_because = "Rows are never changed: a mistake is reversed by another slip."
    stored_label = "community.StockSlip"
    log_name = Concat(
        Cast("year", models.TextField()),
        models.Value("-"),
        LPad(Cast("serial", models.TextField()), 4, models.Value("0")),
    )

    class Meta:
        verbose_name = "出入库单"
        verbose_name_plural = "出入库"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "year", "serial"],
                name="stockslip_serial",
                violation_error_message="单号重复，请重新提交",
            ),
        ]
        indexes = [
            # The list, and what came in and went out in a month.
            models.Index(fields=["community", "-on", "-id"], name="stockslip_order"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}单{self.number}"

    @property
    def number(self) -> str:
        """Number as it is printed."""
        return f"{self.year}-{self.serial:04d}"


class StockMovementQuerySet(ScopedQuerySet):
    def standing(self):
        """Movements that are neither reversed nor reversals."""
        return self.filter(reverses__isnull=True, reversal__isnull=True)


class StockMovement(CommunityRow):
    """A line of a slip (出入库明细): how many of a batch came (positive) or went (negative)."""

    row_security = RowSecurity(append_only=True)
    slip = ScopedForeignKey(StockSlip, related_name="movements", verbose_name="出入库单", db_index=False)
    batch = ScopedForeignKey(StockBatch, related_name="movements", verbose_name="批次", db_index=False)
    quantity = models.IntegerField("数量")
    reverses = ScopedForeignKey(
        "self", null=True, blank=True, related_name="reversal", verbose_name="冲销的明细", db_index=False
    )

    objects = StockMovementQuerySet.as_manager()

    field_classes = {"public": ("slip", "batch", "quantity", "reverses")}
    untracked_because = "Rows are never changed: a mistake is reversed by another row."
    stored_label = "community.StockMovement"
    named_by = ("slip", "batch__item")

    class Meta:
        verbose_name = "出入库明细"
        verbose_name_plural = "出入库明细"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(quantity=0),
                name="stockmovement_not_nothing",
                violation_error_message="数量不能是0",
            ),
            models.UniqueConstraint(
                fields=["community", "reverses"],
                name="stockmovement_reversed_once",
                violation_error_message="这一笔已经冲销，不用再办理",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "slip"], name="stockmovement_slip"),
            models.Index(fields=["community", "batch"], name="stockmovement_batch"),
        ]

    def __str__(self):
        return f"{self.slip} {self.batch.item.name}"

    @property
    def size(self) -> int:
        """The quantity without its sign."""
        return abs(self.quantity)
