"""Pages of one entry: enter, correct, return, withdraw, restore, reverse, voucher number."""

import uuid

from django.contrib import messages
from django.shortcuts import redirect

from community.finance import forms
from community.finance.actions import entries as actions
from community.finance.balances import book_of
from community.finance.limits import breaches
from community.finance.models import FinanceCategory, FinanceEntry, Fund
from community.finance.registers import FinanceEntryRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.attachments import store
from portal.attachments.kinds import FileRefused
from portal.form_pages.pages import FormPage
from portal.forms.refusals import Refusal
from portal.registers.panels import Link
from portal.registers.views import row_of_page

AGAIN = "again"
"""Button that leads to the form for the next entry."""
_FIELDS = ("category", "amount", "on", "summary", "counterparty", "voucher", "fund")


class BookFormPage(FormPage):
    """Base: pages on the entries of an open book."""

    permission = P.FINANCE
    register = FinanceEntryRegister()

    def load(self):
        community = self.request.community
        self.book = book_of(community)
        if self.book is None:
            messages.info(self.request, "请先启用账本。")
            return redirect(community.url("community:finance_book"))
        self.back = self.register.url("list", community)
        self.trail = [Link(self.register.heading, self.back)]
        return None

    def entries(self):
        return rows(FinanceEntry, self.request.access, self.permission, self.request.community)

    def choices(self, used: FinanceEntry | None = None) -> dict:
        """Categories and funds in use, with those of an entry that is there."""
        access, community = self.request.access, self.request.community
        categories = rows(FinanceCategory, access, self.permission, community)
        funds = rows(Fund, access, self.permission, community)
        shown_categories, shown_funds = (
            categories.filter(is_active=True),
            funds.filter(closed_on__isnull=True),
        )
        if used is not None:
            shown_categories |= categories.filter(pk=used.category_id)
            shown_funds |= funds.filter(pk=used.fund_id)
        return {
            "categories": shown_categories.order_by("name", "id"),
            "funds": shown_funds.order_by("name", "id"),
        }


class EnterPage(BookFormPage):
    """Income or expense, with its papers."""

    form_class = forms.EntryForm
    template_name = "community/finance/enter.html"
    title, button = "登记收支", "登记"

    def form_arguments(self):
        return {"takes_papers": True, "initial": self.initial(), **self.choices()}

    def initial(self) -> dict:
        """The category of the user's last entry; or what a link copies: the last entry's, a similar one's, a fund."""
        query = self.request.GET
        mine = self.entries().filter(reverses__isnull=True)
        if (row := self._named(mine, query.get("like"))) is not None:
            names = ("category", "fund", "summary", "counterparty", "amount")
        elif (row := self._named(mine, query.get(AGAIN))) is not None:
            names = ("category", "fund", "on")
        else:
            row, names = mine.filter(handler=self.request.user).order_by("-id").first(), ("category",)
        initial = {
            name: getattr(row, f"{name}_id" if name in ("category", "fund") else name)
            for name in names
            if row
        }
        if fund := self._named(
            rows(Fund, self.request.access, P.FINANCE, self.request.community), query.get("fund")
        ):
            initial["fund"] = fund.pk
        return initial

    @staticmethod
    def _named(queryset, text: str | None):
        try:
            return queryset.filter(uuid=uuid.UUID(text)).first() if text else None
        except ValueError:
            return None

    def perform(self, form):
        data, community = form.cleaned_data, self.request.community
        fields = {name: data.get(name) for name in _FIELDS}
        row = actions.enter(by=self.request.user, community=community, **fields)
        self._attach(row, data["papers"])
        words = f"{row.get_direction_display()}{row.amount}元已登记，待审批。"
        self.message = " ".join([words, *(f"{sentence}。" for sentence in breaches(row))])
        if AGAIN in self.request.POST:
            return f"{community.url('community:finance_enter')}?{AGAIN}={row.uuid}"
        return self.register.url("detail", community, row)

    def _attach(self, row: FinanceEntry, files) -> None:
        added = []
        try:
            for file in files:
                added.append(store.add(row, file.name, file.read(), by=self.request.user, is_new=True))
        except BaseException as problem:
            store.delete_files_of(added)
            if isinstance(problem, FileRefused):
                raise Refusal(f"{problem}（{file.name}）", "papers") from problem
            raise


