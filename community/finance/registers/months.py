"""Register of closed months (月结), with their numbers, reviews and reopenings."""

from collections import Counter, defaultdict

import django_filters

from community.finance.balances import last_day
from community.finance.models import FinanceCategory, FinanceMonth, FinanceReview
from community.finance.registers.entries import LINE
from community.finance.totals import sums_by_category
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.panels import Link, Panel, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from portal.values.dates import table_moment
from portal.values.months import month_word

Verdict = FinanceReview.Verdict


class _StateFilter(django_filters.ChoiceFilter):
    def __init__(self):
        choices = [
            ("closed", "已月结"),
            ("reopened", "已重开"),
            ("objected", "有异议"),
            ("open", "异议待答复"),
        ]
        super().__init__(label="状态", empty_label="全部", choices=choices)

    def filter(self, queryset, value):
        objected = FinanceReview._default_manager.filter(verdict=Verdict.OBJECTED)
        if value == "objected":
            return queryset.filter(pk__in=objected.values("closing"))
        if value == "open":
            return queryset.filter(pk__in=objected.filter(answered_at__isnull=True).values("closing"))
        return queryset.filter(reopened_at__isnull=value == "closed") if value else queryset


def _state(closing: FinanceMonth) -> str:
    return "已重开" if closing.reopened_at else "已月结"


def _moment(value) -> str:
    return table_moment(value) if value else ""


@register
class FinanceMonthRegister(Register):
    """Closed months. They are closed, reopened and reviewed by acts of their own."""

    model = FinanceMonth
    noun = "financemonth"
    path = "finance/months"
    menu = DeskArea.COUNCIL
    menu_order = 32
    menu_line = LINE
    purpose = "按月结账和民主理财审核"
    retention = Retention(
        "当月", "month", years=30, basis="会计档案管理办法，与会计凭证一同保存，高于月度财务报告的十年"
    )
    part_models = (FinanceReview,)
    view = export_right = P.FINANCE_VIEW
    columns = (
        Column("month", "月份", value=lambda row: month_word(row.month), sort="month", width=12),
        Column("opening", number=True),
        Column("income", number=True),
        Column("expense", number=True),
        Column("closing", number=True),
        Column("entries", number=True, width=8),
        Column("state", "状态", value=_state, sort="reopened_at", width=8),
        Column("reviews", "民主理财审核", value=lambda row: row.review_words, width=18),
        Column("closed_at", value=lambda row: _moment(row.closed_at), width=16),
        Column("closed_by.name", "月结人", sort="closed_by__name", width=8),
        Column(
            "reopened_at", listed=False, optional=True, value=lambda row: _moment(row.reopened_at), width=16
        ),
        Column(
            "reopened_by",
            listed=False,
            optional=True,
            value=lambda row: row.reopened_by.name if row.reopened_by_id else "",
            width=8,
        ),
        Column("reopened_because", listed=False, optional=True, width=30),
    )
    search = ("reopened_because", "closed_by__name")
    search_hint = "重开原因、月结人"
    filters = (
        (
            "year",
            lambda: django_filters.NumberFilter(
                label="年度", field_name="month__year", min_value=1990, max_value=2100
            ),
        ),
        ("state", _StateFilter),
    )

    def prepare(self, queryset):
        return queryset.select_related("closed_by", "reopened_by")

    def prefetch_values(self, rows):
        marks: dict[int, Counter] = defaultdict(Counter)
        reviews = FinanceReview._default_manager.filter(
            community__in={row.community_id for row in rows}, closing__in=[row.pk for row in rows]
        )
        for closing, verdict, answered in reviews.order_by().values_list("closing", "verdict", "answered_at"):
            word = "同意" if verdict == Verdict.AGREED else "有异议" if answered else "异议待答复"
            marks[closing][word] += 1
        for row in rows:
            row.review_words = "，".join(
                f"{word}{number}人" for word, number in sorted(marks[row.pk].items())
            )

    def list_links(self, access, community):
        if not access.can(P.FINANCE, community):
            return []
        return [Link("月结", community.url("community:finance_close"), primary=True)]

    def summary(self, row, access, community):
        if row.reopened_at:
            return [Tag("已重开"), f"{row.reopened_by.name}：{row.reopened_because}"]
        return [Tag("已月结"), f"期末余额{row.closing}元"]

    def panels(self, row, access, community):
        panels = [_reviews(row, access, community)]
        if not row.reopened_at:
            panels.append(_by_category(row, community))
        return panels

    def links(self, row, access, community):
        days = f"on_from={row.month}&on_to={last_day(row.month)}"
        links = [
            Link("财务月报", community.url("community:finance_report", month=row.month)),
            Link("查看收支记录", f"{community.url('community:financeentry_list')}?{days}"),
        ]
        if row.reopened_at:
            return links
        if access.can(P.FINANCE_REVIEW, community) and not _has_reviewed(row, access):
            links.append(Link("审核", self.url("review", community, row), primary=True))
        if access.can(P.FINANCE_APPROVE, community):
            links.append(Link("重开", self.url("reopen", community, row)))
        return links


def _has_reviewed(row: FinanceMonth, access) -> bool:
    reviews = FinanceReview._default_manager.filter(community_id=row.community_id, closing=row)
    return reviews.filter(reviewer=access.user).exists()


def _reviews(row: FinanceMonth, access, community) -> Panel:
    """Every mark of the democratic finance group, and what was answered; whoever keeps the book may answer."""
    may_answer = access.can(P.FINANCE, community)
    reviews = rows(FinanceReview, access, P.FINANCE_VIEW, community).filter(closing=row)
    cells = []
    for review in reviews.select_related("reviewer", "answered_by").order_by("at", "id"):
        answer = review.answer
        if review.answered_by_id:
            answer = f"{review.answer}（{review.answered_by.name}，{table_moment(review.answered_at)}）"
        elif review.verdict == Verdict.OBJECTED and may_answer:
            answer = Link("答复", community.url("community:financereview_answer", review=review.uuid))
        elif review.verdict == Verdict.OBJECTED:
            answer = "待答复"
        verdict = review.get_verdict_display()
        cells.append((table_moment(review.at), review.reviewer.name, verdict, review.remark, answer))
    header = ("审核时间", "审核人", "意见", "说明", "答复")
    return Panel("民主理财审核", header, cells, "居务监督委员会还没有审核这个月的账目")


def _by_category(row: FinanceMonth, community) -> Panel:
    """Income and expense of the month by category."""
    sums = sums_by_category(community, row.month, last_day(row.month))
    categories = (
        FinanceCategory._default_manager.of(community).filter(pk__in=sums).order_by("-direction", "name")
    )
    cells = [(category.get_direction_display(), category.name, sums[category.pk]) for category in categories]
    return Panel("按科目", ("收支", "科目", "金额（元）"), cells, "这个月没有收支")
