"""Bulletin section on donations: what came in and what it was used for, donors by name only where they agreed to it."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Sum

from community.bulletins import section_basis
from partybuilding.donations.figures import received, spent
from partybuilding.donations.models import DonationReceipt, DonationUse
from partybuilding.donations.models.donor import ANONYMOUS
from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.hooks.bulletin import BulletinNumber, BulletinSection, SectionBasis
from portal.registers.panels import Panel
from portal.registers.row_links import RowLinks
from portal.values.months import month_after, month_before, month_word, months_later

SECTION = "partybuilding.donations"
_DAY = datetime.timedelta(days=1)
_EVENTS = ("received", "used")
_MOST = 20
"""Donors and uses that a sentence names."""


@dataclass(frozen=True)
class DonationMonth:
    """Receipts and uses that the section of a month lists: those of the month, and late ones of published months."""

    community: object
    month: datetime.date

    @cached_property
    def _listings(self):
        return section_basis.listings(self.community, SECTION, self.month, _EVENTS)

    def _days(self, event: str) -> tuple[datetime.date, datetime.date]:
        return self._listings[event].first_day, month_after(self.month) - _DAY

    @cached_property
    def receipts(self) -> list[DonationReceipt]:
        found = received(self.community, *self._days("received"))
        found = found.select_related("donation__donor__unit", "donation__donor__person").order_by("on", "id")
        return [row for row in found if self._listings["received"].is_listed(row.pk, row.on)]

    @cached_property
    def uses(self) -> list[DonationUse]:
        found = spent(self.community, *self._days("used"))
        found = found.select_related(
            "entry", "receipt__donation__donor__unit", "receipt__donation__donor__person"
        ).order_by("entry__on", "id")
        return [row for row in found if self._listings["used"].is_listed(row.pk, row.entry.on)]


def sections(community, month: datetime.date) -> Iterator[BulletinSection]:
    """Donations of the month beside the month before and the same month of last year; nothing without any."""
    of_month = DonationMonth(community, month)
    totals = {
        "received": _sum(of_month.receipts),
        "used": _sum(of_month.uses),
    }
    before = [_of_month(community, each) for each in (month_before(month), months_later(month, -12))]
    left = _left(community, month_after(month) - _DAY)
    if not any(totals.values()) and not left and not any(any(each.values()) for each in before):
        return
    words = {"received": "收到捐款（元）", "used": "使用捐款（元）"}
    yield BulletinSection(
        key=SECTION,
        title="捐款收支",
        order=63,
        header=("项目", "本月", "上月", "上年同月"),
        rows=tuple(
            (words[event], f"{totals[event]:.2f}", *(f"{each[event]:.2f}" for each in before))
            for event in _EVENTS
        ),
        sentences=tuple(_sentences(of_month, left)),
        numbers=(
            BulletinNumber("收到捐款", f"{totals['received']:.2f}", "元", rows=f"{SECTION}.received"),
            BulletinNumber("使用捐款", f"{totals['used']:.2f}", "元", rows=f"{SECTION}.used"),
            BulletinNumber("捐款结余", f"{left:.2f}", "元", rows=f"{SECTION}.left"),
        ),
        basis=SectionBasis(
            counted={
                "received": [row.pk for row in of_month.receipts],
                "used": [row.pk for row in of_month.uses],
            }
        ),
    )


def _sum(rows) -> Decimal:
    return sum((row.amount for row in rows), Decimal(0))


def _of_month(community, month: datetime.date) -> dict[str, Decimal]:
    last = month_after(month) - _DAY
    return {
        event: rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
        for event, rows in (
            ("received", received(community, month, last)),
            ("used", spent(community, month, last)),
        )
    }


def _left(community, last: datetime.date) -> Decimal:
    """What was unspent at the end of a day."""
    first = datetime.date.min
    came = received(community, first, last).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    went = spent(community, first, last).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return came - went


def _sentences(of_month: DonationMonth, left: Decimal) -> Iterator[str]:
    receipts, uses, month = of_month.receipts, of_month.uses, of_month.month
    if receipts:
        yield f"本月收到捐款{len(receipts)}笔，共{_sum(receipts):.2f}元：{_donors(receipts)}。"
    else:
        yield "本月没有收到捐款。"
    if uses:
        listed = _some([f"{use.words}{use.amount:.2f}元" for use in uses], "项")
        yield f"本月使用捐款{_sum(uses):.2f}元：{listed}。"
    yield f"到本月底捐款结余{left:.2f}元。"
    late = [row for row in receipts if row.on < month] + [use for use in uses if use.entry.on < month]
    if late:
        yield f"其中{len(late)}笔是以前月份公开的数字确定以后登记的（补登）。"
    voided = DonationReceipt.objects.of(of_month.community).filter(
        on__lt=month, voided_on__range=(month, month_after(month) - _DAY)
    )
    if void := list(voided):
        yield f"以前月份的捐款收据本月作废{len(void)}张，{_sum(void):.2f}元。"


def _donors(receipts) -> str:
    """Donors in the order in which they gave; those who did not agree to be named as one."""
    sums: dict[str, Decimal] = {}
    numbers: dict[str, int] = {}
    for row in receipts:
        name = row.donation.donor.public_name
        sums[name] = sums.get(name, Decimal(0)) + row.amount
        numbers[name] = numbers.get(name, 0) + 1
    names = sorted(sums, key=lambda name: name == ANONYMOUS)
    parts = [
        f"{name}{numbers[name]}笔{sums[name]:.2f}元" if name == ANONYMOUS else f"{name}{sums[name]:.2f}元"
        for name in names
    ]
    return _some(parts, "项")


def _some(parts: list[str], unit: str) -> str:
    """All of them, or the first ones and how many there are."""
    if len(parts) <= _MOST:
        return "、".join(parts)
    return f"{'、'.join(parts[:_MOST])}等{len(parts)}{unit}"


def drill_down_rows(
    access: Access, community: CommunityRef, month: datetime.date, key: str
) -> Iterator[Panel]:
    """What one of these numbers is made of: donors by name for holders of the donations' right, for others as in public."""
    if not key.startswith(f"{SECTION}."):
        return
    named = access.can(P.DONATIONS, community)
    of_month, links = DonationMonth(community, month), RowLinks(access, community)

    def donor(row: DonationReceipt) -> str:
        return str(row.donation.donor) if named else row.donation.donor.public_name

    match key.removeprefix(f"{SECTION}."):
        case "received":
            lines = [
                (row.on, links.link(row, row.number), donor(row), row.donation.purpose, row.amount)
                for row in of_month.receipts
            ]
            title = f"{month_word(month)}收到的捐款：{_sum(of_month.receipts):.2f}元"
            yield Panel(title, ("收款日期", "收据", "捐款人", "用途", "金额（元）"), lines)
        case "used":
            lines = [
                (use.entry.on, links.link(use, use.words), donor(use.receipt), use.amount)
                for use in of_month.uses
            ]
            title = f"{month_word(month)}使用的捐款：{_sum(of_month.uses):.2f}元"
            yield Panel(title, ("支出日期", "用于", "捐款人", "金额（元）"), lines)
        case "left":
            yield _left_panel(community, month_after(month) - _DAY, donor, links)


def _left_panel(community, last: datetime.date, donor, links: RowLinks) -> Panel:
    used = dict(
        spent(community, datetime.date.min, last).order_by().values_list("receipt").annotate(Sum("amount"))
    )
    found = received(community, datetime.date.min, last).select_related(
        "donation__donor__unit", "donation__donor__person"
    )
    lefts = [(row, row.amount - used.get(row.pk, Decimal(0))) for row in found.order_by("on", "id")]
    lines = [
        (row.on, links.link(row, row.number), donor(row), row.donation.purpose, row.amount, left)
        for row, left in lefts
        if left
    ]
    total = sum((left for _, left in lefts), Decimal(0))
    title = f"{month_word(last)}底的捐款结余：{total:.2f}元"
    return Panel(title, ("收款日期", "收据", "捐款人", "用途", "金额（元）", "结余（元）"), lines)
