"""Items of goods, and the batches in which they are stored with the quantity on hand."""

import datetime

from django.db import models
from django.db.models import Q

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL


@tracked()
class StockItem(CommunityRow):
    """A kind of goods with its unit of measure (物品): 大米（袋）."""

    class Category(models.TextChoices):
        FOOD = "food", "粮油食品"
        DAILY = "daily", "生活用品"
        MEDICAL = "medical", "医疗防护"
        SCHOOL = "school", "文体学习"
        SAFETY = "safety", "防汛消防"
        OTHER = "other", "其他"

    name = models.CharField("物品名称", max_length=60)
    measure = models.CharField(
        "计量单位", max_length=10, help_text="如：袋、箱、个；零散发放的，用最小的单位"
    )
    category = models.CharField("类别", max_length=7, choices=Category, default=Category.OTHER)
    note = models.CharField("备注", max_length=100, blank=True)

    field_classes = {"public": ("name", "measure", "category", "note")}
    public_texts = {"name": INTERNAL, "measure": INTERNAL, "note": INTERNAL}
    stored_label = "community.StockItem"

    class Meta:
        verbose_name = "物品"
        verbose_name_plural = "物品目录"
        ordering = ["category", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name", "measure"],
                name="stockitem_once",
                violation_error_message="已有同名、同计量单位的物品，请直接使用",
            ),
        ]

    def __str__(self):
        return f"{self.name}（{self.measure}）"

    def amount(self, quantity: int) -> str:
        """20袋"""
        return f"{quantity}{self.measure}"


class StockBatchQuerySet(ScopedQuerySet):
    def in_stock(self):
        return self.filter(on_hand__gt=0)

    def usable_on(self, day: datetime.date):
        """In stock and not expired, what expires first in front."""
        usable = self.in_stock().filter(Q(expires_on__isnull=True) | Q(expires_on__gte=day))
        return usable.order_by(models.F("expires_on").asc(nulls_last=True), "id")


@tracked()
class StockBatch(CommunityRow):
    """Goods of one item that came together and lie together (批次), and how many there are.

    `on_hand` is the sum of its movements. It is written by `community.stock.actions.booking` only, under a lock of this row, and the
    database refuses a number below zero.
    """

    item = ScopedForeignKey(StockItem, related_name="batches", verbose_name="物品", db_index=False)
    number = models.CharField("批号", max_length=40, blank=True)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    store = models.CharField("存放地点", max_length=40, blank=True, help_text="如：社区仓库、二楼储物间")
    on_hand = models.PositiveIntegerField("库存", default=0, editable=False)

    objects = StockBatchQuerySet.as_manager()

    field_classes = {"public": ("item", "number", "expires_on", "store", "on_hand")}
    public_texts = {"number": INTERNAL, "store": INTERNAL}
    stored_label = "community.StockBatch"
    named_by = ("item",)

    class Meta:
        verbose_name = "库存批次"
        verbose_name_plural = "库存"
        ordering = ["item__category", "item__name", "expires_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "item", "number", "expires_on", "store"],
                nulls_distinct=False,
                name="stockbatch_once",
                violation_error_message="同一存放地点已有这个批次",
            ),
            models.CheckConstraint(
                condition=Q(on_hand__gte=0),
                name="stockbatch_not_negative",
                violation_error_message="库存不够，刚刚可能有人办理了出库，请核对后再办理",
            ),
        ]
        indexes = [
            # What expires soon: the to-do, for all communities of a user.
            models.Index(
                fields=["community", "expires_on"], condition=Q(on_hand__gt=0), name="stockbatch_expiry"
            ),
        ]

    def __str__(self):
        details = [
            f"批号{self.number}" if self.number else "",
            f"{self.expires_on}到期" if self.expires_on else "",
        ]
        words = "，".join(filter(None, details))
        return f"{self.item}{words}"

    @property
    def amount(self) -> str:
        return self.item.amount(self.on_hand)
