"""Hooks of agreements: to-do, figures, search, the bulletin, panels on the pages of units and meetings."""

import datetime
from collections.abc import Collection, Iterator

import django_filters
from django.db.models import Exists, OuterRef

from community.activities.models import Activity
from community.agreements import bulletin_section, panels
from community.agreements.models import Agreement, Promise, Standing
from community.agreements.registers import AgreementRegister
from community.resolutions.forms import RESOLUTION_ABOUT
from community.units.models import Unit
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.bulletin import BulletinSection
from portal.hooks.due import Due
from portal.hooks.figures import Figure
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link, Panel
from portal.registers.row_links import RowLinks
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords


@hook(Hook.DUE)
def renewals_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Agreements that are due for renewal or expired without one."""
    places = access.permitted(P.AGREEMENTS, communities)
    agreements = rows(Agreement, access, P.AGREEMENTS).in_communities(places).to_renew(today)
    for agreement in agreements.select_related("unit").order_by("end", "id"):
        place = places[agreement.community_id]
        words = "已到期，尚未续签" if agreement.standing == Standing.EXPIRED else "将到期，应续签"
        url = AgreementRegister().url("detail", place, agreement)
        yield Due(place, f"{agreement}{words}", url, "去续签", agreement.end, fold="共建协议续签")


@hook(Hook.DUE)
def promises_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Promises past their day."""
    places = access.permitted(P.AGREEMENTS, communities)
    promises = rows(Promise, access, P.AGREEMENTS).in_communities(places).overdue(today)
    for promise in promises.select_related("agreement__unit").order_by("due", "id"):
        place = places[promise.community_id]
        side = "社区对" if promise.side == Promise.Side.COMMUNITY else ""
        title = f"{side}{promise.agreement.unit}的承诺逾期未履行：{promise.text}"
        url = place.url("community:promise_detail", row=promise.uuid)
        yield Due(place, title, url, "登记履行", promise.due, fold="逾期的共建承诺")


@hook(Hook.FIGURES)
def figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Co-building units with an agreement whose term includes today."""
    url = f"{community.url('community:unit_list')}?kind={Unit.Kind.COBUILDING}&agreement=current"
    units = Unit.objects.of(community).of_kind(Unit.Kind.COBUILDING)
    yield Figure("cobuilding_units", "签有协议的共建单位", lambda: _with_current(units).count(), "个", url)


def _with_current(units):
    """The units with an agreement whose term includes today."""
    mine = {"community": OuterRef("community"), "unit": OuterRef("pk")}
    return units.filter(Exists(Agreement._default_manager.current().filter(**mine)))


@hook(Hook.SEARCH)
def search_agreements(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Agreements that match a search of the page head."""
    yield from search_register(AgreementRegister(), access, community, words, 32)


@hook(Hook.BULLETIN_SECTIONS)
def sections(community: CommunityRef, month: datetime.date) -> Iterator[BulletinSection]:
    """What units and the community did for each other in the month."""
    yield from bulletin_section.sections(community, month)


@hook(Hook.BULLETIN_ROWS)
def rows_of_section(
    access: Access, community: CommunityRef, month: datetime.date, key: str
) -> Iterator[Panel]:
    """The rows behind the numbers of the section."""
    yield from bulletin_section.drill_down_rows(access, community, month, key)


@hook(RESOLUTION_ABOUT)
def agreements_of_meeting(activity: Activity, access: Access, community: CommunityRef) -> Iterator[str]:
    """The agreements that were made at a meeting, with the names of their units."""
    if access.can(P.UNITS_VIEW, community):
        agreements = rows(Agreement, access, P.UNITS_VIEW, community).filter(meeting=activity)
        yield from map(str, agreements.select_related("unit").order_by("id"))


class _AgreementFilter(django_filters.ChoiceFilter):
    def __init__(self):
        choices = [("current", "期限内"), ("none", "没有期限内的")]
        super().__init__(label="共建协议", empty_label="全部", choices=choices)

    def filter(self, queryset, value):
        if value == "current":
            return _with_current(queryset)
        if value == "none":
            return queryset.exclude(pk__in=_with_current(queryset).order_by().values("pk"))
        return queryset


@extend
class AgreementsOfUnit(RegisterExtension):
    """On the page of a unit: its agreements, what was promised and what was done."""

    model = Unit
    order = 10
    filters = (("agreement", _AgreementFilter),)

    def panels(self, row, access, community):
        return panels.of_unit(row, access, community)


@extend
class AgreementsOfMeeting(RegisterExtension):
    """On the page of a meeting: the agreements that were made there, and the way to another."""

    model = Activity

    def panels(self, row, access, community):
        if not access.can(P.UNITS_VIEW, community):
            return []
        agreements = rows(Agreement, access, P.UNITS_VIEW, community).filter(meeting=row)
        links = RowLinks(access, community)
        lines = [
            (
                links.link(each.unit),
                links.link(each, each.title),
                f"{each.start}至{each.end}",
                Standing(each.standing).label,
            )
            for each in agreements.select_related("unit").with_standing()
        ]
        return [Panel("议定的共建协议", ("单位", "协议", "期限", "状态"), lines)] if lines else []

    def links(self, row, access, community):
        if row.kind != "joint" or not access.can(P.AGREEMENTS, community):
            return []
        return [Link("拟定共建协议", f"{community.url('community:agreement_create')}?meeting={row.pk}")]
