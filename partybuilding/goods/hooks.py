"""Hooks of donations of goods: menu, figures, search, bulletin, pages of units and people, origin of slips."""

from collections.abc import Iterator
from functools import partial

from community.people.models import Person
from community.stock.models import StockSlip
from community.stock.sources import SLIP_SOURCES
from community.units.models import Unit
from partybuilding.goods.bulletin_section import drill_down_rows, sections
from partybuilding.goods.figures import donated_value, largest_donor_value
from partybuilding.goods.models import GoodsDonation
from partybuilding.goods.registers import GoodsDonationRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
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

add_act(DeskArea.PARTY, "登记捐物", "partybuilding:goods_receive", P.GOODS, 63)
add_act(DeskArea.PARTY, "导入捐物台账", "partybuilding:goodsdonation_import", P.GOODS, 64)

hook(Hook.BULLETIN_SECTIONS)(sections)
hook(Hook.BULLETIN_ROWS)(drill_down_rows)


@hook(Hook.FIGURES)
def goods_figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Estimated value of goods since the founding."""
    url = f"{GoodsDonationRegister().url('list', community)}?state=standing"
    value = partial(donated_value, community)
    yield Figure("donated_goods_value", "捐赠物资估价", value, "元", url)
    largest = partial(largest_donor_value, community)
    yield Figure("donated_goods_largest", "捐物最多者的物资估价", largest, "元", url)


@hook(Hook.SEARCH)
def search_donations(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Donations of goods that match a search of the page head."""
    yield from search_register(GoodsDonationRegister(), access, community, words, 64)


@hook(SLIP_SOURCES)
def donations_of_slip(slip: StockSlip, access: Access, community: CommunityRef) -> Iterator[GoodsDonation]:
    """Donations that came into store on a slip."""
    donations = rows(GoodsDonation, access, P.GOODS, community).filter(movement__slip=slip)
    yield from donations.select_related("unit", "person", "movement__batch__item").order_by("pk")


@hook(Hook.TIMELINE)
def donations_of_person(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """Goods that a person gave."""
    if not access.can(P.GOODS, community):
        return
    donations = rows(GoodsDonation, access, P.GOODS, community).standing().filter(person=person)
    for donation in donations.select_related("movement__batch__item"):
        url = GoodsDonationRegister().url("detail", community, donation)
        yield TimelineEntry(donation.received_on, "捐物", f"捐赠{donation.goods}", url, donation.purpose)


@extend
class DonationsOfUnit(RegisterExtension):
    """What a unit gave, on its page."""

    model = Unit

    def panels(self, row, access, community):
        if not access.can(P.GOODS, community):
            return []
        donations = rows(GoodsDonation, access, P.GOODS, community).filter(unit=row)
        donations = donations.select_related("movement__batch__item")[:50]
        links = RowLinks(access, community)
        table = [
            (
                donation.received_on,
                links.link(donation, donation.goods),
                donation.estimated if donation.estimated is not None else "",
                donation.purpose,
                "已冲销" if donation.reversed_on else "",
            )
            for donation in donations
        ]
        if not table:
            return []
        add = Link("登记捐物", f"{community.url('partybuilding:goods_receive')}?unit={row.pk}")
        return [Panel("捐赠物资", ("日期", "物品和数量", "估价（元）", "用途", "状态"), table, links=(add,))]
