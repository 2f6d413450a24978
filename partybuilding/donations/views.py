"""Pages of donations: receive money, lapse, restore, use, the tracking code, the printed receipt."""

from django.db.models import Q
from django.http import Http404

from community.objections.slips import keep_code, kept_code, slip_of
from partybuilding.donations import papers
from partybuilding.donations.actions import donations, receipts, uses
from partybuilding.donations.forms import (
    CodeForm,
    LapseForm,
    PrintForm,
    ReceiveForm,
    TakeBackForm,
)
from partybuilding.donations.registers import (
    DonationReceiptRegister,
    DonationRegister,
    DonationUseRegister,
)
from partybuilding.donations.use_forms import UseForm, expenses_to_link, receipts_with_money
from portal.access.permissions import Permission as P
from portal.form_pages.pages import ActionPage, FormPage
from portal.forms.refusals import Refusal
from portal.registers.panels import Link
from portal.registers.row_links import RowLinks
from portal.registers.views import RegisterView, row_of_page


class _RowPage(FormPage):
    """Base: a page about one row of a register, with the way back to it."""

    permission = P.DONATIONS
    register = DonationRegister()

    def load(self, row):
        self.row = row_of_page(self.register, self.request, row, P.DONATIONS)
        self.back = self.register.url("detail", self.request.community, self.row)
        lists = self.register.url("list", self.request.community)
        self.trail = [Link(self.register.heading, lists), Link(str(self.row), self.back)]


class Receive(_RowPage):
    """Money came of a donation: entry and receipt are made together."""

    permission = P.FINANCE
    form_class = ReceiveForm
    title, button = "登记收款", "登记并开收据"

    def load(self, row):
        super().load(row)
        self.rest = self.row.amount - self.row.booked - self.row.waiting
        self.lead = (
            f"{self.row.donor}捐款{self.row.amount}元，还应收{self.rest}元。"
            "登记后记入账本，等待审批；审批入账后可以打印收据。"
        )

    def form_arguments(self):
        return {"access": self.request.access, "community": self.request.community, "rest": self.rest}

    def perform(self, form):
        data = form.cleaned_data
        receipt = receipts.receive(
            by=self.request.user,
            donation=self.row,
            category=data["category"],
            amount=data["amount"],
            on=data["on"],
            manner=data["manner"],
            voucher=data["voucher"],
        )
        self.message = f"已登记收款{receipt.amount}元，收据{receipt.number}，等待审批入账。"
        return self.back


class Lapse(_RowPage):
    """What is still missing will not come."""

    form_class = LapseForm
    title, button = "登记未兑现", "登记"
    lead = "承诺的款不再到账时登记；已收的部分不受影响，以后到账的可以恢复。"

    def perform(self, form):
        donations.lapse(donation=self.row, because=form.cleaned_data["because"])
        self.message = "已登记为未兑现。"
        return self.back


class Restore(ActionPage):
    """Take back that a donation lapsed."""

    permission = P.DONATIONS

    def load(self, row):
        register = DonationRegister()
        self.row = row_of_page(register, self.request, row, self.permission)
        self.back = register.url("detail", self.request.community, self.row)

    def perform(self):
        donations.restore(donation=self.row)
        self.message = "已恢复，可以继续登记收款。"
        return self.back


class Use(_RowPage):
    """What money of a donation was spent on."""

    form_class = UseForm
    title, button = "登记捐款使用", "登记"

    def load(self, row):
        super().load(row)
        self.lead = f"{self.row}，结余{self.row.left}元。选这笔钱用在哪笔支出，一笔支出可以由几笔捐款分担。"

    def form_arguments(self):
        access, community = self.request.access, self.request.community
        found = receipts_with_money(access, community).filter(donation=self.row)
        if (chosen := self.request.GET.get("receipt", "")).isdecimal():
            found = found.filter(pk=int(chosen))
        entries = expenses_to_link(access, community)
        if self.row.fund_id:
            entries = entries.filter(fund=self.row.fund_id)
        return {"receipts": found, "entries": entries}

    def perform(self, form):
        data = form.cleaned_data
        use = uses.record_use(
            receipt=data["receipt"], entry=data["entry"], amount=data["amount"], words=data["words"]
        )
        self.message = f"已登记使用{use.amount}元。"
        return self.back


