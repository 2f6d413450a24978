"""Closed months of the book (月结), and their review by the democratic finance group."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from community.communities.models import CommunityRow
from community.finance.models.book import MoneyField
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked
from portal.pii_scan.declared import Scan


class FinanceMonthQuerySet(ScopedQuerySet):
    def closed(self):
        """Closings in force: those not reopened since."""
        return self.filter(reopened_at__isnull=True)


@tracked()
class FinanceMonth(CommunityRow):
    """The closing of a month: its numbers, by whom, and whether and why it was reopened. One row a closing.

    Closed months follow each other from the first of the book without a gap.
    """

    month = models.DateField("月份")
    """Its first day."""
    opening = MoneyField("期初余额（元）", max_digits=12)
    income = MoneyField("收入（元）", max_digits=12)
    expense = MoneyField("支出（元）", max_digits=12)
    closing = MoneyField("期末余额（元）", max_digits=12)
    entries = models.PositiveIntegerField("笔数")
    closed_at = models.DateTimeField("月结时间")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="月结人"
    )
    reopened_at = models.DateTimeField("重开时间", null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="重开人",
    )
    reopened_because = models.CharField("重开原因", max_length=200, blank=True)

    objects = FinanceMonthQuerySet.as_manager()

    field_classes = {
        "public": "month opening income expense closing entries closed_at reopened_at reopened_because".split(),
        "personal": ("closed_by", "reopened_by"),
    }
    public_texts = {"reopened_because": Scan.AT_PUBLICATION}
    stored_label = "community.FinanceMonth"
    log_name = models.Func("month", models.Value('YYYY"年"FMMM"月"'), function="to_char")

    class Meta:
        verbose_name = "月结"
        verbose_name_plural = "月结"
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "month"],
                condition=Q(reopened_at__isnull=True),
                name="financemonth_once",
                violation_error_message="这个月已经月结",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="financemonth_first_day",
                violation_error_message="月份应为某月1日",
            ),
            models.CheckConstraint(
                condition=Q(closing=F("opening") + F("income") - F("expense")),
                name="financemonth_adds_up",
                violation_error_message="期末余额应等于期初余额加收入减支出",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True, reopened_by__isnull=True, reopened_because="")
                | Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reopened_because=""),
                name="financemonth_reopened_with_reason",
                violation_error_message="重开月份请写明原因",
            ),
        ]
        indexes = [models.Index(fields=["community", "-month", "-id"], name="financemonth_order")]

    def __str__(self):
        return f"{self.month.year}年{self.month.month}月"


@tracked()
class FinanceReview(CommunityRow):
    """What a member of the democratic finance group (民主理财小组) says of a closed month."""

    class Verdict(models.TextChoices):
        AGREED = "agreed", "同意"
        OBJECTED = "objected", "有异议"

    closing = ScopedForeignKey(FinanceMonth, related_name="reviews", verbose_name="月结", db_index=False)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="审核人"
    )
    verdict = models.CharField("意见", max_length=8, choices=Verdict)
    remark = models.CharField("说明", max_length=500, blank=True)
    at = models.DateTimeField("审核时间")
    answer = models.CharField("答复", max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="答复人",
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    field_classes = {
        "public": ("closing", "verdict", "at", "answered_at"),
        "personal": ("reviewer", "remark", "answer", "answered_by"),
    }
    stored_label = "community.FinanceReview"
    named_by = ("closing",)

    class Meta:
        verbose_name = "民主理财审核"
        verbose_name_plural = "民主理财审核"
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "closing", "reviewer"],
                name="financereview_once",
                violation_error_message="您已审核过这个月的账目",
            ),
            models.CheckConstraint(
                condition=Q(verdict="agreed") | ~Q(remark=""),
                name="financereview_objection_in_words",
                violation_error_message="有异议的请写明是哪一笔、什么问题",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="financereview_answered",
                violation_error_message="答复不能为空",
            ),
        ]

    def __str__(self):
        return f"{self.closing}账目审核"
