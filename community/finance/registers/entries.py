"""Register of entries (收支记录): the ledger, one line an entry."""

import datetime

import django_filters
from django.db.models import Case, DecimalField, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from community.finance.actions.book import is_open
from community.finance.actions.entries import handlers_of
from community.finance.balances import balances_after
from community.finance.book_importer import BookImporter
from community.finance.limits import breaches, exceeding
from community.finance.models import FinanceCategory, FinanceEntry
from community.finance.models.book import Direction
from community.finance.vouchers import lacking, papers_by_entry, without_number, without_papers
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.filter_fields import date_range, number_range
from portal.registers.filters import ListFilter
from portal.registers.panels import Link, ListTab, Panel, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.registers.row_links import RowLinks
from portal.retention.data_categories import Retention
from portal.values.dates import table_moment
from portal.values.months import last_months, month_after, month_before, month_word, parse_month

LINE = "财务"
"""Line of the menu of which the pages of finance are tabs."""
State = FinanceEntry.State
_MONTHS = 36
_MORE = "更多条件"


_IN_REVERSAL = Q(reverses__isnull=False) | Exists(
    FinanceEntry._default_manager.filter(reverses=OuterRef("pk")).exclude(state=State.WITHDRAWN)
)


class StateFilter(django_filters.ChoiceFilter):
    """Filter by state."""

    def __init__(self):
        super().__init__(label="状态", empty_label="全部", field_name="state", choices=State)


class CheckFilter(django_filters.ChoiceFilter):
    """Filter by what is to be looked at: limits exceeded, vouchers missing."""

    conditions = {
        "over": ("超限", exceeding),
        "lacking": ("未月结的缺凭证", lacking),
        "no_number": ("没有凭证号", without_number),
        "no_papers": ("没有附件", without_papers),
        "reversed": ("冲销和被冲销的", lambda entries: entries.filter(_IN_REVERSAL)),
    }

    def __init__(self):
        choices = [(value, label) for value, (label, _) in self.conditions.items()]
        super().__init__(label="核对", empty_label="全部", choices=choices)

    def filter(self, queryset, value):
        return self.conditions[value][1](queryset) if value else queryset


class SpecialFilter(django_filters.ChoiceFilter):
    """Filter by the kind of its category."""

    def __init__(self):
        choices = [(value, label) for value, label in FinanceCategory.Special.choices if value]
        field = "category__special"
        super().__init__(label="科目性质", empty_label="全部", field_name=field, choices=choices)


def _months() -> list[tuple[str, str]]:
    """Choices of the month filter, the latest first."""
    return [(f"{month:%Y-%m}", month_word(month)) for month in last_months(timezone.localdate(), _MONTHS)]


def in_month(entries, month: datetime.date):
    """Those of a queryset of entries whose day is in the month."""
    return entries.filter(on__gte=month, on__lt=month_after(month))


def _amount_of(direction: Direction):
    """Expression: the amount where an entry counts, or may count, on this side."""
    shown = Q(direction=direction) & ~Q(state=State.WITHDRAWN)
    nothing = Value(0, output_field=DecimalField(max_digits=14, decimal_places=2))
    return Case(When(shown, then=F("amount")), default=nothing)


def _amount_on(direction: Direction, entry: FinanceEntry):
    is_shown = entry.direction == direction and entry.state != State.WITHDRAWN
    return entry.amount if is_shown else ""


