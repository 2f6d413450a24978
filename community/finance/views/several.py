"""Pages of several entries: approve, fill in voucher numbers. All that is sent is done, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.shortcuts import redirect

from community.finance.actions import entries as actions
from community.finance.actions.book import open_from
from community.finance.decisions import ApproveForm, VouchersForm
from community.finance.limits import breaches_by_entry
from community.finance.models import FinanceEntry
from community.finance.views.entries import BookFormPage
from community.finance.vouchers import papers_by_entry, without_number
from portal.access.permissions import Permission as P
from portal.forms.refusals import Refusal
from portal.registers.views import row_of_page

AT_A_TIME = 50
"""Entries on a page on which several are approved, or get their numbers."""


@contextmanager
def _at(entry: FinanceEntry, field: str) -> Iterator[None]:
    """A refusal inside is said at the field of the entry that it is about."""
    try:
        yield
    except Refusal as refusal:
        if refusal.starts_over:
            raise
        raise Refusal(f"{entry}：{refusal}", field) from refusal


class ApprovePage(BookFormPage):
    """Approve waiting entries: one, or the chosen ones of all that somebody else handled. All of them, or none."""

    permission = P.FINANCE_APPROVE
    form_class = ApproveForm
    template_name = "community/finance/approve.html"
    title, button = "审批收支", "审批入账"

    def load(self, row=None):
        entry = row_of_page(self.register, self.request, row, self.permission) if row is not None else None
        if (response := super().load()) is not None:
            return response
        waiting = (
            self.entries()
            .filter(state=FinanceEntry.State.ENTERED)
            .select_related("category", "fund", "handler")
        )
        if entry is not None:
            self.back = self.register.url("detail", self.request.community, entry)
            if entry.state != FinanceEntry.State.ENTERED:
                messages.info(self.request, f"这条记录{entry.get_state_display()}。")
                return redirect(self.back)
            waiting = waiting.filter(pk=entry.pk)
        waiting = list(waiting.order_by("on", "id")[:AT_A_TIME])
        handlers = actions.handlers_of(waiting)
        user = self.request.user
        own = {entry.pk for entry in waiting if any(each.same_person_as(user) for each in handlers[entry.pk])}
        self.own = len(own)
        self.waiting = [entry for entry in waiting if entry.pk not in own]
        return None

    def form_arguments(self):
        return {
            "entries": self.waiting,
            "exceeds": breaches_by_entry(self.waiting),
            "papers": papers_by_entry(self.waiting),
        }

    def extra_context(self, form):
        return {"own": self.own, "most": AT_A_TIME}

    def perform(self, form):
        for entry in form.chosen:
            because = form.value("because", entry)
            with _at(entry, form.name("because" if form.exceeds[entry] else "approve", entry)):
                actions.approve(
                    by=self.request.user,
                    entry=entry,
                    seen_version=form.value("version", entry),
                    over_limit_because=because,
                )
        self.message = f"{len(form.chosen)}笔收支已审批入账。"
        return self.back


class VouchersPage(BookFormPage):
    """Voucher numbers of several entries of open months."""

    form_class = VouchersForm
    template_name = "community/finance/vouchers.html"
    title, button = "补填凭证号", "保存"
    lead = "按街道会计给的编号填写，没有的留空。已月结的月份不列出。"

    def form_arguments(self):
        entries = without_number(self.entries().filter(on__gte=open_from(self.book)))
        return {"entries": entries.select_related("category").order_by("on", "id")[:AT_A_TIME]}

    def perform(self, form):
        for entry, number in form.numbers:
            with _at(entry, form.name("voucher", entry)):
                actions.set_voucher(entry=entry, voucher=number, seen_version=form.value("version", entry))
        self.message = f"已补填{len(form.numbers)}笔的凭证号。"
        return self.back
