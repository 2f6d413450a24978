"""Hooks of donations: what follows entries of the book, menu, to-do, search, figures, people and units, bulletin."""

from collections.abc import Iterator
from functools import partial

from django.db.models import Count, Sum

from community.finance.actions.entries import ENTRY_CHANGED, ENTRY_OFF, ENTRY_ON
from community.finance.models import FinanceEntry
from community.people.models import Person
from community.units.models import Unit
from partybuilding.donations import tracking  # noqa: F401
from partybuilding.donations.actions import receipts, uses
from partybuilding.donations.actions.donations import lapse
from partybuilding.donations.bulletin_section import drill_down_rows, sections
from partybuilding.donations.due import donations_due  # noqa: F401
from partybuilding.donations.figures import donated_money
from partybuilding.donations.models import Donation, DonationUse, Donor
from partybuilding.donations.panels import donations_panel
from partybuilding.donations.registers import DonationRegister, DonorRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.about import PersonFact
from portal.hooks.departure import Consequence, Departure
from portal.hooks.figures import Figure
from portal.hooks.menu import DeskArea, add_act
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.hooks.timeline import TimelineEntry
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link, Panel
from portal.registers.row_links import RowLinks
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords

add_act(DeskArea.PARTY, "导入捐款", "partybuilding:donation_import", P.DONATIONS, 60)

hook(Hook.BULLETIN_SECTIONS)(sections)
hook(Hook.BULLETIN_ROWS)(drill_down_rows)

_INCOME = "income"


@hook(ENTRY_OFF)
def entry_off(entry: FinanceEntry, by, reason: str) -> Iterator[str]:
    """Void receipts of income, and uses of an expense taken back. Raises Refusal while donated money was used."""
    if entry.direction == _INCOME:
        yield from (f"{receipt}作废" for receipt in receipts.void_receipts(entry, reason))
    else:
        yield from (f"{use}取消" for use in uses.end_uses(entry, reason))


@hook(ENTRY_ON)
def entry_on(entry: FinanceEntry, by) -> Iterator[str]:
    """The next receipt for income that may count again. Expenses with uses were approved, so that they never come back."""
    if entry.direction == _INCOME and (receipt := receipts.renew_receipt(entry)):
        yield f"{receipt}开具"


@hook(ENTRY_CHANGED)
def entry_changed(entry: FinanceEntry, by) -> Iterator[str]:
    """A receipt says what its entry says."""
    receipts.follow_change(entry)
    yield from ()


@hook(Hook.SEARCH)
def search_donations(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Donors and donations that match a search of the page head."""
    yield from search_register(DonorRegister(), access, community, words, 36)
    yield from search_register(DonationRegister(), access, community, words, 37)


@hook(Hook.FIGURES)
def figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Money donated since the community was founded."""
    url = DonationRegister().url("list", community)
    yield Figure("donated_money", "捐款", partial(donated_money, community), "元", url)


# People


def _donations_of(person: Person, access: Access):
    donations = rows(Donation, access, P.DONATIONS).filter(
        community_id=person.community_id, donor__person=person
    )
    return donations.select_related("donor__unit", "donor__person")


@hook(Hook.ABOUT)
def donations_about(person: Person, access: Access) -> Iterator[PersonFact]:
    """How often and how much a person donated."""
    community = next((ref for ref in access.communities if ref.id == person.community_id), None)
    if community is None or not access.can(P.DONATIONS, community):
        return
    sums = _donations_of(person, access).aggregate(count=Count("pk"), sum=Sum("amount"))
    if sums["count"]:
        donor = rows(Donor, access, P.DONATIONS, community).filter(person=person).first()
        url = DonorRegister().url("detail", community, donor)
        yield PersonFact("捐款", f"{sums['count']}笔，共{sums['sum']}元", url, order=45)


@hook(Hook.TIMELINE)
def donations_of_person(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """When a person promised money."""
    if not access.can(P.DONATIONS, community):
        return
    for donation in _donations_of(person, access).of(community):
        url = DonationRegister().url("detail", community, donation)
        yield TimelineEntry(donation.on, "捐款", f"捐款{donation.amount}元", url, donation.purpose)


@hook(Hook.PERSON_LEFT)
def promises_of_the_dead(person: Person, departure: Departure) -> Iterator[Consequence]:
    """Promises of somebody who died; whoever moves away may still keep theirs."""
    if not departure.died:
        return
    donations = Donation.objects.filter(community_id=person.community_id, donor__person=person).outstanding()
    for donation in donations.select_related("donor__unit", "donor__person"):
        end = partial(lapse, donation=donation, because="捐款人去世", on=departure.on)
        yield Consequence(
            f"donation-{donation.uuid}", f"{donation.on:%Y-%m-%d}承诺、尚未收齐的捐款", donation, end
        )


# Panels of other nouns


@extend
class DonationsOfUnit(RegisterExtension):
    """What a unit donated, on its page."""

    model = Unit

    def panels(self, row, access, community):
        if not access.can(P.DONATIONS, community):
            return []
        donations = rows(Donation, access, P.DONATIONS, community).filter(donor__unit=row)
        panel = donations_panel(donations, access, community, "捐款")
        return [panel] if panel.rows else []


@extend
class DonationsOfEntry(RegisterExtension):
    """Of income the receipt; of an expense the donated money that paid for it, and the act that links it."""

    model = FinanceEntry

    def panels(self, row, access, community):
        if not access.can(P.DONATIONS, community):
            return []
        found = [_receipts_of(row, access, community), _uses_of(row, access, community)]
        return [panel for panel in found if panel.rows]

    def links(self, row, access, community):
        if row.direction == _INCOME or row.state != FinanceEntry.State.APPROVED or row.reverses_id:
            return []
        if not access.can(P.DONATIONS, community):
            return []
        url = community.url("partybuilding:donationuse_of_entry", row=row.uuid)
        rest = row.amount - uses.used_of(row.donation_uses)
        return [Link("由捐款支出", url, hint="登记这笔支出用了哪笔捐款")] if rest > 0 else []


def _receipts_of(entry: FinanceEntry, access, community) -> Panel:
    links = RowLinks(access, community)
    found = entry.donation_receipts.select_related("donation__donor__unit", "donation__donor__person")
    lines = [
        (
            links.link(each, each.number),
            links.link(each.donation),
            each.amount,
            each.state_word,
            each.voided_because,
        )
        for each in found.order_by("year", "serial")
    ]
    return Panel("捐款收据", ("收据", "捐款", "金额（元）", "状态", "作废原因"), lines)


def _uses_of(entry: FinanceEntry, access, community) -> Panel:
    links = RowLinks(access, community)
    found = DonationUse.objects.filter(community_id=entry.community_id, entry=entry)
    found = found.select_related("receipt__donation__donor__unit", "receipt__donation__donor__person")
    lines = [
        (
            links.link(use.receipt.donation),
            links.link(use, use.words),
            use.amount,
            f"已取消：{use.ended_because}" if use.ended_on else "",
        )
        for use in found.order_by("id")
    ]
    return Panel("由捐款支出", ("捐款", "用于", "金额（元）", "状态"), lines)