@register
class FinanceEntryRegister(Register):
    """Income and expense with what is left after each entry. Written by actions only."""

    model = FinanceEntry
    noun = "financeentry"
    path = "finance/entries"
    menu = DeskArea.COUNCIL
    menu_order = 31
    menu_line = LINE
    legend = "已撤销的不计金额；合计包括待审批和已退回的记录；余额只计已入账的，按日期逐笔累计"
    purpose = "登记和审批社区的收入和支出，供居务监督和公开"
    retention = Retention("记账", "on", years=30, basis="会计档案管理办法，会计凭证和账簿保存三十年")
    view = export_right = P.FINANCE_VIEW
    import_right = P.FINANCE
    importer = BookImporter
    attachments = True
    attachments_edit = P.FINANCE
    columns = (
        Column("on", width=11),
        Column("voucher", text=True, width=12),
        Column("summary", width=30),
        Column("category.name", "科目", sort="category__name", width=12),
        Column(
            "income",
            "收入（元）",
            value=lambda row: _amount_on(Direction.INCOME, row),
            number=True,
            total=_amount_of(Direction.INCOME),
            detailed=False,
        ),
        Column(
            "expense",
            "支出（元）",
            value=lambda row: _amount_on(Direction.EXPENSE, row),
            number=True,
            total=_amount_of(Direction.EXPENSE),
            detailed=False,
        ),
        Column("balance", "余额（元）", value=lambda row: row.balance_after, number=True),
        Column("state", width=8),
        Column("papers", "附件", value=lambda row: row.papers or "", number=True, detailed=False, width=6),
        Column("handler_name", width=8),
        Column("approver_name", listed=False, optional=True, width=8),
        Column("counterparty", listed=False, optional=True, width=20),
        Column("fund", listed=False, optional=True, width=20),
        Column("amount", listed=False, optional=True, number=True),
        Column(
            "decided_at",
            listed=False,
            optional=True,
            width=16,
            value=lambda row: table_moment(row.decided_at) if row.decided_at else "",
        ),
        Column("over_limit_because", listed=False, optional=True, detailed=False, width=24),
        Column("closed_because", listed=False, optional=True, detailed=False, width=24),
        Column("reverses", listed=False, optional=True, detailed=False, width=24),
    )
    search = ("summary", "voucher", "counterparty", "handler_name")
    search_hint = "摘要、凭证号、付款或收款方、经手人"
    filters = (
        "direction",
        "category",
        (
            "month",
            lambda: django_filters.ChoiceFilter(
                label="月份",
                empty_label="全部",
                choices=_months,
                method=lambda rows, name, value: in_month(rows, parse_month(value)),
            ),
        ),
        ("state", StateFilter),
        ("check", CheckFilter),
        ListFilter("on", date_range("日期"), group=_MORE),
        ListFilter("amount", number_range("金额（元）", whole=False), group=_MORE),
        ListFilter("fund", group=_MORE),
        ListFilter("special", SpecialFilter, group=_MORE),
    )
    order = ("-on", "-id")

    def prepare(self, queryset):
        return queryset.select_related("category", "fund", "reverses", "handler", "decided_by")

    def prefetch_values(self, rows):
        papers, balances = papers_by_entry(rows), balances_after(rows)
        for row in rows:
            row.papers = papers.get(row.pk, 0)
            row.balance_after = balances.get(row.pk, "")

    def list_tabs(self, access, community):
        entries = rows(FinanceEntry, access, P.FINANCE_VIEW, community)
        this_month = timezone.localdate().replace(day=1)
        last_month = month_before(this_month)
        return [
            ListTab("待审批", {"state": State.ENTERED}, entries.filter(state=State.ENTERED)),
            ListTab("已退回", {"state": State.RETURNED}, entries.filter(state=State.RETURNED)),
            ListTab("超限", {"check": "over"}, exceeding(entries)),
            ListTab("缺凭证", {"check": "lacking"}, lacking(entries)),
            ListTab("本月", {"month": f"{this_month:%Y-%m}"}, in_month(entries, this_month)),
            ListTab("上月", {"month": f"{last_month:%Y-%m}"}, in_month(entries, last_month)),
        ]

    def list_links(self, access, community):
        links = []
        if access.can(P.FINANCE, community):
            links.append(Link("登记收支", community.url("community:finance_enter"), primary=True))
            links.append(Link("补填凭证号", community.url("community:finance_vouchers")))
        if access.can(P.FINANCE_APPROVE, community):
            links.append(Link("集中审批", community.url("community:finance_approve")))
        return links

    def may_change(self, row, access, community):
        """Whether papers may be attached and removed: while the month is open."""
        return row.state != State.WITHDRAWN and self._is_open(row, community)

    def summary(self, row, access, community):
        parts = [row.get_direction_display(), f"{row.amount}元", Tag(row.get_state_display())]
        if row.reverses_id:
            parts += [Tag("冲销"), RowLinks(access, community).link(row.reverses)]
        if row.state == State.ENTERED:
            parts += breaches(row)
        if row.over_limit_because:
            parts.append(f"超限原因：{row.over_limit_because}")
        if row.closed_because:
            word = "撤销" if row.state == State.WITHDRAWN else "退回"
            parts.append(f"{word}原因：{row.closed_because}")
        return parts

    def panels(self, row, access, community):
        links = RowLinks(access, community)
        reversals = [
            (links.link(each), each.amount, each.get_state_display(), each.handler_name)
            for each in rows(FinanceEntry, access, P.FINANCE_VIEW, community).filter(reverses=row)
        ]
        return [Panel("冲销", ("记录", "金额（元）", "状态", "经手人"), reversals)] if reversals else []

    def links(self, row, access, community):
        keeps, decides = (access.can(right, community) for right in (P.FINANCE, P.FINANCE_APPROVE))
        if not keeps and not decides:
            return []
        links = []
        if self._is_open(row, community):
            if decides and row.state == State.ENTERED and not self._is_handler(row, access.user):
                links.append(Link("审批", self.url("approve", community, row), primary=True))
                links.append(Link("退回", self.url("return", community, row)))
            if keeps:
                links += self._keeper_links(row, community)
        if keeps and row.state == State.APPROVED and not row.reverses_id:
            links.append(Link("冲销", self.url("reverse", community, row)))
        if keeps and not row.reverses_id:
            again = f"{community.url('community:finance_enter')}?like={row.uuid}"
            links.append(Link("照此再登记一笔", again))
        return links

    def _keeper_links(self, row, community) -> list[Link]:
        if row.state == State.WITHDRAWN:
            return [Link("恢复", self.url("restore", community, row))]
        if row.state == State.APPROVED:
            return [Link("补填凭证号", self.url("voucher", community, row), primary=not row.voucher)]
        links = [Link("撤销", self.url("withdraw", community, row))]
        if not row.reverses_id:
            label = "修改后重新提交" if row.state == State.RETURNED else "修改"
            is_main = row.state == State.RETURNED
            links.insert(0, Link(label, self.url("correct", community, row), primary=is_main))
        return links

    @staticmethod
    def _is_open(row, community) -> bool:
        """Whether its month is open, read once for the page of a row."""
        if not hasattr(row, "in_open_month"):
            row.in_open_month = is_open(community, row.on)
        return row.in_open_month

    @staticmethod
    def _is_handler(row, user) -> bool:
        return any(handler.same_person_as(user) for handler in handlers_of([row])[row.pk])
