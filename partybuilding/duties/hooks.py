"""Hooks of duty posts: menu, to-do, figures, search, timeline, departure, panels on the pages of places, bodies and members."""

import datetime
from collections.abc import Collection, Iterator
from functools import partial

from django.db.models import Count
from django.utils import timezone

from community.bodies.models import Body
from community.people.models import Person
from community.places.models import Building, Stairwell
from partybuilding.duties.actions import close_claim
from partybuilding.duties.models import Cover, DutyClaim, DutyPost
from partybuilding.duties.registers import LINE, DutyClaimRegister, DutyPostRegister, holders_by_post
from partybuilding.duties.reports import duty_year
from partybuilding.members.models import Member
from partybuilding.members.year import MEMBER_YEAR, YearEntry
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.departure import Consequence, Departure
from portal.hooks.due import Due
from portal.hooks.figures import Figure
from portal.hooks.menu import DeskArea, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.hooks.timeline import TimelineEntry
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link, Panel
from portal.registers.row_links import RowLinks
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords

add_menu_page(DeskArea.PARTY, "定岗定责一览", "partybuilding:duty_board", P.BRANCH, 40, line=LINE)

_DUE = {Cover.UNCOVERED: ("岗位空缺", "去认领"), Cover.NEGLECTED: ("岗位长期没有签到", "去查看")}


@hook(Hook.DUE)
def posts_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Posts that nobody looks after, and those without a check-in for too long."""
    places = access.permitted(P.BRANCH, communities)
    posts = rows(DutyPost, access, P.BRANCH).in_communities(places).with_cover(today)
    posts = posts.filter(cover__in=list(_DUE)).order_by()
    for pk, cover, count in posts.values_list("community_id", "cover").annotate(Count("pk")):
        words, action = _DUE[Cover(cover)]
        url = f"{places[pk].url('partybuilding:dutypost_list')}?state={cover}"
        yield Due(places[pk], f"{words} {count}个", url, action, count=count)


@hook(Hook.FIGURES)
def figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Trash-bin posts that somebody looks after today."""
    bins = DutyPost.objects.of(community).active().filter(kind=DutyPost.Kind.BIN)
    url = f"{community.url('partybuilding:dutypost_list')}?kind=bin&state=claimed"
    yield Figure("duty_trash_bins", "垃圾桶看护岗", lambda: bins.claimed().count(), "个", url)


@hook(Hook.SEARCH)
def search_posts(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Duty posts that match a search of the page head."""
    yield from search_register(DutyPostRegister(), access, community, words, 31)


@hook(Hook.TIMELINE)
def claims_of_person(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """When the person took posts over and gave them up."""
    claims = rows(DutyClaim, access, P.BRANCH, community).filter(member__person=person)
    for claim in claims.select_related("member", "post__building", "post__stairwell"):
        url = DutyClaimRegister().url("detail", community, claim)
        yield TimelineEntry(claim.start, "岗位", f"认领{claim.post}", url, claim.note)
        if claim.until:
            yield TimelineEntry(claim.until, "岗位", f"不再负责{claim.post}", url)


@hook(Hook.PERSON_LEFT)
def ended_by_departure(person: Person, departure: Departure) -> Iterator[Consequence]:
    """Posts that the person looks after; the membership may outlast a move."""
    claims = DutyClaim.objects.filter(community_id=person.community_id, member__person=person)
    claims = claims.not_over(departure.on).filter(end__isnull=True)
    for claim in claims.select_related("post__building", "post__stairwell"):
        end = partial(close_claim, claim, departure.on)
        yield Consequence(f"duty-{claim.uuid}", f"认领的{claim.post}", claim, end)


class _PostsAt(RegisterExtension):
    """Base: the duty posts of a place or body, on its page."""

    field: str

    def panels(self, row, access, community):
        if not access.can(P.BRANCH, community):
            return []
        posts = rows(DutyPost, access, P.BRANCH, community).filter(**{self.field: row}).active()
        posts = list(posts.with_cover().select_related("building", "stairwell")[:50])
        claims, links = holders_by_post([post.pk for post in posts]), RowLinks(access, community)
        lines = [
            (
                links.link(post),
                "、".join(claim.member.person.name for claim in claims[post.pk]),
                post.last_check_in or "",
                Cover(post.cover).label,
            )
            for post in posts
        ]
        return [Panel("党员岗位", ("岗位", "认领人", "最近签到", "状态"), lines)] if lines else []


@extend
class PostsAtBuilding(_PostsAt):
    model, field = Building, "building"


@extend
class PostsAtStairwell(_PostsAt):
    model, field = Stairwell, "stairwell"


@extend
class PostsOfBody(_PostsAt):
    model, field = Body, "body"


@extend
class PostsOfMember(RegisterExtension):
    """The posts of a party member, on the member's page."""

    model = Member

    def panels(self, row, access, community):
        if not access.can(P.BRANCH, community):
            return []
        claims = rows(DutyClaim, access, P.BRANCH, community).filter(member=row)
        links = RowLinks(access, community)
        lines = [
            (links.link(claim, claim.post), claim.start, claim.until or "在岗")
            for claim in claims.select_related("member", "post__building", "post__stairwell")
        ]
        create = f"{community.url('partybuilding:dutyclaim_create')}?member={row.pk}"
        button = () if row.is_over else (Link("认领岗位", create),)
        header = ("岗位", "认领日期", "结束日期")
        return [Panel("认领的岗位", header, lines, empty="还没有认领岗位", links=button)]


@hook(MEMBER_YEAR)
def posts_of_year(member: Member, year: int, access: Access, community: CommunityRef) -> Iterator[YearEntry]:
    """The posts that a member looked after in a year, with the number of check-ins."""
    for line in duty_year(member, year, access, community, timezone.localdate()):
        yield YearEntry("岗位", line.words, 60)
