"""Register of stocktakes."""

from collections import defaultdict

from community.stock.models import Stocktake, StocktakeLine
from community.stock.registers.goods import LINE
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.filter_fields import date_range
from portal.registers.panels import Link, Panel
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.registers.row_links import RowLinks
from portal.retention.data_categories import Retention


@register
class StocktakeRegister(Register):
    """Stocktakes with their differences and explanations."""

    model = Stocktake
    noun = "stocktake"
    menu = DeskArea.COUNCIL
    menu_order = 46
    menu_line = LINE
    purpose = "核对物资账面数和实有数"
    retention = Retention("盘点", "on", years=10)
    view = export_right = P.GOODS
    attachments = True
    columns = (
        Column("on"),
        Column("counters", width=20),
        Column("batches", "盘点批次", value=lambda stocktake: len(stocktake.counted), number=True),
        Column("differing", "有差异", value=lambda stocktake: _differing(stocktake.counted), number=True),
        Column("slip", "调整单", value=lambda stocktake: str(stocktake.slip or ""), width=16),
        Column("note", width=24),
    )
    search = ("counters", "note")
    filters = (("on", date_range("盘点日期")),)
    cell_targets = {"slip": "slip"}

    def prepare(self, queryset):
        return queryset.select_related("slip")

    def prefetch_values(self, rows):
        counted: dict[int, list[StocktakeLine]] = defaultdict(list)
        for line in StocktakeLine._default_manager.filter(stocktake__in=[row.pk for row in rows]):
            counted[line.stocktake_id].append(line)
        for stocktake in rows:
            stocktake.counted = counted[stocktake.pk]

    def list_links(self, access, community):
        return [Link("盘点", community.url("community:stocktake_record"), primary=True)]

    def panels(self, row, access, community):
        links = RowLinks(access, community)
        lines = rows(StocktakeLine, access, P.GOODS, community).filter(stocktake=row)
        table = [
            (
                links.link(line.batch),
                line.batch.store,
                line.booked,
                line.counted,
                f"{line.difference:+d}" if line.difference else "",
                line.explanation,
            )
            for line in lines.select_related("batch__item").order_by("pk")
        ]
        return [Panel("盘点明细", ("物品", "存放地点", "账面数", "实盘数", "差异", "差异说明"), table)]


def _differing(lines: list[StocktakeLine]) -> int:
    return sum(line.difference != 0 for line in lines)
