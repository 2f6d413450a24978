"""The donor table at 100,000 entries against the same page at 1,000."""

import datetime
import itertools
from decimal import Decimal

from django.db import connections
from django.utils import timezone

from community.accounts.models import RoleAssignment, User
from community.communities.models import Community, Street
from community.finance.models import FinanceCategory, FinanceEntry
from partybuilding.donations.models import Donation, DonationReceipt, DonationUse, Donor
from tests.benchmarks.measures import Browser, Measure, at_most, best
from tests.benchmarks.sizes import SIZES

FEW, MANY = (1_000, 100_000) if SIZES.rounds else (40, 60)
"""Entries of donors, half of them income: each donor has ten gifts, and half of them paid for an expense."""
_GIFTS = 10
_DAY = datetime.date(2026, 3, 5)
_BATCH = 5_000


def measures(browser: Browser) -> list[Measure]:
    """Both in the session of a director of both, through the whole middleware."""
    few, many = (_filled(entries) for entries in (FEW, MANY))
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    addresses = [f"/c/{code}/donors/" for code in (many, few)]
    assert all("助学" not in browser.get(address).content.decode() for address in addresses)
    large, small = best(40, *(lambda address=address: browser.get(address) for address in addresses))
    return [at_most(f"donor table at {MANY:,} entries / at {FEW:,}", large, small, 1.3)]


def _filled(entries: int) -> str:
    """A community whose book has so many entries of donors; its code."""
    street = Street.objects.using("owner").get(code="331102001")
    community = Community.objects.using("owner").create(
        code=f"donors{entries}", name=f"捐赠{entries}社区", street=street
    )
    director = User.objects.using("owner").get(username="bench")
    RoleAssignment.objects.using("owner").create(
        user=director, role="director", community=community, start="2024-01-01"
    )
    income, expense = (
        FinanceCategory.objects.using("owner").create(
            community=community, direction=direction, name="捐款", special=special
        )
        for direction, special in (("income", "donation"), ("expense", ""))
    )
    gifts = entries * 2 // 3
    donors = _create(
        Donor(community=community, name=f"捐款人{n}", recorded_on=_DAY) for n in range(gifts // _GIFTS)
    )
    donations = _create(
        Donation(
            community=community, donor=donors[n % len(donors)], on=_DAY, amount=Decimal(100), purpose="敬老"
        )
        for n in range(gifts)
    )
    booked = _create(_entry(community, income, 100) for _ in range(gifts))
    receipts = _create(
        DonationReceipt(
            community=community,
            donation=donation,
            entry=entry,
            year=2026,
            serial=n,
            on=_DAY,
            amount=Decimal(100),
        )
        for n, (donation, entry) in enumerate(zip(donations, booked, strict=True), 1)
    )
    spent = _create(_entry(community, expense, 60) for _ in range(gifts // 2))
    _create(
        DonationUse(community=community, receipt=receipt, entry=entry, amount=Decimal(60), words="慰问品")
        for receipt, entry in zip(receipts[::2], spent, strict=False)
    )
    return community.code


def _entry(community, category, amount: int) -> FinanceEntry:
    return FinanceEntry(
        community=community, category=category, direction=category.direction, on=_DAY, amount=Decimal(amount),
        summary="捐款", handler_name="吴海英", state="approved", approver_name="周建国", decided_at=timezone.now(),
    )  # fmt: skip


def _create(rows) -> list:
    """Write rows in batches; all of them, with their keys."""
    rows, written = iter(rows), []
    while batch := list(itertools.islice(rows, _BATCH)):
        written += type(batch[0])._base_manager.using("owner").bulk_create(batch)
    return written
