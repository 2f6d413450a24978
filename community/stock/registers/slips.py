"""Register of slips on which goods come in and go out."""

from collections import defaultdict

import django_filters
from django.db.models import Exists, OuterRef, Q

from community.stock.models import StockItem, StockMovement, StockSlip
from community.stock.registers.goods import LINE
from community.stock.sources import may_reverse, sources_of, with_reversals
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.filter_fields import date_range
from portal.registers.panels import Link, Panel, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.registers.row_links import RowLinks
from portal.registers.search_words import word_condition
from portal.retention.data_categories import Retention

_NAMED = 4
"""Items that a cell names."""


class _ItemFilter(django_filters.ModelChoiceFilter):
    """Slips on which an item moved."""

    def __init__(self):
        super().__init__(label="物品", empty_label="全部", queryset=_items)

    def filter(self, queryset, value):
        return queryset.filter(_moves(batch__item=value)) if value else queryset


def _items(request):
    return rows(StockItem, request.access, P.GOODS, request.community)


def _moves(**condition) -> Exists:
    """Condition: a slip moves such a batch."""
    movements = StockMovement._default_manager.filter(
        community=OuterRef("community"), slip=OuterRef("pk"), **condition
    )
    return Exists(movements)


def goods_in_words(movements: list[StockMovement]) -> str:
    """大米20袋、食用油20桶, without signs; of many items the first."""
    totals: dict[StockItem, int] = defaultdict(int)
    for movement in movements:
        totals[movement.batch.item] += abs(movement.quantity)
    words = [f"{item.name}{item.amount(total)}" for item, total in totals.items()]
    more = f"等{len(words)}种" if len(words) > _NAMED else ""
    return f"{'、'.join(words[:_NAMED])}{more}"


@register
class StockSlipRegister(Register):
    """Slips, the latest first. What was booked wrong is reversed and stays listed."""

    model = StockSlip
    noun = "stockslip"
    path = "stock-slips"
    menu = DeskArea.COUNCIL
    menu_order = 41
    menu_line = LINE
    purpose = "登记物资进出，与库存核对"
    retention = Retention("出入库", "on", years=30, erases=("party",))
    view = export_right = P.GOODS
    attachments = P.GOODS
    columns = (
        Column("number", "单号", value=lambda slip: slip.number, sort="year serial", text=True),
        Column("kind", width=10),
        Column("on"),
        Column("goods", "物品和数量", value=lambda slip: slip.goods, width=36),
        Column("party", "来源或领用人", width=20),
        Column("purpose", width=30),
        Column("by.name", "经手人", sort="by__name", listed=False, optional=True),
        Column("state", "状态", value=lambda slip: slip.standing, width=10),
    )
    search = ("party", "purpose", "goods")
    search_hint = "物品、来源、领用人、用途"
    filters = ("kind", ("item", _ItemFilter), ("on", date_range("日期")))
    order = ("-on", "-id")

    def prepare(self, queryset):
        return queryset.select_related("by")

    def prefetch_values(self, rows):
        by_slip: dict[int, list[StockMovement]] = defaultdict(list)
        movements = StockMovement._default_manager.filter(slip__in=[slip.pk for slip in rows])
        for movement in with_reversals(movements):
            by_slip[movement.slip_id].append(movement)
        for slip in rows:
            slip.lines = by_slip[slip.pk]
            slip.goods = goods_in_words(slip.lines)
            slip.standing = _standing(slip.lines)

    def word_condition(self, name, word, access, community):
        if name == "goods":
            found = StockMovement._default_manager.of(community)
            return Q(pk__in=found.filter(word_condition("batch__item__name", word)).values("slip"))
        return super().word_condition(name, word, access, community)

    def list_links(self, access, community):
        return [
            Link("入库", community.url("community:stock_in"), primary=True),
            Link("出库", community.url("community:stock_out")),
        ]

    def summary(self, row, access, community):
        return [row.get_kind_display(), *([Tag(row.standing)] if row.standing else [])]

    def links(self, row, access, community):
        links = [Link("打印", self.url("print", community, row), primary=True)]
        if may_reverse(row, row.lines, _sources(row, access, community)):
            links.append(Link("冲销", self.url("reverse", community, row)))
        return links

    def panels(self, row, access, community):
        links = RowLinks(access, community)
        table = [
            (
                links.link(movement.batch),
                movement.batch.store,
                f"{movement.quantity:+d}",
                movement.batch.item.measure,
                _reversal(movement, links),
            )
            for movement in row.lines
        ]
        panels = [Panel("明细", ("物品", "存放地点", "数量", "计量单位", "冲销"), table)]
        if sources := _sources(row, access, community):
            panels.append(Panel("由来", ("登记",), [(links.link(source),) for source in sources]))
        return panels


def _sources(row: StockSlip, access, community) -> list:
    """What the slip was written for, asked once a page."""
    if not hasattr(row, "sources"):
        row.sources = sources_of(row, access, community)
    return row.sources


def _standing(movements: list[StockMovement]) -> str:
    if any(movement.reverses_id for movement in movements):
        return "冲销单"
    undone = [movement for movement in movements if list(movement.reversal.all())]
    if not undone:
        return ""
    return "已冲销" if len(undone) == len(movements) else "部分冲销"


def _reversal(movement: StockMovement, links: RowLinks):
    if movement.reverses:
        return links.link(movement.reverses.slip)
    reversals = list(movement.reversal.all())
    return links.link(reversals[0].slip) if reversals else ""
