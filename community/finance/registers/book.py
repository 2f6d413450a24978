"""Registers of what entries are sorted by: categories with their limits, funds, and the budget of a year."""

from decimal import Decimal

import django_filters
from django.utils import timezone

from community.finance.forms import BudgetLineForm, FinanceCategoryForm
from community.finance.models import BudgetLine, FinanceCategory, FinanceEntry, Fund
from community.finance.registers.entries import LINE
from community.finance.totals import sums_by_fund, sums_by_year
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.panels import Link, Panel, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.registers.row_links import RowLinks

_SHOWN = 30
"""Entries on the page of a fund; the others are in the list."""


def _yuan(value) -> str | Decimal:
    return "" if value is None else value


@register
class FinanceCategoryRegister(Register):
    """Categories of income and expense, with what may be spent in each."""

    model = FinanceCategory
    create_label = "新增科目"
    noun = "financecategory"
    path = "finance/categories"
    menu = DeskArea.COUNCIL
    menu_order = 36
    menu_line = LINE
    view = export_right = P.FINANCE_VIEW
    edit = P.FINANCE
    columns = (
        Column("name", width=18),
        Column("direction", width=8),
        Column("special", value=lambda row: row.get_special_display() if row.special else "", width=12),
        Column("most_each", number=True),
        Column("most_month", number=True),
        Column("this_year", "今年发生额（元）", value=lambda row: row.this_year, number=True),
        Column("last_year", "去年发生额（元）", value=lambda row: row.last_year, number=True),
        Column("is_active", value=lambda row: "" if row.is_active else "停用", width=8),
        Column("note", listed=False, optional=True, width=30),
    )
    search = ("name", "note")
    filters = ("direction", "is_active")
    form_fields = FinanceCategoryForm.Meta.fields
    form_class = FinanceCategoryForm
    bulk_fields = ("most_each", "most_month", "is_active", "note")

    def prefetch_values(self, rows):
        year = timezone.localdate().year
        communities = {row.community_id for row in rows}
        sums = sums_by_year(communities, [row.pk for row in rows], (year, year - 1))
        for row in rows:
            row.this_year, row.last_year = (sums.get((row.pk, each), Decimal(0)) for each in (year, year - 1))

    def links(self, row, access, community):
        entries = f"{community.url('community:financeentry_list')}?category={row.pk}"
        return [Link("查看收支记录", entries)]


class _FundStateFilter(django_filters.ChoiceFilter):
    def __init__(self):
        choices = [("open", "使用中"), ("overdue", "已过使用期限"), ("closed", "已结束")]
        super().__init__(label="状态", empty_label="全部", choices=choices)

    def filter(self, queryset, value):
        if value == "closed":
            return queryset.filter(closed_on__isnull=False)
        if value == "overdue":
            queryset = queryset.filter(ends_on__lt=timezone.localdate())
        return queryset.filter(closed_on__isnull=True) if value else queryset


