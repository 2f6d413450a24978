"""Pages of goods in store: in, out, reversal, stocktake, marks of a batch, the printed slip."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone

from community.stock import papers
from community.stock.actions import booking
from community.stock.actions.booking import Head
from community.stock.actions.stocktakes import record_stocktake
from community.stock.batch_form import BatchForm
from community.stock.forms import InForm, OutForm, ReverseForm, StocktakeForm
from community.stock.models import StockBatch
from community.stock.registers import StockBatchRegister, StockSlipRegister, StocktakeRegister
from community.stock.sources import may_reverse, movements_of, sources_of
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.attachments import store
from portal.form_pages.pages import FormPage
from portal.forms.refusals import Refusal
from portal.pdf.rendering import PdfError
from portal.registers.panels import Link
from portal.registers.views import RegisterView, row_of_page


class StockPage(FormPage):
    """Base: a page below the list of a register."""

    permission = P.GOODS
    register = StockBatchRegister()

    def load(self):
        self.back = self.register.url("list", self.request.community)
        self.trail = [Link(self.register.heading, self.back)]

    def scope(self) -> dict:
        """Arguments of forms that choose rows."""
        return {"access": self.request.access, "community": self.request.community}

    def chosen(self, name: str) -> dict:
        """Initial value of a choice that the address names."""
        key = self.request.GET.get(name, "")
        return {"initial": {name: int(key)}} if key.isdecimal() and len(key) < 18 else {}


class RowPage(StockPage):
    """Base: a form about one row of the register."""

    def load(self, row):
        super().load()
        self.row = row_of_page(self.register, self.request, row, self.permission)
        self.back = self.gone = self.register.url("detail", self.request.community, self.row)
        self.trail = [*self.trail, Link(str(self.row), self.back)]


def _head(data: dict) -> Head:
    return Head(data["on"], data["party"], data["purpose"])


class InPage(StockPage):
    """Goods come in."""

    form_class = InForm
    title, button = "入库", "登记入库"
    lead = "物品、批号、有效期、存放地点都相同的，并入原来的批次。"

    def form_arguments(self):
        return self.scope() | self.chosen("item")

    def perform(self, form):
        data = form.cleaned_data
        names = ("item", "number", "expires_on", "store")
        batch = booking.batch_of(**{name: data[name] for name in names})
        slip = booking.bring_in(
            by=self.request.user, batch=batch, quantity=data["quantity"], head=_head(data)
        )
        self.message = f"已登记{slip}：{batch.item.name}{batch.item.amount(data['quantity'])}入库。"
        return StockSlipRegister().url("detail", self.request.community, slip)


class OutPage(StockPage):
    """Goods go out."""

    form_class = OutForm
    title, button = "出库", "登记出库"
    lead = "发给名单上各人的，请用“发放”办理。"

    def form_arguments(self):
        return self.scope() | self.chosen("batch")

    def perform(self, form):
        data = form.cleaned_data
        batch = data["batch"]
        slip = booking.take_out(
            by=self.request.user, batch=batch, quantity=data["quantity"], head=_head(data)
        )
        if data["signature"]:
            store.add(slip, "领用人签名.png", data["signature"], by=self.request.user, is_new=True)
        self.message = f"已登记{slip}：{batch.item.name}{batch.item.amount(data['quantity'])}出库。"
        return StockSlipRegister().url("detail", self.request.community, slip)


class ReversePage(RowPage):
    """Reverse a slip."""

    register = StockSlipRegister()
    form_class = ReverseForm
    title, button = "冲销", "冲销这张单"
    lead = "冲销后库存恢复，原单和冲销单都保留。需要更正的，冲销后重新登记。"

    def perform(self, form):
        sources = sources_of(self.row, self.request.access, self.request.community)
        if not may_reverse(self.row, movements_of(self.row), sources):
            raise Refusal("这张单不能在这里冲销；由捐物、发放或盘点产生的，请到原登记办理")
        data = form.cleaned_data
        slip = booking.reverse_slip(by=self.request.user, slip=self.row, on=data["on"], reason=data["reason"])
        self.message = f"{self.row}已由{slip}冲销。"
        return self.back


class MarksPage(RowPage):
    """Number, expiry and place of a batch, as they are marked on it."""

    form_class = BatchForm
    title, button = "更改批号、有效期、存放地点", "保存"
    message = "已保存。"

    def form_arguments(self):
        return self.scope() | {"instance": self.row}

    def perform(self, form):
        form.save()
        return self.back


class StocktakePage(StockPage):
    """Count what is in store."""

    register = StocktakeRegister()
    form_class = StocktakeForm
    template_name = "community/stock/stocktake.html"
    title, button = "盘点", "保存盘点"
    lead = "逐批填写实盘数；与账面数不同的写明原因，保存时自动调整库存。没有盘点的批次留空。"

    def load(self):
        super().load()
        batches = rows(StockBatch, self.request.access, P.GOODS, self.request.community).in_stock()
        self.batches = list(
            batches.select_related("item").order_by("store", "item__name", "expires_on", "pk")
        )

    def form_arguments(self):
        return {"batches": self.batches}

    def perform(self, form):
        data = form.cleaned_data
        stocktake = record_stocktake(
            by=self.request.user,
            community_id=self.request.community.id,
            on=data["on"],
            counters=data["counters"],
            note=data["note"],
            counts=form.counts,
        )
        adjusted = f"，差异已由{stocktake.slip}调整" if stocktake.slip else "，账实相符"
        self.message = f"已登记{stocktake}{adjusted}。"
        return self.register.url("detail", self.request.community, stocktake)


class PaperView(RegisterView):
    """A paper about a row, as PDF; where none comes about, back to the row with the sentence."""

    def paper(self, row):
        """Raises PdfError."""
        raise NotImplementedError

    def get(self, request, row):
        instance = self.get_row()
        try:
            return self.paper(instance)
        except PdfError as error:
            messages.error(request, str(error))
            return redirect(self.url("detail", instance))


class PrintSlip(PaperView):
    """物资出入库单."""

    register = StockSlipRegister()

    def paper(self, row):
        return papers.slip(self.request, row, timezone.localdate())
