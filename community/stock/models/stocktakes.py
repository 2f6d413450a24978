"""Stocktakes: what was counted against what is booked, with an explanation of each difference."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from community.communities.models import CommunityRow
from community.stock.models.goods import StockBatch
from community.stock.models.slips import StockSlip
from portal.access.querysets import ScopedForeignKey
from portal.audit.tracking import tracked


@tracked()
class Stocktake(CommunityRow):
    """A count of the goods in store (盘点). Its differences are booked by one slip."""

    on = models.DateField("盘点日期", default=timezone.localdate)
    counters = models.CharField("盘点人", max_length=60)
    note = models.CharField("备注", max_length=200, blank=True)
    slip = ScopedForeignKey(
        StockSlip, null=True, blank=True, related_name="stocktakes", verbose_name="调整单", db_index=False
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="登记人",
    )

    field_classes = {"public": ("on", "slip"), "personal": ("counters", "note", "by")}
    stored_label = "community.Stocktake"
    log_name = "on"

    class Meta:
        verbose_name = "盘点"
        verbose_name_plural = "盘点"
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["community", "-on", "-id"], name="stocktake_order")]

    def __str__(self):
        return f"{self.on}盘点"


@tracked()
class StocktakeLine(CommunityRow):
    """What was counted of a batch (盘点明细)."""

    stocktake = ScopedForeignKey(
        Stocktake, models.CASCADE, related_name="lines", verbose_name="盘点", db_index=False
    )
    batch = ScopedForeignKey(StockBatch, related_name="stocktake_lines", verbose_name="批次", db_index=False)
    booked = models.PositiveIntegerField("账面数")
    counted = models.PositiveIntegerField("实盘数")
    explanation = models.CharField("差异说明", max_length=200, blank=True)

    field_classes = {"public": ("stocktake", "batch", "booked", "counted"), "personal": ("explanation",)}
    stored_label = "community.StocktakeLine"
    named_by = ("stocktake", "batch__item")

    class Meta:
        verbose_name = "盘点明细"
        verbose_name_plural = "盘点明细"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "stocktake", "batch"],
                name="stocktakeline_once",
                violation_error_message="这个批次在本次盘点中已登记",
            ),
            models.CheckConstraint(
                condition=Q(counted=F("booked")) | ~Q(explanation=""),
                name="stocktakeline_explained",
                violation_error_message="实盘数与账面数不同的，请写明原因",
            ),
        ]
        indexes = [models.Index(fields=["community", "batch"], name="stocktakeline_batch")]

    def __str__(self):
        return f"{self.stocktake} {self.batch.item.name}"

    @property
    def difference(self) -> int:
        return self.counted - self.booked
