"""Hooks of complaints about staff: to-do, search, tracking, the street's answer and encrypted columns."""

import datetime
from collections.abc import Collection, Iterator

from django.db.models import Count, Exists, Min, OuterRef
from django.urls import reverse
from django.utils import timezone

from community.accounts.models import RoleAssignment
from community.communities.models import Community
from community.forwarded.models import Forwarded, ForwardedAnswer
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.cases.due import cases_due
from portal.hooks.due import Due
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.hooks.secrets import EncryptedColumn
from portal.hooks.tracking import PublicTile
from portal.registers.search import search_register
from portal.registers.search_words import SearchWords
from services.complaints import tracking  # noqa: F401 - answers the hook TRACK
from services.complaints.actions import record_street_answer
from services.complaints.figures import complaints_count
from services.complaints.models import StaffComplaint, StaffComplaintStep
from services.complaints.registers import ComplaintRegister
from services.requests.numbers import HIDDEN_REQUESTS, HiddenRequests


@hook(Hook.DUE)
def complaints_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Complaints to be taken up, the user's own, and those whose owner works on complaints no more. Nothing of their words."""
    register = ComplaintRegister()
    yield from cases_due(register, access, communities, {"received": "去受理"})
    places = access.permitted(register.work, communities)
    holders = RoleAssignment.objects.current().holding(register.work)
    holders = holders.filter(user=OuterRef("owner"), community=OuterRef("community"))
    left = rows(StaffComplaint, access, register.work).in_communities(places).open()
    left = left.filter(~Exists(holders), owner__isnull=False).order_by()
    for pk, count, due in left.values_list("community_id").annotate(Count("pk"), Min("due")):
        title, on = f"承办人已离岗的反映件 {count}件", due and timezone.localdate(due)
        url = f"{register.url('list', places[pk])}?state=open"
        yield Due(places[pk], title, url, "去接手", on, count, key="complaints-left")


@hook(Hook.SEARCH)
def search_complaints(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Complaints that match a search of the page head, for those who may read them."""
    yield from search_register(ComplaintRegister(), access, community, words, 15)


@hook(Hook.PUBLIC_TILES)
def complaint_tile(community: Community) -> Iterator[PublicTile]:
    url = reverse("services:complaint_new", kwargs={"code": community.code})
    yield PublicTile("反映工作人员", "由居务监督委员会办理，被反映的人看不到", url, 40)


@hook(HIDDEN_REQUESTS)
def hidden_complaints(community, first: datetime.date, last: datetime.date) -> Iterator[HiddenRequests]:
    yield HiddenRequests(complaints_count(community, first, last), "由居务监督委员会办理")


@hook(Hook.FORWARDED_ANSWER)
def street_answered(forwarded: Forwarded, answer: ForwardedAnswer) -> Iterator[str]:
    if state := record_street_answer(forwarded, answer):
        yield state


@hook(Hook.SECRETS)
def complaint_secrets() -> Iterator[EncryptedColumn]:
    for title, model in (("反映件", StaffComplaint), ("反映件的办理步骤", StaffComplaintStep)):
        yield EncryptedColumn(title, model, "sealed", lambda row: (row.sealed_column(), row.uuid))
