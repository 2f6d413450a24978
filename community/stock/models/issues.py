"""Issue lists: goods given to the people of a list, each against a signature."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from community.communities.models import CommunityRow
from community.stock.models.goods import StockItem
from community.stock.models.slips import StockSlip
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked


class IssueListQuerySet(ScopedQuerySet):
    def unfinished(self):
        return self.filter(ended_on__isnull=True)


@tracked()
class IssueList(CommunityRow):
    """Goods that are given out on an occasion (发放活动): one item, so many for each person."""

    title = models.CharField("发放活动", max_length=60, help_text="如：重阳节慰问")
    item = ScopedForeignKey(StockItem, related_name="issue_lists", verbose_name="物品", db_index=False)
    quantity = models.PositiveIntegerField("每人数量", default=1, validators=[MinValueValidator(1)])
    on = models.DateField("发放日期", default=timezone.localdate)
    place = models.CharField("发放地点", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True, editable=False)

    objects = IssueListQuerySet.as_manager()

    field_classes = {"public": ("item", "quantity", "on", "ended_on"), "personal": ("title", "place", "note")}
    stored_label = "community.IssueList"

    class Meta:
        verbose_name = "发放活动"
        verbose_name_plural = "物资发放"
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1),
                name="issuelist_quantity",
                violation_error_message="每人数量至少为1",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-on", "-id"], name="issuelist_order"),
            # What is not finished: the to-do.
            models.Index(
                fields=["community", "on"], condition=Q(ended_on__isnull=True), name="issuelist_unfinished"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_open(self) -> bool:
        return self.ended_on is None


@tracked()
class IssueLine(CommunityRow):
    """What one person is to receive, and has received (发放明细). Its signature is an attachment."""

    class State(models.TextChoices):
        WAITING = "waiting", "待发放"
        HANDED = "handed", "已发放"
        UNCLAIMED = "unclaimed", "未领取"
        CANCELLED = "cancelled", "已取消"

    issue_list = ScopedForeignKey(IssueList, related_name="lines", verbose_name="发放活动", db_index=False)
    person = ScopedForeignKey(
        "community.Person", related_name="issue_lines", verbose_name="领取人", db_index=False
    )
    quantity = models.PositiveIntegerField("数量", validators=[MinValueValidator(1)])
    state = models.CharField("状态", max_length=9, choices=State, default=State.WAITING, editable=False)
    handed_on = models.DateField("领取日期", null=True, blank=True, editable=False)
    taker = models.CharField("代领人", max_length=60, blank=True, editable=False)
    slip = ScopedForeignKey(
        StockSlip,
        null=True,
        blank=True,
        related_name="issue_lines",
        verbose_name="出库单",
        db_index=False,
        editable=False,
    )
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="发放人",
        editable=False,
    )
    handed_at = models.DateTimeField("发放登记时间", null=True, blank=True, editable=False)
    cancelled_because = models.CharField("取消原因", max_length=100, blank=True, editable=False)

    field_classes = {
        "personal": (
            "issue_list person quantity state handed_on taker slip handed_by handed_at cancelled_because"
        ).split()
    }
    stored_label = "community.IssueLine"
    named_by = ("issue_list", "person")

    class Meta:
        verbose_name = "发放明细"
        verbose_name_plural = "发放明细"
        ordering = ["issue_list_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "issue_list", "person"],
                name="issueline_once",
                violation_error_message="此人已在这次发放的名单中",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1),
                name="issueline_quantity",
                violation_error_message="数量至少为1",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="handed",
                    handed_on__isnull=False,
                    slip__isnull=False,
                    handed_at__isnull=False,
                )
                | ~Q(state="handed") & Q(handed_on__isnull=True, slip__isnull=True, handed_at__isnull=True),
                name="issueline_handed_on_a_day",
                violation_error_message="已发放的须有领取日期和出库单",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled") & ~Q(cancelled_because="")
                | ~Q(state="cancelled") & Q(cancelled_because=""),
                name="issueline_cancelled_with_reason",
                violation_error_message="取消的请写明原因",
            ),
        ]
        indexes = [
            # What a person received: page of the person, departure, merging.
            models.Index(fields=["community", "person", "state"], name="issueline_person"),
        ]

    def __str__(self):
        return f"{self.issue_list} {self.person}"
