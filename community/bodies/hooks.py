"""Hooks of bodies: what a death or move-out ends, search, timeline."""

import datetime
from collections.abc import Iterator
from functools import partial

from community.bodies.models import BodyMember, PostHolder
from community.bodies.registers import BodyMemberRegister, BodyRegister, PostHolderRegister
from community.people.models import Person
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.departure import Consequence, Departure
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.hooks.timeline import TimelineEntry
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords


@hook(Hook.PERSON_LEFT)
def ended_by_departure(person: Person, departure: Departure) -> Iterator[Consequence]:
    """Posts and memberships of the person."""
    of_person = {"community_id": person.community_id, "person": person}
    holders = PostHolder.objects.filter(**of_person).not_over(departure.on)
    for holder in holders.select_related("post__body"):
        yield Consequence(
            f"holder-{holder.uuid}", f"{holder.post}任职", holder, partial(_end, holder, departure.on)
        )
    members = BodyMember.objects.filter(**of_person).not_over(departure.on)
    for member in members.select_related("body"):
        yield Consequence(
            f"member-{member.uuid}", f"{member.body}成员", member, partial(_end, member, departure.on)
        )


def _end(row: PostHolder | BodyMember, on: datetime.date) -> None:
    """End it on that day, or on its first day if it began later: then it was never in force."""
    row.end = max(row.start, on)
    row.version += 1
    row.save(update_fields=["end", "version"])


@hook(Hook.SEARCH)
def search_bodies(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Bodies that match a search of the page head."""
    yield from search_register(BodyRegister(), access, community, words, 11)


@hook(Hook.TIMELINE)
def tenures_of_person(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """When the person came into posts and bodies, and when they left."""
    holders = rows(PostHolder, access, P.PLACES_VIEW, community).filter(person=person)
    for holder in holders.select_related("post__body"):
        url = PostHolderRegister().url("detail", community, holder)
        words = "，".join(filter(None, (holder.get_manner_display(), holder.document)))
        yield TimelineEntry(holder.start, "任职", f"任{holder.post}", url, words)
        if holder.end:
            yield TimelineEntry(holder.end, "任职", f"不再任{holder.post}", url)
    members = rows(BodyMember, access, P.PLACES_VIEW, community).filter(person=person)
    for member in members.select_related("body"):
        url = BodyMemberRegister().url("detail", community, member)
        yield TimelineEntry(member.start, "组织", f"加入{member.body}", url, member.note)
        if member.end:
            yield TimelineEntry(member.end, "组织", f"退出{member.body}", url)
