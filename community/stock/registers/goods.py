"""Registers of items and of the batches in store."""

import django_filters
from django.db.models import Sum
from django.utils import timezone

from community.stock.expiry import WORDS, Shelf, on_shelf, with_notice, word_of
from community.stock.models import StockBatch, StockItem, StockMovement
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.panels import Link, ListTab, Panel, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.registers.row_links import RowLinks

LINE = "物资"
"""Menu line of everything about goods."""


class _ShelfFilter(django_filters.ChoiceFilter):
    """Filter by what is in stock and by expiry, with the dated rule of the community."""

    def __init__(self):
        super().__init__(label="状态", empty_label="全部", choices=list(WORDS.items()))

    def filter(self, queryset, value):
        if not value:
            return queryset
        return on_shelf(queryset, value, timezone.localdate())


def _category_filter(path: str):
    return lambda: django_filters.ChoiceFilter(
        label="类别", empty_label="全部", choices=StockItem.Category.choices, field_name=path
    )


@register
class StockBatchRegister(Register):
    """What is in store, batch by batch; the page of one has its movements."""

    model = StockBatch
    noun = "stockbatch"
    path = "stock"
    title = "库存"
    menu = DeskArea.COUNCIL
    menu_order = 40
    menu_line = LINE
    view = export_right = P.GOODS
    legend = "快到期：离有效期不足期限规定的天数。先到期的先发放；过期的不再发放，办理出库后处理"
    columns = (
        Column("item.name", "物品名称", sort="item__name", width=24),
        Column(
            "category", "类别", value=lambda batch: batch.item.get_category_display(), sort="item__category"
        ),
        Column("on_hand", number=True, width=8),
        Column("measure", "计量单位", value=lambda batch: batch.item.measure, width=8),
        Column("number", text=True, width=14),
        Column("expires_on", sort="expires_on"),
        Column("store", sort="store", width=16),
        Column("shelf", "状态", value=lambda batch: batch.shelf),
    )
    search = ("item__name", "number", "store")
    search_hint = "物品、批号、存放地点"
    filters = (("category", _category_filter("item__category")), ("state", _ShelfFilter))
    order = ("item__category", "item__name", "expires_on", "id")

    def prepare(self, queryset):
        return with_notice(queryset.select_related("item"), timezone.localdate())

    def prefetch_values(self, rows):
        today = timezone.localdate()
        for batch in rows:
            batch.shelf = word_of(batch, today)

    def list_tabs(self, access, community):
        batches, today = rows(StockBatch, access, P.GOODS, community), timezone.localdate()
        shelves = (Shelf.IN_STOCK, Shelf.EXPIRING, Shelf.EXPIRED)
        return [ListTab(WORDS[s], {"state": s}, on_shelf(batches, s, today)) for s in shelves]

    def list_links(self, access, community):
        return [
            Link("入库", community.url("community:stock_in"), primary=True),
            Link("出库", community.url("community:stock_out")),
        ]

    def summary(self, row, access, community):
        parts = [row.item.get_category_display(), f"库存{row.amount}"]
        return [*parts, *([Tag(row.shelf)] if row.shelf else [])]

    def links(self, row, access, community):
        change = Link("更改批号、有效期、存放地点", self.url("marks", community, row))
        if row.on_hand == 0:
            return [change]
        out = f"{community.url('community:stock_out')}?batch={row.pk}"
        return [Link("出库", out, primary=True), change]

    def panels(self, row, access, community):
        movements = rows(StockMovement, access, P.GOODS, community).filter(batch=row)
        links = RowLinks(access, community)
        table = [
            (movement.slip.on, links.link(movement.slip), f"{movement.quantity:+d}", movement.slip.purpose)
            for movement in movements.select_related("slip").order_by("-slip__on", "-pk")[:100]
        ]
        return [Panel("出入库明细", ("日期", "单据", "数量", "用途"), table)]


@register
class StockItemRegister(Register):
    """Items with their units of measure."""

    model = StockItem
    create_label = "登记物品"
    noun = "stockitem"
    path = "stock-items"
    menu = DeskArea.COUNCIL
    menu_order = 47
    menu_line = LINE
    view = edit = export_right = P.GOODS
    columns = (
        Column("name", width=24),
        Column("measure", width=10),
        Column("category"),
        Column("stored", "库存", value=lambda item: item.stored, number=True, width=8),
        Column("note", width=24),
    )
    search = ("name", "note")
    filters = ("category",)
    form_fields = ("name", "measure", "category", "note")
    bulk_fields = ("category", "note")

    def prefetch_values(self, rows):
        batches = StockBatch._default_manager.filter(item__in=[item.pk for item in rows])
        stored = dict(batches.order_by().values_list("item").annotate(Sum("on_hand")))
        for item in rows:
            item.stored = stored.get(item.pk, 0)

    def links(self, row, access, community):
        return [Link("入库", f"{community.url('community:stock_in')}?item={row.pk}", primary=True)]

    def panels(self, row, access, community):
        batches = rows(StockBatch, access, P.GOODS, community).filter(item=row).in_stock()
        links = RowLinks(access, community)
        table = [
            (links.link(batch, batch.number or "未编号"), batch.expires_on or "", batch.store, batch.amount)
            for batch in batches.select_related("item").order_by("expires_on", "pk")
        ]
        return [Panel("库存批次", ("批号", "有效期至", "存放地点", "库存"), table, empty="没有库存")]
