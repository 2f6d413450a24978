"""How large a run is, by the environment's SIZE: a number of people, or `tiny`, which measures nothing.

A tiny run goes through all of the code in seconds, so that the tests notice when it breaks (test_benchmarks.py).
"""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """People of one community, of all of them, of the large one and its file, of the form that is filled; orders of a list; members of a roll;
    rows of a book of accounts, and entries of a month and of all time in the books whose report is measured.

    There are as many requests as people.
    """

    community: int
    total: int
    large: int
    form: int
    orders: int
    members: int
    ledger: int
    ledger_month: int
    ledger_entries: int
    rounds: int
    """At most so often is each call repeated after it was run once."""
    bulletins: int
    seconds: float
    """For so long is each page asked for, again and again."""

    @classmethod
    def of(cls, size: str) -> "Sizes":
        if size == "tiny":
            return cls(
                community=120,
                total=240,
                large=120,
                form=60,
                orders=60,
                members=60,
                ledger=60,
                ledger_month=5,
                ledger_entries=170,
                rounds=0,
                bulletins=4,
                seconds=0.1,
            )
        return cls(
            community=10_000,
            total=int(size),
            large=100_000,
            form=5_000,
            orders=5_000,
            members=5_000,
            ledger=5_000,
            ledger_month=100,
            ledger_entries=100_000,
            rounds=80,
            bulletins=1_000,
            seconds=2,
        )


SIZES = Sizes.of(os.environ.get("SIZE") or "1000000")