@register
class FundRegister(Register):
    """Funds for a purpose: what came, what was spent, what is left."""

    model = Fund
    create_label = "设立专项资金"
    noun = "fund"
    path = "finance/funds"
    menu = DeskArea.COUNCIL
    menu_order = 34
    menu_line = LINE
    view = export_right = P.FINANCE_VIEW
    edit = P.FINANCE
    attachments = True
    columns = (
        Column("name", width=24),
        Column("source", width=16),
        Column("task", right=P.TASKS, width=24),
        Column("planned", value=lambda row: _yuan(row.planned), sort="planned", number=True),
        Column("received", "已到账（元）", value=lambda row: row.sums.received, number=True),
        Column("spent", "已支出（元）", value=lambda row: row.sums.spent, number=True),
        Column("left", "结余（元）", value=lambda row: row.sums.left, number=True),
        Column("ends_on", value=lambda row: row.ends_on or "", sort="ends_on"),
        Column("state", "状态", value=lambda row: _fund_state(row), width=12),
        Column("starts_on", listed=False, optional=True),
        Column("closed_on", listed=False, optional=True),
    )
    details = ("purpose",)
    search = ("name", "purpose", "source")
    filters = (("state", _FundStateFilter),)
    order = ("-closed_on", "name")  # those in use first
    form_fields = ("name", "purpose", "source", "task", "planned", "starts_on", "ends_on", "closed_on")
    bulk_fields = ("source", "ends_on", "closed_on")

    def prepare(self, queryset):
        return queryset.select_related("task")

    def prefetch_values(self, rows):
        sums = sums_by_fund(rows)
        for row in rows:
            row.sums = sums[row.pk]

    def summary(self, row, access, community):
        return [row.purpose, Tag(_fund_state(row))]

    def panels(self, row, access, community):
        links = RowLinks(access, community)
        entries = rows(FinanceEntry, access, P.FINANCE_VIEW, community).filter(fund=row)
        entries = entries.select_related("category").order_by("-on", "-id")[: _SHOWN + 1]
        cells = [
            (
                entry.on,
                links.link(entry, entry.summary),
                entry.category.name,
                entry.get_direction_display(),
                entry.amount,
                entry.get_state_display(),
            )
            for entry in entries
        ]
        everything = f"{community.url('community:financeentry_list')}?fund={row.pk}"
        return [
            Panel(
                "收支记录",
                ("日期", "摘要", "科目", "收支", "金额（元）", "状态"),
                cells[:_SHOWN],
                "还没有收支记录，登记收支时选择这笔专项资金即可",
                (Link("全部记录", everything),) if len(cells) > _SHOWN else (),
            )
        ]

    def links(self, row, access, community):
        if row.closed_on or not access.can(P.FINANCE, community):
            return []
        return [Link("登记收支", f"{community.url('community:finance_enter')}?fund={row.uuid}", primary=True)]


def _fund_state(fund: Fund) -> str:
    if fund.closed_on:
        return "已结束"
    return "已过使用期限" if fund.ends_on and fund.ends_on < timezone.localdate() else "使用中"


@register
class BudgetLineRegister(Register):
    """What is planned for each category in a year, beside what came in or was spent, and the year before."""

    model = BudgetLine
    create_label = "编列预算"
    noun = "budgetline"
    path = "finance/budget"
    title = "预算"
    menu = DeskArea.COUNCIL
    menu_order = 35
    menu_line = LINE
    legend = "实际数和上年数只计已入账的收支"
    view = export_right = P.FINANCE_VIEW
    edit = P.FINANCE
    columns = (
        Column("year", number=True, width=8),
        Column("direction", "收支", value=lambda row: row.category.get_direction_display(), width=8),
        Column("category.name", "科目", sort="category__name", width=18),
        Column("amount", number=True),
        Column("actual", "实际（元）", value=lambda row: row.actual, number=True),
        Column("share", "完成", value=lambda row: _share(row), width=8),
        Column("rest", "预算余额（元）", value=lambda row: row.amount - row.actual, number=True),
        Column("last_year", "上年实际（元）", value=lambda row: row.last_year, number=True),
        Column("note", width=24),
    )
    search = ("category__name", "note")
    filters = (
        ("year", lambda: django_filters.NumberFilter(label="年度", min_value=1990, max_value=2100)),
        "category",
        (
            "direction",
            lambda: django_filters.ChoiceFilter(
                label="收支",
                empty_label="全部",
                field_name="category__direction",
                choices=FinanceCategory._meta.get_field("direction").choices,
            ),
        ),
    )
    order = ("-year", "-category__direction", "category__name")
    form_fields = BudgetLineForm.Meta.fields
    form_class = BudgetLineForm
    bulk_fields = ("amount", "note")

    def prepare(self, queryset):
        return queryset.select_related("category")

    def prefetch_values(self, rows):
        years = {year for row in rows for year in (row.year, row.year - 1)}
        communities = {row.community_id for row in rows}
        sums = sums_by_year(communities, [row.category_id for row in rows], years)
        for row in rows:
            row.actual = sums.get((row.category_id, row.year), Decimal(0))
            row.last_year = sums.get((row.category_id, row.year - 1), Decimal(0))


def _share(row: BudgetLine) -> str:
    return f"{round(100 * row.actual / row.amount)}%" if row.amount else ""
