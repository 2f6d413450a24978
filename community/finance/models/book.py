"""The book of a community (账本), its categories, funds and budget."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL


class Direction(models.TextChoices):
    INCOME = "income", "收入"
    EXPENSE = "expense", "支出"


class MoneyField(models.DecimalField):
    """An amount in yuan, in whole fen, below a hundred million."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_digits": 10, "decimal_places": 2} | kwargs)


@tracked()
class FinanceBook(CommunityRow):
    """The book of a community: the month it begins with, and the balance at that time.

    Who enters something, closes or reopens a month locks this row, so that of two at the same instant one waits.
    """

    begins_on = models.DateField("启用月份")
    """First day of the first month."""
    opening = MoneyField("期初余额（元）", default=0)

    field_classes = {"public": ("begins_on", "opening")}
    stored_label = "community.FinanceBook"

    class Meta:
        verbose_name = "账本"
        verbose_name_plural = "账本"
        ordering = ["begins_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["community"], name="financebook_once", violation_error_message="本社区的账本已经启用"
            ),
            models.CheckConstraint(
                condition=Q(begins_on__day=1),
                name="financebook_first_day",
                violation_error_message="启用月份应为某月1日",
            ),
        ]

    def __str__(self):
        return "账本"


@tracked()
class FinanceCategory(CommunityRow):
    """A category of income or expense (收支科目), with the limits of what may be spent in it."""

    class Special(models.TextChoices):
        """Categories of which the portal knows more than the name."""

        NONE = "", "一般"
        MARKET_FEE = "market_fee", "市场管理费"
        DONATION = "donation", "捐款"
        TASK_FUND = "task_fund", "费随事转"

    direction = models.CharField("收支", max_length=7, choices=Direction)
    name = models.CharField("科目", max_length=40)
    special = models.CharField(
        "性质",
        max_length=10,
        choices=Special,
        default=Special.NONE,
        blank=True,
        help_text="用于数据总览和公开栏",
    )
    most_each = MoneyField(
        "单笔限额（元）", null=True, blank=True, validators=[MinValueValidator(0)], help_text="没有限额的留空"
    )
    most_month = MoneyField(
        "每月限额（元）", null=True, blank=True, validators=[MinValueValidator(0)], help_text="没有限额的留空"
    )
    is_active = models.BooleanField("启用", default=True)
    note = models.CharField("说明", max_length=200, blank=True)

    field_classes = {"public": "direction name special most_each most_month is_active note".split()}
    public_texts = {"name": INTERNAL, "note": INTERNAL}
    stored_label = "community.FinanceCategory"

    class Meta:
        verbose_name = "收支科目"
        verbose_name_plural = "收支科目"
        ordering = ["-direction", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "direction", "name"],
                name="financecategory_once",
                violation_error_message="已有同名的科目",
            ),
            models.CheckConstraint(
                condition=Q(direction="expense") | Q(most_each__isnull=True, most_month__isnull=True),
                name="financecategory_limits",
                violation_error_message="只有支出科目设限额，收入科目请留空",
            ),
            models.CheckConstraint(
                condition=Q(special__in=("", "task_fund")) | Q(direction="income"),
                name="financecategory_special",
                violation_error_message="市场管理费和捐款是收入科目",
            ),
        ]

    def __str__(self):
        return self.name


@tracked()
class Fund(CommunityRow):
    """Money for a purpose (专项资金): what came for it and what was spent of it is entered with the fund.

    A task from above brings its money along (费随事转): `task` names it.
    """

    name = models.CharField("名称", max_length=60)
    purpose = models.CharField("用途", max_length=200)
    source = models.CharField("来源", max_length=80, blank=True, help_text="如：区民政局、岩泉街道")
    task = ScopedForeignKey(
        "community.Task", null=True, blank=True, related_name="funds", verbose_name="任务", db_index=False
    )
    planned = MoneyField("计划金额（元）", null=True, blank=True, validators=[MinValueValidator(0)])
    starts_on = models.DateField("开始日期", null=True, blank=True)
    ends_on = models.DateField("使用期限", null=True, blank=True)
    closed_on = models.DateField("结束日期", null=True, blank=True, help_text="用完或退回后填写")

    field_classes = {"public": "name purpose source task planned starts_on ends_on closed_on".split()}
    public_texts = {"name": INTERNAL, "purpose": INTERNAL, "source": INTERNAL}
    stored_label = "community.Fund"

    class Meta:
        verbose_name = "专项资金"
        verbose_name_plural = "专项资金"
        ordering = ["closed_on", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"], name="fund_once", violation_error_message="已有同名的专项资金"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=models.F("starts_on")),
                name="fund_order",
                violation_error_message="使用期限不能早于开始日期",
            ),
        ]

    def __str__(self):
        return self.name


@tracked()
class BudgetLine(CommunityRow):
    """What is planned for a category in a year (预算)."""

    year = models.PositiveSmallIntegerField(
        "年度", validators=[MinValueValidator(1990), MaxValueValidator(2100)]
    )
    category = ScopedForeignKey(
        FinanceCategory, related_name="budget_lines", verbose_name="科目", db_index=False
    )
    amount = MoneyField("预算（元）", validators=[MinValueValidator(0)])
    note = models.CharField("说明", max_length=200, blank=True)

    field_classes = {"public": ("year", "category", "amount", "note")}
    public_texts = {"note": INTERNAL}
    stored_label = "community.BudgetLine"
    named_by = ("category",)

    class Meta:
        verbose_name = "预算"
        verbose_name_plural = "预算"
        ordering = ["-year", "category_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "year", "category"],
                name="budgetline_once",
                violation_error_message="本年度这个科目已有预算，请直接修改",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="budgetline_amount", violation_error_message="预算不能小于0"
            ),
        ]

    def __str__(self):
        return f"{self.year}年{self.category}"
