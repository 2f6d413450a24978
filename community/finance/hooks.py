"""Hooks of finance: menu, search, figures, the funds of a task. To-do: `community.finance.due`."""

from collections.abc import Iterator
from functools import partial

from community.finance import due  # noqa: F401
from community.finance.figures import market_fee_income
from community.finance.models import Fund
from community.finance.registers import FinanceEntryRegister, FundRegister
from community.finance.registers.entries import LINE
from community.finance.totals import sums_by_fund
from community.tasks.models import Task
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.figures import Figure
from portal.hooks.menu import DeskArea, add_act, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link, Panel
from portal.registers.row_links import RowLinks
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords

add_menu_page(DeskArea.COUNCIL, "账本", "community:finance_book", P.FINANCE_VIEW, 30, line=LINE)
add_menu_page(DeskArea.COUNCIL, "财务月报", "community:finance_report_last", P.FINANCE_VIEW, 33, line=LINE)
add_act(DeskArea.COUNCIL, "登记收支", "community:finance_enter", P.FINANCE, 30)
add_act(DeskArea.COUNCIL, "审批收支", "community:finance_approve", P.FINANCE_APPROVE, 31)
add_act(DeskArea.COUNCIL, "月结", "community:finance_close", P.FINANCE, 32)
add_act(DeskArea.COUNCIL, "导入账本", "community:financeentry_import", P.FINANCE, 33)


@hook(Hook.SEARCH)
def search_entries(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Entries that match a search of the page head."""
    yield from search_register(FinanceEntryRegister(), access, community, words, 62)


@hook(Hook.SEARCH)
def search_funds(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Funds that match a search of the page head."""
    yield from search_register(FundRegister(), access, community, words, 63)


@hook(Hook.FIGURES)
def finance_figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Income of the market management fee in the year."""
    days = f"on_from={year}-01-01&on_to={year}-12-31"
    yield Figure(
        "market_fee_income_year",
        "年度市场管理费收入",
        partial(market_fee_income, community, year),
        "元",
        f"{FinanceEntryRegister().url('list', community)}?special=market_fee&state=approved&{days}",
    )


@extend
class TaskFunds(RegisterExtension):
    """The money that came along with a task (费随事转)."""

    model = Task

    def panels(self, row, access: Access, community: CommunityRef) -> list[Panel]:
        if not access.can(P.FINANCE_VIEW, community):
            return []
        funds = list(rows(Fund, access, P.FINANCE_VIEW, community).filter(task=row))
        sums, links = sums_by_fund(funds), RowLinks(access, community)
        cells = [
            (links.link(fund), fund.purpose, sums[fund.pk].received, sums[fund.pk].spent, sums[fund.pk].left)
            for fund in funds
        ]
        header = ("专项资金", "用途", "已到账（元）", "已支出（元）", "结余（元）")
        return [Panel("费随事转", header, cells)] if cells else []

    def links(self, row, access: Access, community: CommunityRef) -> list[Link]:
        if not access.can(P.FINANCE, community):
            return []
        return [Link("设立专项资金", f"{FundRegister().url('create', community)}?task={row.pk}")]
