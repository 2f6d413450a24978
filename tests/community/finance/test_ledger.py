"""Property-based test: opening and closing balances add up after every step, by a ledger of its own in plain Python.

The same sequences in every run (`derandomize`); raise `max_examples` and take it away for a wider search.
"""

import datetime
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from community.finance.actions import entries, months
from community.finance.balances import balance_before, balances_after, numbers_of
from community.finance.models import FinanceEntry, FinanceMonth
from community.finance.totals import sums_by_category
from portal.forms.refusals import Refusal
from portal.values.months import month_after
from tests.community.finance.book import category, open_book

pytestmark = pytest.mark.django_db

OPENING = Decimal("100.00")
MONTHS = 4
ACTS = (
    "enter", "enter", "enter", "enter", "approve", "approve", "approve", "approve", "return", "correct", "withdraw",
    "restore", "reverse", "reverse", "close", "close", "close", "close", "reopen",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 997), st.integers(0, MONTHS - 1), st.integers(1, 99_999)),
    min_size=30,
    max_size=30,
)
"""An act with numbers by which its entry, month and fen are picked."""
REOPENED = [
    ("enter", 1, 0, 500), ("approve", 0, 0, 1), ("close", 0, 0, 1), ("close", 0, 0, 1), ("reverse", 0, 2, 1),
    ("reopen", 0, 0, 1), ("enter", 0, 0, 300), ("approve", 1, 0, 1),
]  # fmt: skip
"""The rarest act for certain: what is generated depends on the modules that happen to be imported."""


@dataclass
class Line:
    """An entry of the plain ledger, in fen."""

    month: int
    fen: int
    state: str = "entered"
    reverses: "Line | None" = None
    pk: int = 0


class Ledger:
    """The book in plain Python: lines in a list, the number of closed months, and sums taken anew each time."""

    def __init__(self):
        self.lines: list[Line] = []
        self.closed = 0

    def sum(self, *, until: int, since: int = 0, sign: int = 0) -> int:
        """Fen of approved lines; `sign`: income (1) or expense (-1) only, by the side on which they stand."""
        return sum(
            line.fen
            for line in self.lines
            if line.state == "approved"
            and since <= line.month <= until
            and (not sign or self.side(line) == sign)
        )

    @staticmethod
    def side(line: Line) -> int:
        """A reversal stands on the side of what it reverses, with the opposite sign."""
        fen = line.reverses.fen if line.reverses else line.fen
        return 1 if fen > 0 else -1

    def waits(self, month: int) -> bool:
        return any(line.month == month and line.state in ("entered", "returned") for line in self.lines)

    def is_reversed(self, line: Line) -> bool:
        return any(each.reverses is line and each.state != "withdrawn" for each in self.lines)


