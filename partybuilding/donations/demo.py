"""Donations of the demo: 120,000 yuan since the community was founded, as in the documents.

Most of it is history from before the book; what is in the book has a void receipt, one that waits, uses, and money unspent.
"""

import datetime
import random
from dataclasses import dataclass
from decimal import Decimal

from community.demo.names import full_name
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.finance.actions import entries
from community.finance.actions.book import open_book, open_from
from community.finance.balances import book_of
from community.finance.models import FinanceCategory
from community.people.models import Person
from community.units.models import Unit
from partybuilding.donations.actions import donations, receipts, uses
from partybuilding.donations.models import Donation, DonationReceipt, Donor
from portal.values.months import months_later

_EARLIER = (
    # Years before the book, donor, amount, purpose
    (5, 0, 30000, "助学"),
    (4, 1, 20000, "敬老"),
    (3, 2, 15000, "防疫物资"),
    (2, 0, 10000, "助学"),
    (1, 3, 8000, ""),
    (1, 5, 5000, "困难帮扶"),
)
_BOOKED = (
    # Days ago, donor, amount, purpose, campaign
    (24, 0, 20000, "助学", "慈善一日捐"),
    (20, 4, 6000, "敬老", "慈善一日捐"),
    (15, 5, 3000, "", "慈善一日捐"),
    (11, 6, 2000, "困难帮扶", ""),
    (6, 7, 1000, "", ""),
)
_USED = (
    # Days ago, category, what for, amount, receipts that pay for it, each with its part
    (9, "活动费", "购买学习用品", 4600, ((0, 4600),)),
    (7, "慰问费", "敬老慰问品", 2400, ((1, 1800), (2, 600))),
)


@dataclass(slots=True)
class _Maker:
    demo: DemoCommunity
    donors: list[Donor]

    def day(self, back: int) -> datetime.date:
        """That many days ago, in a month of the book that is open."""
        return max(self.demo.today - datetime.timedelta(days=back), open_from(book_of(self.demo.community)))

    def gift(self, donor: int, amount: int, on: datetime.date, **fields) -> Donation:
        return Donation.objects.create(
            community=self.demo.community, donor=self.donors[donor], amount=Decimal(amount), on=on, **fields
        )

    def category(self, direction: str, name: str, **fields) -> FinanceCategory:
        return FinanceCategory.objects.get_or_create(
            community=self.demo.community, direction=direction, name=name, defaults=fields
        )[0]

    def receive(self, gift: Donation, on: datetime.date, manner: str = "bank") -> DonationReceipt:
        special = FinanceCategory.Special.DONATION
        category = FinanceCategory.objects.of(self.demo.community).filter(special=special).first()
        return receipts.receive(
            by=self.demo.users["finance"],
            donation=gift,
            category=category or self.category("income", "捐款", special=special),
            amount=gift.amount,
            on=on,
            manner=manner,
        )

    def approve(self, entry) -> None:
        entries.approve(
            by=self.demo.users["director"],
            entry=entry,
            seen_version=entry.version,
            over_limit_because="由捐款支出",
        )

    def spend(self, back: int, category: str, words: str, amount: int):
        entry = entries.enter(
            by=self.demo.users["finance"],
            community=self.demo.community,
            category=self.category("expense", category),
            on=self.day(back),
            amount=Decimal(amount),
            summary=words,
        )
        self.approve(entry)
        return entry


@demo_part(492, RunFor.SHOWCASE)
def add_donations(demo: DemoCommunity) -> None:
    """History, and what the book has of the last weeks."""
    if book_of(demo.community) is None:
        first = datetime.date(demo.today.year, 1, 1)
        open_book(community=demo.community, begins_on=first, opening=Decimal(0), with_categories=True)
    begins_on = book_of(demo.community).begins_on
    maker = _Maker(demo, _donors(demo))
    for years, donor, amount, purpose in _EARLIER:
        on = months_later(begins_on, 3 - 12 * years).replace(day=8)
        number = f"{on.year}捐{donor + 3:03d}"
        maker.gift(donor, amount, on, purpose=purpose, is_earlier=True, old_receipt=number)
    booked = _add_booked(maker)
    _add_uses(maker, booked)
    _add_unfinished(maker)
    demo.demo.say(f"{demo.community.name}：捐款{Donation.objects.of(demo.community).count()}笔")


def _donors(demo: DemoCommunity) -> list[Donor]:
    """Three units, a resident, and others by name; some agreed to be named."""
    community = demo.community
    agreed = {"consent": "written", "consented_on": months_later(demo.today, -8)}
    units = Unit.objects.of(community).filter(donors__isnull=True).order_by("id")[:3]
    donors = [Donor(community=community, unit=unit, **agreed) for unit in units]
    rng = random.Random(f"donations {community.code}")  # noqa: S311 - invented people
    donors += [
        Donor(community=community, name=full_name(rng, rng.choice("MF"), 1965), phone=f"199001{index:05d}")
        for index in range(4 - len(donors) + 3)
    ]
    person = (
        Person.objects.of(community).filter(died_on__isnull=True, donors__isnull=True).order_by("id").first()
    )
    donors.insert(4, Donor(community=community, person=person, **agreed))
    return Donor.objects.bulk_create(donors)


def _add_booked(maker: _Maker) -> list[DonationReceipt]:
    booked = []
    for back, donor, amount, purpose, campaign in _BOOKED:
        on = maker.day(back)
        gift = maker.gift(donor, amount, on, purpose=purpose, campaign=campaign)
        receipt = maker.receive(gift, on)
        maker.approve(receipt.entry)
        receipt.refresh_from_db()
        booked.append(receipt)
    return booked


def _add_uses(maker: _Maker, booked: list[DonationReceipt]) -> None:
    for back, category, words, amount, parts in _USED:
        entry = maker.spend(back, category, words, amount)
        for number, part in parts:
            uses.record_use(receipt=booked[number], entry=entry, amount=Decimal(part), words=words)


def _add_unfinished(maker: _Maker) -> None:
    """A void receipt, one that waits for approval, a promise that is late, and one that lapsed."""
    demo = maker.demo
    returned = maker.receive(maker.gift(6, 500, maker.day(5)), maker.day(5), "cash")
    entries.return_entry(
        by=demo.users["director"], entry=returned.entry, because="金额与银行回单不符", seen_version=1
    )
    maker.receive(maker.gift(7, 800, maker.day(2)), maker.day(2), "online")
    day = datetime.timedelta(days=1)
    maker.gift(1, 3000, demo.today - 50 * day, purpose="助学", due=demo.today - 12 * day)
    lapsed = maker.gift(5, 5000, demo.today - 90 * day, due=demo.today - 40 * day)
    donations.lapse(donation=lapsed, because="捐款人经营困难，说明不再捐款", on=demo.today - 10 * day)
