"""Hooks of elections: to-do, search, timeline, and what the page of a party body links to."""

import datetime
from collections.abc import Collection, Iterator
from urllib.parse import urlencode

from community.bodies.models import Body
from community.dated_rules.rules import values_by_community
from community.people.models import Person
from partybuilding.elections.models import Candidate, Election
from partybuilding.elections.registers import NEXT, ElectionRegister
from partybuilding.elections.rules import NOTICE_DAYS
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.hooks.timeline import TimelineEntry
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link, Panel
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords

State = Election.State


@hook(Hook.DUE)
def elections_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """The next step of each election under way: the notice by its last day, the rest once the day of the meeting has come."""
    places = access.permitted(P.PARTY, communities)
    if not places:
        return
    register = ElectionRegister()
    days = values_by_community(places, [NOTICE_DAYS], today)
    elections = rows(Election, access, P.PARTY).in_communities(places).open()
    elections = elections.filter(body__ended_on__isnull=True).select_related("body")
    for election in elections.order_by("planned_on", "id"):
        on = election.planned_on
        if election.state == State.PLANNED:
            on -= datetime.timedelta(days=days[election.community_id][NOTICE_DAYS])
        place = places[election.community_id]
        _, label, action = NEXT[election.state]
        url = register.url("detail", place, election)
        yield Due(place, f"{election}：{label}", url, action, on, fold="换届选举")


@hook(Hook.SEARCH)
def search_elections(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Elections of bodies that match a search of the page head."""
    yield from search_register(ElectionRegister(), access, community, words, 19)


@hook(Hook.TIMELINE)
def candidacies(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """When the person stood in an election."""
    of_person = rows(Candidate, access, P.BRANCH, community).filter(person=person, contest__round=1)
    for candidate in of_person.select_related("contest__post", "contest__election__body"):
        election = candidate.contest.election
        url = ElectionRegister().url("detail", community, election)
        on = election.held_on or election.planned_on
        yield TimelineEntry(on, "选举", f"{election.body}{candidate.contest.post.title}候选人", url)


@extend
class ElectionsOfBody(RegisterExtension):
    """On the page of a party body: its elections, and the way to the next one."""

    model = Body

    def panels(self, row, access, community):
        if not row.is_party or not access.can(P.BRANCH, community):
            return []
        register = ElectionRegister()
        lines = [
            (
                Link(str(each), register.url("detail", community, each)),
                each.planned_on,
                each.get_state_display(),
            )
            for each in rows(Election, access, P.BRANCH, community).filter(body=row).select_related("body")
        ]
        return (
            [Panel("换届选举", ("选举", "选举日期", "进展"), lines, empty="还没有登记换届选举")]
            if lines
            else []
        )

    def links(self, row, access, community):
        if not row.is_party or row.is_over or not access.can(P.PARTY, community):
            return []
        register = ElectionRegister()
        current = rows(Election, access, P.PARTY, community).filter(body=row).open().first()
        if current is not None:
            return [Link("办理换届选举", register.url("detail", community, current), primary=True)]
        query = urlencode({"body": row.pk} | ({"term_years": row.term_years} if row.term_years else {}))
        return [Link("筹备换届选举", f"{register.url('create', community)}?{query}")]
