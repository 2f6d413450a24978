"""Import of the street's book of accounts: its rows become entries, and its balance is reconciled with the portal's."""

import datetime
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from community.accounts.models import User
from community.communities.models import Community
from community.finance.actions.book import lock_book
from community.finance.actions.entries import ENTRY_OFF
from community.finance.book_categories import UNSORTED, CategoryFinder
from community.finance.book_matching import match_existing, match_reversals, warn_of_doubles
from community.finance.book_reading import FIELDS, TEXTS, BookReader, BookRow
from community.finance.models import FinanceBook, FinanceCategory, FinanceEntry, FinanceMonth, Fund
from community.finance.reconciliation import FileBalance, reconcile
from community.finance.reconciliation_report import file_report, live_lines
from portal.access.db_scope import set_change_context
from portal.batches.kinds import BatchRefused
from portal.database.bulk_sql import insert_rows, learn_first_rows
from portal.forms.refusals import Refusal
from portal.hooks.registry import call_hooks
from portal.importing.pipeline import Importer, ImportRun, Parts
from portal.importing.protocol import NEW, CheckedRow, SheetMapping
from portal.importing.rows import ImportedRow
from portal.jobs.progress import ProgressCallback
from portal.spreadsheets.headers import Header, header_key
from portal.spreadsheets.values import normalise
from portal.values.amounts import in_figures
from portal.values.months import month_word

_NEW_CATEGORY = "新增收支科目"
"""Action of the history, apart from that of the batch, whose undo leaves the category."""
_NO_BOOK = "本社区的账本还没有启用，请先填写启用月份和期初余额"
_WRITTEN = (
    "community_id uuid on direction category_id fund_id amount summary counterparty voucher handler_name"
    " state approver_name decided_at reverses_id"
).split()
State = FinanceEntry.State


