"""Acts on agreements and promises, and the printed agreement."""

from django.contrib import messages
from django.shortcuts import redirect

from community.agreements import actions, papers
from community.agreements.forms import EndForm, RenewForm, SignForm, UnfulfilledForm
from community.agreements.models import Promise
from community.agreements.promise_registers import PromiseRegister
from community.agreements.registers import AgreementRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.form_pages.pages import FormPage
from portal.forms.forms import PlainForm
from portal.pdf.rendering import PdfError
from portal.registers.panels import Link
from portal.registers.views import RegisterView, row_of_page
from portal.values.dates import prose_date


class _RowPage(FormPage):
    """Base: a form about one row of a register."""

    permission = P.AGREEMENTS
    form_class = PlainForm

    def load(self, row):
        community = self.request.community
        self.row = row_of_page(self.register, self.request, row, self.permission)
        self.back = self.register.url("detail", community, self.row)
        lists = self.register.url("list", community)
        self.trail = [Link(self.register.heading, lists), Link(str(self.row), self.back)]


class AgreementPage(_RowPage):
    register = AgreementRegister()


class Sign(AgreementPage):
    """Put a draft into force."""

    form_class = SignForm
    title = button = "签订生效"
    lead = "双方签字盖章后登记。单位列为共建单位；续签的，原协议改为已续签。"

    def perform(self, form):
        row = actions.sign(agreement=self.row, on=form.cleaned_data["on"])
        added = "，单位已列为共建单位" if row.made_cobuilding else ""
        self.message = f"协议已生效{added}，请把签字盖章的协议上传为附件。"
        return self.back


class TakeBack(AgreementPage):
    """Make an agreement that was signed by mistake a draft again."""

    title = button = "退回草稿"
    lead = "登记有误的才退回；随签订列入的共建单位和原协议的状态也随之恢复。"
    message = "协议已退回草稿。"

    def perform(self, form):
        actions.take_back_signature(agreement=self.row)
        return self.back


class Renew(AgreementPage):
    """Draft the next agreement."""

    form_class = RenewForm
    title, button = "续签协议", "拟定续签协议"
    lead = "按原协议拟一份草稿，签订生效后原协议改为已续签。"

    def form_arguments(self):
        promises = rows(Promise, self.request.access, P.AGREEMENTS, self.request.community)
        return {"agreement": self.row, "promises": promises.filter(agreement=self.row)}

    def perform(self, form):
        data = form.cleaned_data
        new = actions.renew(
            agreement=self.row,
            start=data["start"],
            end=data["end"],
            promises=list(data.get("promises") or ()),
        )
        self.message = "续签协议已拟好，核对承诺事项后办理签订。"
        return self.register.url("detail", self.request.community, new)


class End(AgreementPage):
    """End an agreement before or after its term."""

    form_class = EndForm
    title = button = "终止协议"
    lead = "尚未履行的承诺随协议终止，已有的履行记录保留。"

    def perform(self, form):
        data = form.cleaned_data
        row = actions.end(agreement=self.row, on=data["on"], reason=data["reason"])
        self.message = f"协议已于{prose_date(row.ended_on)}终止。"
        return self.back


class Restore(AgreementPage):
    """Take the end of an agreement back."""

    title = button = "恢复协议"
    lead = "终止登记有误的才恢复；尚未履行的承诺恢复为待履行。"
    message = "协议已恢复。"

    def perform(self, form):
        actions.restore(agreement=self.row)
        return self.back


class Paper(RegisterView):
    """The agreement (共建协议) as PDF in official layout."""

    register = AgreementRegister()

    def get(self, request, row):
        agreement = self.get_row()
        try:
            return papers.agreement_paper(request, agreement)
        except PdfError as error:
            messages.error(request, str(error))
            return redirect(self.url("detail", agreement))


class PromisePage(_RowPage):
    register = PromiseRegister()


class Unfulfilled(PromisePage):
    """Record that a promise was not fulfilled."""

    form_class = UnfulfilledForm
    title = button = "认定未履行"
    lead = "到期没有履行、也不再履行的，写明原因。"
    message = "已认定未履行。"

    def perform(self, form):
        data = form.cleaned_data
        actions.mark_unfulfilled(promise=self.row, on=data["on"], reason=data["reason"])
        return self.back


class Reopen(PromisePage):
    """Make a promise one that is to be fulfilled again."""

    title = button = "恢复待履行"
    lead = "履行记录保留；未履行的原因清除，变更记录中仍可查到。"
    message = "已恢复待履行。"

    def perform(self, form):
        actions.reopen(promise=self.row)
        return self.back
