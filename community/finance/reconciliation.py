"""Reconciliation of a book of accounts with itself (对账): running balances row by row, totals of pages, months and years.

Reads lines of a file and knows nothing of the register.
"""

import datetime
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from portal.spreadsheets.values import normalise

_ZERO = Decimal(0)


class LineKind(StrEnum):
    """What a row of a book is, besides an entry: by the words of its summary."""

    ENTRY = "entry"
    OPENING = "期初余额、结转"
    BROUGHT = "承前页"
    CARRIED = "期末余额、结转"
    PAGE = "本页合计、过次页"
    MONTH = "本月合计"
    YEAR = "本年累计"
    TOTAL = "合计"


_TOTALS = (LineKind.PAGE, LineKind.MONTH, LineKind.YEAR, LineKind.TOTAL)
_WORDS = (
    (LineKind.BROUGHT, r"承[前上]页|接[前上]页|上页(?:结转|转来)"),
    (LineKind.PAGE, r"本页(?:合计|小计|累计)|[过转]次页|[过转]下页|页计"),
    (LineKind.MONTH, r"(?:(?:本|\d{1,2})月份?)(?:合计|小计|共计|发生额(?:及余额|合计)?)|月计"),
    (LineKind.YEAR, r"本年(?:累计|合计|发生额)|累计(?:发生额)?|全年(?:合计|累计)"),
    (LineKind.TOTAL, r"合计|总计|共计|小计"),
    (LineKind.OPENING, r"(?:本?期|年|月|本年|本月)初(?:余额|结余)?|上[年月期](?:结转|结余|余额|转入)|(?:\d{4}年)?\d{0,2}月?初余额"),
    (LineKind.CARRIED, r"(?:本?期|年|月|本年|本月)末(?:余额|结余)?|结转下[年月期]|本[年月期](?:结余|余额)|结余"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(words)) for kind, words in _WORDS)
_MARKS = re.compile(r"[\s:;。、()*—-]+")
_MONTH = re.compile(r"(\d{1,2})月")


def kind_of(summary: str) -> LineKind:
    """What a row with this summary is: 本月合计 is no entry, 合计购买3台 is one."""
    words = _MARKS.sub("", normalise(summary))
    return next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(words)), LineKind.ENTRY)