class UseOfEntry(FormPage):
    """Which donations paid for an expense: the same act, from the page of the expense."""

    permission = P.DONATIONS
    form_class = UseForm
    title, button = "登记捐款使用", "登记"

    def load(self, row):
        request = self.request
        entries = expenses_to_link(request.access, request.community)
        self.entries = entries.filter(uuid=row)
        self.entry = self.entries.first()
        if self.entry is None:
            raise Http404
        self.back = RowLinks(request.access, request.community).url(self.entry) or DonationUseRegister().url(
            "list", request.community
        )
        self.lead = f"支出：{self.entry}，{self.entry.amount}元，还可由捐款支出{self.entry.rest}元。"

    def form_arguments(self):
        found = receipts_with_money(self.request.access, self.request.community)
        found = found.filter(on__lte=self.entry.on)
        # Money of a fund pays for what is booked in the fund; other money for anything.
        found = found.filter(Q(entry__fund__isnull=True) | Q(entry__fund=self.entry.fund_id))
        return {"receipts": found, "entries": self.entries}

    perform = Use.perform


class EndUse(_RowPage):
    """A use that was linked by mistake."""

    register = DonationUseRegister()
    form_class = TakeBackForm
    title = button = "取消捐款使用"
    lead = "关联有误时取消，这部分钱恢复为结余；记录保留。"

    def perform(self, form):
        uses.take_back(use=self.row, because=form.cleaned_data["because"])
        self.message = "已取消，这部分钱恢复为结余。"
        return self.back


class PrintReceipt(_RowPage):
    """收据 as PDF. The first one of a donation brings its tracking code."""

    register = DonationReceiptRegister()
    form_class = PrintForm
    title, button = "打印收据", "生成收据（PDF，两联）"
    paper = None

    def load(self, row):
        super().load(row)
        if self.row.voided_on:
            self.lead = "这张收据已作废，不能打印。"
        elif not self.row.is_booked:
            self.lead = "收款还没有审批入账，入账后才能打印收据。"
        elif self.row.donation.code_hash is None:
            self.lead = (
                "这是该笔捐款第一次打印收据，捐款人联印有查询码。查询码只印这一次，遗失的核对本人后补发。"
            )
        else:
            self.lead = "查询码已印在首次打印的收据上，这次不再印；遗失的请在捐款页面“补发查询码”。"

    def perform(self, form):
        if not self.row.is_booked:
            raise Refusal(f"收据{self.row.number}{self.row.state_word}，不能打印")
        code = ""
        if self.row.donation.code_hash is None:
            _, code = form.cleaned_data["ticket"]
            donations.set_code(donation=self.row.donation, code=code)
        self.paper = papers.receipt(self.request, self.row, code)
        return self.back

    def respond(self, url):
        return self.paper


class NewCode(_RowPage):
    """Replace a lost tracking code, after the donor was checked."""

    form_class = CodeForm
    title, button = "补发查询码", "补发"
    lead = "请先核对是捐款人本人。补发后，原来的查询码不能再用。"

    def perform(self, form):
        _, code = form.cleaned_data["ticket"]
        donations.set_code(donation=self.row, code=code, checked=form.cleaned_data["checked"])
        return keep_code(self.request, _code_url(self.request, self.row), code)


def _code_url(request, row) -> str:
    return request.community.url("partybuilding:donation_code", row=row.uuid)


class CodePage(RegisterView):
    """The slip with a new tracking code; the clerk who replaced it sees it for a day."""

    register = DonationRegister()

    def get(self, request, row):
        donation = self.get_row()
        context = slip_of(kept_code(request, _code_url(request, donation))) | {
            "row": donation,
            "place": donation.community,
            "back": self.url("detail", donation),
        }
        return self.page("partybuilding/donations/code.html", **context)