class BookRun(ImportRun):
    """One check or apply of a book."""

    model = FinanceEntry
    name_header = "摘要"
    balance: FileBalance | None = None

    def read(self, parts: Parts) -> None:
        reader = BookReader(self.target.today)
        reader.read(parts)
        self.rows, self.left_out, self.balance = reader.rows, reader.left_out, reconcile(reader.lines)

    # Comparison

    def compare(self, step: ProgressCallback) -> None:
        self._load_book(is_applied=any(row.shown for row in self.rows))
        rows = [row for row in self.rows if not row.is_refused]
        warn_of_doubles(rows, match_existing(self.target.community_id, rows))
        step(0.5)
        for row in rows:
            if row.match is None:
                self._check_day(row)
                self._find_category(row)
                self._find_fund(row)
        match_reversals(self.target.community_id, self.rows)
        step(1.0)

    def _load_book(self, *, is_applied: bool) -> None:
        """The book, locked while rows are applied, and its closed months."""
        community = self.target.community_id
        try:
            self.book = lock_book(community) if is_applied else self._book_of(community)
        except Refusal:
            self.book = None
        closed = FinanceMonth.objects.filter(community_id=community).closed()
        self.closed = set(closed.order_by().values_list("month", flat=True))

    def _book_of(self, community: int) -> FinanceBook | None:
        return FinanceBook.objects.filter(community_id=community).first()

    @cached_property
    def categories(self) -> CategoryFinder:
        return CategoryFinder(FinanceCategory.objects.filter(community_id=self.target.community_id))

    @cached_property
    def funds(self) -> dict[str, Fund]:
        funds = Fund.objects.filter(community_id=self.target.community_id)
        return {normalise(fund.name): fund for fund in funds}

    def _check_day(self, row: BookRow) -> None:
        if self.book is None:
            row.error("on", f"{row.on}", _NO_BOOK)
        elif row.on < self.book.begins_on:
            row.error("on", f"{row.on}", f"账本从{month_word(self.book.begins_on)}启用，更早的收支不导入")
        elif row.on.replace(day=1) in self.closed:
            row.error(
                "on", f"{row.on}", f"{month_word(row.on)}已经月结，不能再记账；需要补记的，请先重开该月"
            )

    def _find_category(self, row: BookRow) -> None:
        """By the column, else by the words of the summary; a reversal takes that of what it reverses."""
        if row.shown and row.category is not None:
            return
        if row.category_name:
            row.category = self.categories.named(row.direction, row.category_name)
            if row.category is None and row.category_name != UNSORTED:
                message = "没有这个科目，请核对，或先在收支科目中登记"
                row.error("category", row.category_name, message)
                return
        else:
            row.category = self.categories.proposed(row.direction, row.summary)
        limit = row.category and row.category.most_each
        if limit is not None and row.amount > limit:
            amounts = f"单笔限额{in_figures(limit)}元，本笔{in_figures(row.amount)}元"
            row.warning("expense", in_figures(row.amount), f"超过{row.category}的{amounts}")

    def _find_fund(self, row: BookRow) -> None:
        if not row.fund_name:
            return
        row.fund = self.funds.get(normalise(row.fund_name))
        if row.fund is None:
            row.error("fund", row.fund_name, "没有这项专项资金，请核对，或先登记")
        elif row.fund.closed_on and row.on > row.fund.closed_on:
            row.error("fund", row.fund_name, f"{row.fund}已于{row.fund.closed_on}结束，不能再记账")

    # Writing

    def write(self, step: ProgressCallback) -> dict[ImportedRow, int]:
        new = [row for row in self.rows if row.verdict == NEW]
        self._add_unsorted(new)
        now = timezone.now()
        entries = [row for row in new if not row.is_reversal]
        ids = (
            insert_rows(FinanceEntry, _WRITTEN, (self._values(row, now, None) for row in entries))
            if entries
            else {}
        )
        step(0.7)
        reversals = [row for row in new if row.is_reversal]
        if reversals:
            values = [self._values(row, now, _id_of(row.reversed_entry, ids)) for row in reversals]
            ids |= insert_rows(FinanceEntry, _WRITTEN, values)
            self._tell_reversals(reversals)
        learn_first_rows(FinanceEntry, community_id=self.target.community_id, added=len(new))
        step(1.0)
        return {row: ids[row.uuid] for row in new}

    def _add_unsorted(self, rows: list[BookRow]) -> None:
        """Create the category 未分类 of each direction that needs it; the undo of the batch leaves it."""
        unsorted = [row for row in rows if row.category is None]
        if not unsorted:
            return
        set_change_context(action=_NEW_CATEGORY)
        created = {
            direction: FinanceCategory.objects.get_or_create(
                community_id=self.target.community_id, direction=direction, name=UNSORTED
            )[0]
            for direction in {row.direction for row in unsorted}
        }
        batch = self.target.batch
        set_change_context(action=batch.action, reason=f"导入 {batch.file_name}")
        for row in rows:
            row.category = row.category or created[row.direction]

    def _values(self, row: BookRow, now: datetime.datetime, reverses: int | None) -> tuple:
        return (
            self.target.community_id,
            row.uuid,
            row.on,
            row.direction,
            row.category.pk,
            row.fund and row.fund.pk,
            row.amount,
            row.summary,
            row.counterparty,
            row.voucher,
            row.handler_name,
            State.APPROVED if row.is_approved else State.ENTERED,
            row.approver_name,
            now if row.is_approved else None,
            reverses,
        )

    def _tell_reversals(self, rows: list[BookRow]) -> None:
        """What hangs on entries that were there before ends with their reversal."""
        by = User.objects.filter(pk=self.target.user_id).first()
        for row in rows:
            if row.is_approved and isinstance(row.reversed_entry, FinanceEntry):
                for _ in call_hooks(ENTRY_OFF, row.reversed_entry, by, row.summary):
                    pass

    # Presentation

    def describe(self, row: BookRow) -> tuple[str, str]:
        label = f"{row.on or ''} {row.summary}".strip()[:100]
        if row.amount is None:
            return label, ""
        category = row.category or (
            row.match and row.match.category_id and self.categories.by_id[row.match.category_id]
        )
        parts = [
            f"{'收入' if row.direction == 'income' else '支出'}{in_figures(row.amount)}元",
            str(category or UNSORTED),
            f"凭证号{row.voucher}" if row.voucher else "",
            f"经手人{row.handler_name}",
            f"审批人{row.approver_name}" if row.is_approved else "待审批",
        ]
        return label, "，".join(filter(None, parts))

    def file_report(self) -> dict:
        return file_report(
            self.balance,
            community=Community.objects.get(pk=self.target.community_id),
            book=self.book,
            new=[row for row in self.rows if row.verdict == NEW],
            refused=sum(row.is_refused for row in self.rows),
        )

    # Staging

    def to_json(self, row: BookRow) -> tuple[dict, dict]:
        values = {name: getattr(row, name) for name in TEXTS}
        return values | {
            "on": row.on.isoformat(),
            "direction": row.direction,
            "amount": str(row.amount),
            "category": row.category and row.category.pk,
            "category_name": row.category_name,
            "fund_name": row.fund_name,
        }, {}

    def restored(self, row: CheckedRow) -> BookRow:
        values = dict(row.values)
        category = self.categories.by_id.get(values.pop("category"))
        return BookRow(
            sheet=row.sheet,
            number=row.number,
            on=datetime.date.fromisoformat(values.pop("on")),
            amount=Decimal(values.pop("amount")),
            category=category,
            **values,
        )


def _id_of(original: FinanceEntry | BookRow, ids: dict) -> int:
    return original.pk if isinstance(original, FinanceEntry) else ids[original.uuid]


class BookImporter(Importer):
    """Reads a book of accounts by the names of its columns."""

    unit = "笔"
    fields = FIELDS
    run = BookRun

    _names = {header_key(name): field.name for field in FIELDS for name in (field.label, *field.names)}

    def known_names(self):
        return self._names.keys() | {"序号", "备注", "月", "日"}

    def suggest(self, header: Header) -> SheetMapping:
        return SheetMapping(header, header.columns_of(self._names))

    def example_of(self, name: str) -> str:
        return {"on": "2026-11-30", "voucher": "记-12"}.get(name, "")

    def section(self, batch, staged, user) -> tuple[str, dict] | None:
        """The reconciliation: as it was checked, and with the book as it is now."""
        report = batch.report.get("file_report")
        if not report:
            return None
        return "community/finance/reconciliation.html", {
            "lines": [*report["lines"], *live_lines(report, batch)]
        }

    def before_undo(self, batch) -> None:
        """Refuse the undo where a month of its entries was closed since, and lock the book."""
        book = lock_book(batch.community_id)
        events = FinanceEntry.pgh_event_model.objects.filter(
            community_id=batch.community_id, pgh_context__action=batch.action, pgh_label="insert"
        )
        closed = FinanceMonth.objects.filter(community_id=book.community_id).closed().order_by("month")
        months = {day.replace(day=1) for day in events.values_list("on", flat=True)}
        if done := closed.filter(month__in=months).first():
            raise BatchRefused(
                f"不能撤销：{month_word(done.month)}已经月结，请先重开该月。没有改动任何内容。"
            )