@dataclass(frozen=True, slots=True)
class BookLine:
    """A row of the file. income and expense are None where they cannot be read, balance where it is not given."""

    sheet: str
    number: int
    kind: LineKind
    summary: str = ""
    on: datetime.date | None = None
    income: Decimal | None = _ZERO
    expense: Decimal | None = _ZERO
    balance: Decimal | None = None

    @property
    def is_readable(self) -> bool:
        return self.income is not None and self.expense is not None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a row states differently from the rows before it. what: 余额, 收入 or 支出."""

    line: BookLine
    what: str
    expected: Decimal
    stated: Decimal

    @property
    def by(self) -> Decimal:
        return self.stated - self.expected


@dataclass(slots=True)
class FileBalance:
    """The result. first: the first row whose running balance differs; later ones follow from it and are not listed.

    after: the last row before it whose balance agreed. unread: rows whose amounts cannot be read; the balance begins anew
    with what they state. unverified: totals of a year that began before the file.
    """

    opening: Decimal | None = None
    opening_line: BookLine | None = None
    closing: Decimal | None = None
    first_day: datetime.date | None = None
    last_day: datetime.date | None = None
    entries: int = 0
    income: Decimal = _ZERO
    expense: Decimal = _ZERO
    agreed: int = 0
    first: Difference | None = None
    after: BookLine | None = None
    totals: Counter = field(default_factory=Counter)
    wrong_totals: list[Difference] = field(default_factory=list)
    unread: list[BookLine] = field(default_factory=list)
    unverified: int = 0


def reconcile(lines: Iterable[BookLine]) -> FileBalance:
    """Follow the balance of a book through its rows, in their order."""
    reconciliation = _Reconciliation()
    for line in lines:
        reconciliation.take(line)
    return reconciliation.finish()


class _Sums:
    """Income and expense of a page, month or year."""

    def __init__(self):
        self.income = self.expense = _ZERO

    def add(self, line: BookLine) -> None:
        self.income += line.income
        self.expense += line.expense


class _Reconciliation:
    def __init__(self):
        self.result = FileBalance()
        self.running: Decimal | None = None
        self.pending = _ZERO
        """What came before the first balance of the file, from which its opening follows."""
        self.page, self.all = _Sums(), _Sums()
        self.page_is_over = False
        self.months: defaultdict[tuple[int, int], _Sums] = defaultdict(_Sums)
        self.years: defaultdict[int, _Sums] = defaultdict(_Sums)
        self.day: datetime.date | None = None

    def take(self, line: BookLine) -> None:
        if line.kind == LineKind.ENTRY:
            self._take_entry(line)
        elif line.kind in _TOTALS:
            self._check_total(line)
            self._check_balance(line, line.balance)
        else:
            balance = line.balance
            if balance is None and line.kind == LineKind.OPENING and line.is_readable:
                balance = line.income - line.expense
            self._check_balance(line, balance)
        self.page_is_over = self.page_is_over or line.kind in (LineKind.PAGE, LineKind.BROUGHT)

    def finish(self) -> FileBalance:
        self.result.closing = self.running
        self.result.income, self.result.expense = self.all.income, self.all.expense
        return self.result

    def _take_entry(self, line: BookLine) -> None:
        result = self.result
        if not line.is_readable:
            result.unread.append(line)
            if line.balance is not None:
                self.running = line.balance
            return
        if self.page_is_over:
            self.page, self.page_is_over = _Sums(), False
        self.day = line.on or self.day
        if self.day:
            result.first_day = min(result.first_day or self.day, self.day)
            result.last_day = max(result.last_day or self.day, self.day)
            self.months[self.day.year, self.day.month].add(line)
            self.years[self.day.year].add(line)
        for sums in (self.page, self.all):
            sums.add(line)
        result.entries += 1
        change = line.income - line.expense
        if self.running is None:
            self.pending += change
        else:
            self.running += change
        self._check_balance(line, line.balance)

    def _check_balance(self, line: BookLine, stated: Decimal | None) -> None:
        result = self.result
        if stated is None:
            return
        if self.running is None:
            self.running, result.opening, result.opening_line = stated, stated - self.pending, line
        elif stated == self.running:
            if result.first is None:
                result.agreed, result.after = result.agreed + 1, line
        elif result.first is None:
            result.first = Difference(line, "余额", self.running, stated)

    def _check_total(self, line: BookLine) -> None:
        """Compare a total with the rows above it. Pages may state their own sums or those since the month or year began."""
        if not line.is_readable or not (line.income or line.expense):
            return
        expected = self._sums_of(line)
        if expected is None:
            self.result.unverified += 1
            return
        self.result.totals[line.kind] += 1
        loose = [expected]
        if line.kind in (LineKind.PAGE, LineKind.TOTAL):
            year = (self.day.year, self.day.month) if self.day else (0, 0)
            loose += [self.page, self.all, self.months[year], self.years[year[0]]]
        if any((sums.income, sums.expense) == (line.income, line.expense) for sums in loose):
            return
        for what, should, stated in (
            ("收入", expected.income, line.income),
            ("支出", expected.expense, line.expense),
        ):
            if should != stated:
                self.result.wrong_totals.append(Difference(line, what, should, stated))

    def _sums_of(self, line: BookLine) -> _Sums | None:
        """The sums that a total states; None where they began before the file."""
        day = line.on or self.day
        if line.kind == LineKind.MONTH and day:
            named = _MONTH.search(normalise(line.summary))
            month = int(named[1]) if named else day.month
            return self.months[day.year, month]
        if line.kind == LineKind.YEAR and day:
            began = self.result.first_day
            return self.years[day.year] if began and (began.month == 1 or began.year < day.year) else None
        return self.page if line.kind == LineKind.PAGE else self.all
