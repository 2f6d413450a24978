"""Pages of donations of goods: reception, estimated value, reversal, receipt."""

from django.http import Http404

from community.stock.forms import ReverseForm
from community.stock.views import PaperView, RowPage, StockPage
from partybuilding.goods import actions, papers
from partybuilding.goods.actions import Reception
from partybuilding.goods.forms import DonationForm, EstimateForm
from partybuilding.goods.registers import GoodsDonationRegister


class ReceivePage(StockPage):
    """Goods are given, and go into store."""

    register = GoodsDonationRegister()
    form_class = DonationForm
    template_name = "partybuilding/goods/receive.html"
    title, button = "登记捐物", "登记并入库"
    lead = "一次收到几种物品的，填在一张单上。保存后同时入库，可以打印收条。"

    def form_arguments(self):
        initial = self.chosen("unit").get("initial", {})
        return self.scope() | {"initial": {"receiver": self.request.user.name} | initial}

    def perform(self, form):
        data = form.cleaned_data
        donations = actions.receive(
            by_id=self.request.user.pk,
            community_id=self.request.community.id,
            donor=form.donor,
            goods=form.goods,
            reception=Reception(data["on"], data["receiver"], data["purpose"]),
        )
        words = "、".join(donation.goods for donation in donations)
        self.message = f"已登记{donations[0].donor}捐赠{words}，并入库。"
        return self.register.url("detail", self.request.community, donations[0])


class DonationPage(RowPage):
    """Base: a form about one donation."""

    register = GoodsDonationRegister()


class EstimatePage(DonationPage):
    """Set the estimated value."""

    form_class = EstimateForm
    title, button = "更改估价", "保存"
    lead = "估价只供参考，不是收款，不计入社区收支。"
    message = "估价已保存。"

    def form_arguments(self):
        return {"initial": {"estimated": self.row.estimated}}

    def perform(self, form):
        actions.set_estimate(donation=self.row, estimated=form.cleaned_data["estimated"])
        return self.back


class ReversePage(DonationPage):
    """Reverse a donation that was recorded wrong."""

    form_class = ReverseForm
    title, button = "冲销捐物", "冲销"
    lead = "登记有误的才冲销：物资同时出库，原登记保留。已发放的，先处理发放。"

    def perform(self, form):
        data = form.cleaned_data
        slip = actions.reverse_donation(
            by=self.request.user, donation=self.row, on=data["on"], reason=data["reason"]
        )
        self.message = f"这笔捐赠已由{slip}冲销。"
        return self.back


class PrintReceipt(PaperView):
    """捐赠物资收条, in two copies."""

    register = GoodsDonationRegister()

    def paper(self, row):
        if row.reversed_on:
            raise Http404
        return papers.receipt(self.request, row)
