"""Pages of dues: what a member is to pay, a payment, a void receipt, and the numbers by branch."""

from django.db.models import Sum
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from community.dated_rules.rules import value_of
from partybuilding.members import dues, papers
from partybuilding.members.arrears import by_branch
from partybuilding.members.dues_forms import PaymentForm, VoidForm, YearForm
from partybuilding.members.dues_registers import DuesPaymentRegister
from partybuilding.members.models import DuesPayment
from partybuilding.members.registers import MemberRegister
from partybuilding.members.rules import DUES_DUE_MONTHS
from partybuilding.members.views import MemberPage, PaperView
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.form_pages.pages import FormPage
from portal.registers.panels import Link
from portal.registers.views import row_of_page


class SetYear(MemberPage):
    """Set what a member pays a month in a year."""

    form_class = YearForm
    title, button = "核定党费", "保存"
    lead = "按年度核定；已缴的月份不变。比例见“期限规定”中的党费各档。"

    def form_arguments(self):
        return {}

    def perform(self, form):
        data = form.cleaned_data
        row = dues.set_year(member=self.row, year=data["year"], base=data["base"], monthly=data["monthly"])
        words = f"，比例{row.rate_words}" if row.rate is not None else ""
        self.message = f"{self.row}{row.year}年每月应缴{row.monthly}元{words}。"
        return self.back


class Pay(MemberPage):
    """Record a payment, several months at once."""

    form_class = PaymentForm
    title, button = "登记缴纳党费", "登记"

    def form_arguments(self):
        unpaid = dues.unpaid_months(self.row, dues.paid_months(self.row), timezone.localdate())
        this_month = timezone.localdate().replace(day=1)
        return {"proposed": (unpaid[0], unpaid[-1]) if unpaid else (this_month, None)}

    def perform(self, form):
        data = form.cleaned_data
        payment = dues.pay(
            member=self.row,
            months=data["months"],
            paid_on=data["paid_on"],
            manner=data["manner"],
            amount=data["amount"],
            note=data["note"],
            collector=self.request.user.name,
        )
        self.message = f"已登记{payment.period}党费{payment.amount}元，收据{payment.number}。"
        return DuesPaymentRegister().url("detail", self.request.community, payment)


class Void(FormPage):
    """Void a receipt."""

    permission = P.BRANCH
    form_class = VoidForm
    title = button = "作废收据"
    lead = "作废后这些月份恢复为未缴；编号保留，不再使用。请收回收据原件。"

    def load(self, row):
        register = DuesPaymentRegister()
        self.row = row_of_page(register, self.request, row, self.permission)
        self.back = register.url("detail", self.request.community, self.row)
        lists = register.url("list", self.request.community)
        self.trail = [Link(register.heading, lists), Link(str(self.row), self.back)]

    def perform(self, form):
        dues.void_payment(payment=self.row, reason=form.cleaned_data["reason"])
        self.message = f"{self.row}已作废。"
        return self.back


class PrintReceipt(PaperView):
    """党费收据 as PDF, in two copies."""

    register = DuesPaymentRegister()

    def paper(self, row):
        if row.serial is None or row.voided_on:
            raise Http404
        return papers.receipt(self.request, row)


@needs(P.BRANCH)
def overview(request):
    """Dues by branch: who pays, who owes, what came in this year and last year."""
    access, community, today = request.access, request.community, timezone.localdate()
    least = value_of(community, DUES_DUE_MONTHS, today)
    members = MemberRegister().url("list", community)
    payments = rows(DuesPayment, access, P.BRANCH, community).valid()
    years = [
        (year, payments.filter(paid_on__year=year).aggregate(sum=Sum("amount"))["sum"] or 0)
        for year in (today.year, today.year - 1)
    ]
    context = {
        "lines": [
            (
                line,
                f"{members}?branch={line.branch.pk}&unpaid=owing",
                f"{members}?branch={line.branch.pk}&unpaid=long",
            )
            for line in by_branch(access, community, today, least)
        ],
        "least": least,
        "years": years,
    }
    return render(request, "partybuilding/members/dues.html", context)
