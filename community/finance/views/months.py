"""Pages of months: close, reopen, review by the democratic finance group, answer."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from community.finance import forms
from community.finance.actions import months as actions
from community.finance.actions.book import open_from
from community.finance.balances import book_of, last_day, numbers_of
from community.finance.models import FinanceEntry, FinanceMonth, FinanceReview
from community.finance.registers import FinanceEntryRegister, FinanceMonthRegister
from community.finance.vouchers import lacking
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.form_pages.pages import FormPage
from portal.registers.panels import Link
from portal.registers.views import row_of_page
from portal.values.months import month_after, month_word

_SHOWN = 20
"""Entries that the page names; of more, the number."""


class ClosePage(FormPage):
    """Close the next month: its numbers, what waits, what lacks a voucher, and the button."""

    permission = P.FINANCE
    form_class = forms.CloseForm
    template_name = "community/finance/close.html"
    title, button = "月结", "月结"
    register = FinanceMonthRegister()

    def load(self):
        community = self.request.community
        self.back = self.register.url("list", community)
        self.trail = [Link(self.register.heading, self.back)]
        self.book = book_of(community)
        if self.book is None:
            messages.info(self.request, "请先启用账本。")
            return redirect(community.url("community:finance_book"))
        self.month = open_from(self.book)
        self.title = f"{month_word(self.month)}月结"
        self.is_over = month_after(self.month) <= timezone.localdate()
        return None

    def form_arguments(self):
        return {"initial": {"month": f"{self.month:%Y-%m}"}}

    def extra_context(self, form):
        access, community = self.request.access, self.request.community
        entries = rows(FinanceEntry, access, P.FINANCE_VIEW, community)
        entries = entries.between(self.month, last_day(self.month)).order_by("on", "id")
        waiting, without = list(entries.waiting()), list(lacking(entries.booked()))
        return {
            "month": self.month,
            "numbers": numbers_of(community, self.month, self.book),
            "waiting": self._links(waiting),
            "lacking": self._links(without),
            "is_over": self.is_over,
            "opens_on": month_after(self.month),
        }

    def _links(self, entries) -> tuple[int, list[tuple]]:
        """The number of entries, and the first of them with their address."""
        url = FinanceEntryRegister().url
        shown = [(entry, url("detail", self.request.community, entry)) for entry in entries[:_SHOWN]]
        return len(entries), shown

    def perform(self, form):
        community, month = self.request.community, form.cleaned_data["month"]
        closing = actions.close_month(by=self.request.user, community=community, month=month)
        self.message = f"{month_word(month)}已月结，期末余额{closing.closing}元。"
        return self.register.url("detail", community, closing)


class _ClosingPage(FormPage):
    """Base: a form about one closing."""

    register = FinanceMonthRegister()

    def load(self, row):
        self.set_closing(row_of_page(self.register, self.request, row, self.permission))

    def set_closing(self, closing: FinanceMonth) -> None:
        community = self.request.community
        self.closing = closing
        self.back = self.register.url("detail", community, closing)
        self.trail = [
            Link(self.register.heading, self.register.url("list", community)),
            Link(str(closing), self.back),
        ]


class ReopenPage(_ClosingPage):
    """Reopen a month, and the later ones with it."""

    permission = P.FINANCE_APPROVE
    form_class = forms.ReopenForm
    button = "重开"

    def load(self, row):
        super().load(row)
        self.title = f"重开{self.closing}"
        if self.closing.reopened_at:
            return
        later = actions.reopened_with(self.closing)[1:]
        words = "重开后可以补记和冲销，改好后请重新月结。"
        if later:
            words += (
                f"以后的月份余额从这里接着算，{'、'.join(map(str, later))}一并重开，要逐月重新月结和审核。"
            )
        self.lead = words

    def perform(self, form):
        because = form.cleaned_data["because"]
        closings = actions.reopen_month(by=self.request.user, closing=self.closing, because=because)
        self.message = f"{'、'.join(map(str, closings))}已重开。"
        return self.back


class ReviewPage(_ClosingPage):
    """The mark of a member of the democratic finance group on a month."""

    permission = P.FINANCE_REVIEW
    form_class = forms.ReviewForm
    button, message = "提交审核意见", "审核意见已提交。"

    def load(self, row):
        super().load(row)
        closing = self.closing
        self.title = f"审核{closing}账目"
        self.lead = (
            f"期初{closing.opening}元，收入{closing.income}元，支出{closing.expense}元，"
            f"期末{closing.closing}元，共{closing.entries}笔。"
        )

    def perform(self, form):
        data = form.cleaned_data
        actions.review(
            by=self.request.user, closing=self.closing, verdict=data["verdict"], remark=data["remark"]
        )
        return self.back


class AnswerPage(_ClosingPage):
    """The answer to an objection."""

    permission = P.FINANCE
    form_class = forms.AnswerForm
    title, button, message = "答复异议", "答复", "已答复。"

    def load(self, review):
        reviews = rows(FinanceReview, self.request.access, self.permission, self.request.community)
        reviews = reviews.filter(verdict=FinanceReview.Verdict.OBJECTED).select_related("closing", "reviewer")
        self.review = get_object_or_404(reviews, uuid=review)
        self.set_closing(self.review.closing)
        self.lead = f"{self.review.reviewer.name}：{self.review.remark}"

    def perform(self, form):
        actions.answer_review(by=self.request.user, review=self.review, answer=form.cleaned_data["answer"])
        return self.back