class _EntryPage(FormPage):
    """Base: a form about one entry, for whoever saw it as it stands."""

    permission = P.FINANCE
    register = FinanceEntryRegister()
    form_class = forms.VersionForm

    def load(self, row):
        community = self.request.community
        self.entry: FinanceEntry = row_of_page(self.register, self.request, row, self.permission)
        self.back = self.register.url("detail", community, self.entry)
        self.trail = [
            Link(self.register.heading, self.register.url("list", community)),
            Link(str(self.entry), self.back),
        ]
        self.lead = f"{self.entry.category}，{self.entry.get_direction_display()}{self.entry.amount}元，{self.entry.summary}"

    def form_arguments(self):
        return {"initial": {"version": self.entry.version} | self.initial()}

    def initial(self) -> dict:
        return {}

    def restart_url(self):
        """Whatever is outdated is seen on the entry's page."""
        return self.back

    def perform(self, form):
        data = dict(form.cleaned_data)
        data.pop("token", None)
        self.act(entry=self.entry, seen_version=data.pop("version"), **data)
        return self.back

    def act(self, **arguments) -> None:
        raise NotImplementedError


class CorrectPage(_EntryPage):
    """Correct an entry that is not approved yet."""

    form_class = forms.EntryForm
    title, button, message = "修改收支记录", "保存并提交审批", "修改已保存，待审批。"

    def load(self, row):
        super().load(row)
        self.lead = f"退回原因：{self.entry.closed_because}" if self.entry.state == "returned" else ""

    def form_arguments(self):
        choices = BookFormPage.choices(self, self.entry)
        return super().form_arguments() | {"takes_papers": False, **choices}

    def initial(self):
        row = self.entry
        return {name: getattr(row, name) for name in _FIELDS if name not in ("category", "fund")} | {
            "category": row.category_id,
            "fund": row.fund_id,
        }

    def act(self, **arguments):
        actions.correct(by=self.request.user, **{"fund": None} | arguments)


class ReturnPage(_EntryPage):
    """Send an entry back to its handler."""

    permission = P.FINANCE_APPROVE
    form_class = forms.ReturnForm
    title, button, message = "退回", "退回", "已退回给经手人。"

    def act(self, **arguments):
        actions.return_entry(by=self.request.user, **arguments)


class WithdrawPage(_EntryPage):
    form_class = forms.WithdrawForm
    title, button, message = "撤销", "撤销这笔记录", "已撤销，记录保留，不计入收支。"

    def act(self, **arguments):
        actions.withdraw(by=self.request.user, **arguments)


class RestorePage(_EntryPage):
    title, button, message = "恢复", "恢复这笔记录", "已恢复，待审批。"

    def act(self, **arguments):
        actions.restore(by=self.request.user, **arguments)


class ReversePage(_EntryPage):
    """Reverse an approved entry (红字冲销)."""

    form_class = forms.ReverseForm
    title, button = "冲销", "冲销"

    def load(self, row):
        super().load(row)
        self.lead += "。冲销是登记一笔相反的金额，审批后余额恢复；正确的一笔请另行登记。"

    def perform(self, form):
        data = form.cleaned_data
        reversal = actions.reverse(
            by=self.request.user,
            entry=self.entry,
            on=data["on"],
            because=data["because"],
            seen_version=data["version"],
        )
        self.message = "冲销已登记，待审批。"
        return self.register.url("detail", self.request.community, reversal)


class VoucherPage(_EntryPage):
    """The number that the street's accountant gave."""

    form_class = forms.VoucherForm
    title, message = "补填凭证号", "凭证号已保存。"

    def initial(self):
        return {"voucher": self.entry.voucher}

    def act(self, **arguments):
        actions.set_voucher(**arguments)
