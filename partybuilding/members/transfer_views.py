"""Pages of transfers: out, receipt, cancelling, between branches here, in."""

from django.http import Http404
from django.utils import timezone

from partybuilding.members import papers, posts_and_roles, transfers
from partybuilding.members.registers import MemberRegister, TransferRegister
from partybuilding.members.transfer_forms import (
    ArrivalForm,
    CancelForm,
    MoveForm,
    ReceiptForm,
    TransferOutForm,
)
from partybuilding.members.views import MemberPage, PaperView
from portal.access.permissions import Permission as P
from portal.form_pages.pages import FormPage
from portal.forms.forms import EditConflict
from portal.forms.refusals import StaleForm
from portal.registers.panels import Link
from portal.registers.views import row_of_page
from portal.values.dates import prose_date


class _TransferPage(MemberPage):
    """Base: a transfer of a member of the community, by whoever looks after the party matters of the whole of it.

    Whoever comes second sees what the first one did, beside what they typed.
    """

    permission = P.PARTY

    def act(self, version: int, data: dict):
        """Do it. Raises Refusal, StaleForm."""
        raise NotImplementedError

    def perform(self, form):
        data = dict(form.cleaned_data)
        data.pop("token", None)
        try:
            return self.act(data.pop("version"), data)
        except StaleForm:
            raise self._conflict(form) from None

    def _conflict(self, form) -> EditConflict:
        """What is true now, beside what was typed."""
        now, last = transfers.present_state(self.row)
        target = form.cleaned_data.get("branch") or form.cleaned_data.get("other")
        differences = [
            ("所在支部", str(now.branch), str(target)),
            ("状态", now.get_state_display(), self.title),
        ]
        if last is not None:
            words = f"{prose_date(last.on)}{last.get_direction_display()}：{last.to_words}"
            differences.append(("最近一次转接", words, ""))
        return EditConflict(differences, now.version)


class TransferOut(_TransferPage):
    """Issue a letter to another organisation."""

    form_class = TransferOutForm
    title, button = "转出组织关系", "开具介绍信"
    lead = "开具后打印介绍信交党员本人；收到对方的回执并登记后，党员才从名册转出。转到本社区另一支部的，不用介绍信，请办理“转到另一支部”。"

    def act(self, version, data):
        transfer = transfers.transfer_out(member=self.row, version=version, **data)
        self.message = f"介绍信{transfer.number}已登记，有效期至{prose_date(transfer.valid_until)}。"
        return TransferRegister().url("detail", self.request.community, transfer)


class Move(_TransferPage):
    """Move a member to another branch of this community."""

    form_class = MoveForm
    title, button = "转到另一支部", "转接"

    @property
    def lead(self):
        ends = posts_and_roles.words_of(self.row, timezone.localdate(), self.row.branch)
        return f"接收支部在本社区，不用介绍信和回执，保存后即转到新支部。{ends}"

    def form_arguments(self):
        return {"member": self.row, "access": self.request.access, "community": self.request.community}

    def act(self, version, data):
        transfer = transfers.move_between(member=self.row, version=version, **data)
        self.message = f"{self.row}已转到{transfer.to_branch}，本社区内互转不用介绍信。"
        return self.back


class Arrival(MemberPage):
    """Record from where a member came."""

    permission = P.PARTY
    form_class = ArrivalForm
    title, button = "登记转入", "保存"
    lead = "先在党员名册登记这名党员，再记下介绍信上的原党组织；介绍信作为附件上传，回执寄回原党组织。"

    def form_arguments(self):
        return {}

    def perform(self, form):
        names = ("other", "on", "reason")
        transfer = transfers.record_arrival(member=self.row, **{n: form.cleaned_data[n] for n in names})
        self.message = f"{self.row}的转入已登记，请把回执寄回{transfer.other}。"
        return TransferRegister().url("detail", self.request.community, transfer)


class _LetterPage(FormPage):
    """Base: what becomes of a letter."""

    permission = P.PARTY

    def load(self, row):
        register = TransferRegister()
        self.row = row_of_page(register, self.request, row, self.permission)
        self.back = register.url("detail", self.request.community, self.row)
        lists = register.url("list", self.request.community)
        self.trail = [Link(register.heading, lists), Link(str(self.row), self.back)]


class Receipt(_LetterPage):
    """The other organisation took the member over."""

    form_class = ReceiptForm
    title = button = "登记回执"

    @property
    def lead(self):
        ends = posts_and_roles.words_of(self.row.member, timezone.localdate())
        return f"登记后，党员自回执日期起转出名册。{ends}"

    def perform(self, form):
        transfers.record_receipt(transfer=self.row, on=form.cleaned_data["on"])
        self.message = f"{self.row.member}的组织关系已转出。"
        return MemberRegister().url("detail", self.request.community, self.row.member)


class Cancel(_LetterPage):
    """Take a letter back."""

    form_class = CancelForm
    title = button = "撤回介绍信"
    lead = "请收回介绍信原件；编号保留，不再使用。"

    def perform(self, form):
        names = ("on", "reason")
        transfers.cancel_transfer(transfer=self.row, **{n: form.cleaned_data[n] for n in names})
        self.message = f"介绍信{self.row.number}已撤回。"
        return self.back


class Letter(PaperView):
    """介绍信 as PDF."""

    register = TransferRegister()

    def get_permission(self):
        return P.PARTY

    def paper(self, row):
        if row.serial is None:
            raise Http404
        return papers.letter(self.request, row)