class World:
    """The book of the portal beside the plain one; every step is done in both."""

    def __init__(self, house, cast, today):
        self.community, self.keeper, self.director = house.kuocang, cast["finance"], cast["director"]
        self.months = [open_book(house.kuocang, today, MONTHS - 1, str(OPENING)).begins_on]
        while len(self.months) < MONTHS:
            self.months.append(month_after(self.months[-1]))
        self.ledger = Ledger()
        self.categories = {
            1: category(house.kuocang, "income", "市场管理费"),
            -1: category(house.kuocang, "expense", "办公费"),
        }

    def step(self, act: str, pick: int, month: int, fen: int) -> bool:
        """Do it in both books; whether it was possible. The portal refuses exactly what the ledger says."""
        possible = getattr(self, f"_{act}")(pick, month, fen)
        if possible is None:
            return False
        allowed, do, note = possible
        refusal = None
        try:
            with transaction.atomic():
                row = do()
        except Refusal as raised:
            refusal = raised
        assert allowed == (refusal is None), f"{act}: {refusal or 'was possible'}"
        if refusal:
            return False
        note(row)
        return True

    def _lines(self, pick: int, *states: str):
        """A line in one of the states, and its row."""
        lines = [line for line in self.ledger.lines if line.state in states]
        if not lines:
            return None, None
        line = lines[pick % len(lines)]
        return line, FinanceEntry.objects.get(pk=line.pk)

    def _is_open(self, month: int) -> bool:
        return month >= self.ledger.closed

    def _enter(self, pick, month, fen):
        sign = 1 if pick % 2 else -1
        line = Line(month, sign * fen)

        def do():
            return entries.enter(
                by=self.keeper,
                community=self.community,
                category=self.categories[sign],
                on=self.months[month],
                amount=Decimal(fen) / 100,
                summary="一笔",
            )

        return self._is_open(month), do, lambda row: self._add(line, row)

    def _add(self, line: Line, row) -> None:
        line.pk = row.pk
        self.ledger.lines.append(line)

    def _change(self, line, row, act, state: str, allowed: bool, **arguments):
        def do():
            return act(entry=row, seen_version=row.version, **arguments)

        return allowed, do, lambda _: setattr(line, "state", state)

    def _approve(self, pick, month, fen):
        line, row = self._lines(pick, "entered", "returned", "approved", "withdrawn")
        if line is None:
            return None
        allowed = line.state == "entered" and self._is_open(line.month)
        return self._change(line, row, entries.approve, "approved", allowed, by=self.director)

    def _return(self, pick, month, fen):
        line, row = self._lines(pick, "entered", "approved")
        if line is None:
            return None
        allowed = line.state == "entered" and self._is_open(line.month)
        return self._change(
            line, row, entries.return_entry, "returned", allowed, by=self.director, because="缺发票"
        )

    def _correct(self, pick, month, fen):
        line, row = self._lines(pick, "entered", "returned", "approved")
        if line is None:
            return None
        sign = self.ledger.side(line)
        allowed = line.state != "approved" and not line.reverses
        allowed = allowed and self._is_open(line.month) and self._is_open(month)

        def do():
            return entries.correct(
                by=self.keeper,
                entry=row,
                seen_version=row.version,
                category=row.category,
                on=self.months[month],
                amount=Decimal(fen) / 100,
                summary="改过",
            )

        def note(_):
            line.month, line.fen, line.state = month, sign * fen, "entered"

        return allowed, do, note

    def _withdraw(self, pick, month, fen):
        line, row = self._lines(pick, "entered", "returned", "approved")
        if line is None:
            return None
        allowed = line.state != "approved" and self._is_open(line.month)
        return self._change(
            line, row, entries.withdraw, "withdrawn", allowed, by=self.keeper, because="没有发生"
        )

    def _restore(self, pick, month, fen):
        line, row = self._lines(pick, "withdrawn")
        if line is None:
            return None
        allowed = self._is_open(line.month)
        if line.reverses:
            allowed = allowed and not self.ledger.is_reversed(line.reverses)
        return self._change(line, row, entries.restore, "entered", allowed, by=self.keeper)

    def _reverse(self, pick, month, fen):
        line, row = self._lines(pick, "approved")
        if line is None:
            return None
        allowed = not line.reverses and not self.ledger.is_reversed(line)
        allowed = allowed and self._is_open(month) and month >= line.month
        reversal = Line(month, -line.fen, reverses=line)

        def do():
            return entries.reverse(
                by=self.keeper, entry=row, on=self.months[month], because="重复", seen_version=row.version
            )

        return allowed, do, lambda made: self._add(reversal, made)

    def _close(self, pick, month, fen):
        month = self.ledger.closed
        allowed = month < MONTHS - 1 and not self.ledger.waits(month)

        def do():
            first = month_after(self.months[-1]) if month >= MONTHS else self.months[month]
            return months.close_month(by=self.keeper, community=self.community, month=first)

        def note(_):
            self.ledger.closed += 1

        return allowed, do, note

    def _reopen(self, pick, month, fen):
        if pick % 3 or month >= self.ledger.closed:
            return None
        closing = FinanceMonth.objects.of(self.community).closed().get(month=self.months[month])

        def do():
            return months.reopen_month(by=self.director, closing=closing, because="补记")

        def note(_):
            self.ledger.closed = month

        return True, do, note

    def check(self) -> None:
        """Every month, every closing and every running balance is what the plain ledger says."""
        opening = OPENING
        for number, first in enumerate(self.months):
            numbers = numbers_of(self.community, first)
            income = Decimal(self.ledger.sum(since=number, until=number, sign=1)) / 100
            expense = Decimal(-self.ledger.sum(since=number, until=number, sign=-1)) / 100
            assert (numbers.opening, numbers.income, numbers.expense) == (opening, income, expense)
            opening = numbers.closing
        total = OPENING + Decimal(self.ledger.sum(until=MONTHS)) / 100
        assert opening == total == balance_before(self.community, month_after(self.months[-1]))
        closings = FinanceMonth.objects.of(self.community).closed().order_by("month")
        assert [closing.month for closing in closings] == self.months[: self.ledger.closed]
        for number, closing in enumerate(closings):
            assert closing.closing == OPENING + Decimal(self.ledger.sum(until=number)) / 100
        self._check_running(total)

    def _check_running(self, total: Decimal) -> None:
        rows = list(FinanceEntry.objects.of(self.community).order_by("on", "id"))
        after = balances_after(rows)
        fen_by_pk = {line.pk: line.fen for line in self.ledger.lines if line.state == "approved"}
        balance = OPENING
        for row in rows:
            if row.pk in fen_by_pk:
                balance += Decimal(fen_by_pk[row.pk]) / 100
                assert after[row.pk] == balance
        assert after.keys() == fen_by_pk.keys()
        assert balance == total
        sums = sums_by_category(self.community, self.months[0], month_after(self.months[-1]))
        income, expense = (sums.get(self.categories[sign].pk, Decimal(0)) for sign in (1, -1))
        assert OPENING + income - expense == total


def test_balances_add_up_after_random_entries_reversals_closes_and_reopenings(house, cast):
    outcomes = Counter()
    today: datetime.date = timezone.localdate()

    @settings(
        derandomize=True,
        max_examples=12,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @example(steps=REOPENED)
    @given(steps=STEPS)
    def keep(steps):
        with transaction.atomic():
            world = World(house, cast, today)
            world.check()
            for step in steps:
                if world.step(*step):
                    outcomes[step[0]] += 1
                    world.check()
            transaction.set_rollback(True)

    keep()
    assert outcomes.keys() == set(ACTS), "every act must have happened at least once"
