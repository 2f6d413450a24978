"""The start page of finance (账本), and the page that opens the book."""

from django.shortcuts import render
from django.utils import timezone

from community.finance.actions import book as actions
from community.finance.balances import book_of
from community.finance.forms import BookForm
from community.finance.overview import overview_of
from portal.access.permissions import Permission as P
from portal.access.views import needs
from portal.form_pages.pages import FormPage
from portal.registers.panels import Link


@needs(P.FINANCE_VIEW)
def overview(request):
    """Balance, this month so far, what waits for whom, closings, funds and limits."""
    context = {
        "may_keep": request.access.can(P.FINANCE, request.community),
        "may_approve": request.access.can(P.FINANCE_APPROVE, request.community),
        "may_review": request.access.can(P.FINANCE_REVIEW, request.community),
        "overview": overview_of(request.community, timezone.localdate()),
    }
    return render(request, "community/finance/book.html", context)


class BookPage(FormPage):
    """Open the book; correct its first month and balance while no month is closed."""

    permission = P.FINANCE
    form_class = BookForm
    lead = "期初余额是启用月份1日的账面余额，以后每月的余额都从这里算起，请与街道会计核对。"

    def load(self):
        self.book = book_of(self.request.community)
        self.title = "修改期初余额" if self.book else "启用账本"
        self.button = "保存" if self.book else "启用"
        self.back = self.request.community.url("community:finance_book")
        self.trail = [Link("账本", self.back)]

    def form_arguments(self):
        if self.book is None:
            month = timezone.localdate().replace(month=1, day=1)
            return {"is_new": True, "initial": {"begins_on": month}}
        initial = {name: getattr(self.book, name) for name in ("begins_on", "opening", "version")}
        return {"is_new": False, "initial": initial}

    def perform(self, form):
        data, community = form.cleaned_data, self.request.community
        fields = {name: data[name] for name in ("begins_on", "opening")}
        if self.book:
            actions.change_opening(community=community, seen_version=data["version"], **fields)
            self.message = "期初余额已保存。"
        else:
            actions.open_book(community=community, with_categories=data["usual"], **fields)
            self.message = "账本已启用，可以登记收支了。"
        return self.back
