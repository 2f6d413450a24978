"""Party members with account and phone, as the office sees them, and the slips that bind their phones."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from community.accounts.actions import create_account, end_role, grant_role
from community.accounts.models import PHONE_PATHS, RoleAssignment, User
from community.phones.actions import PhoneSlip, issue_slip_to
from community.phones.models import Phone
from partybuilding.members.choices import State
from partybuilding.members.models import Member
from portal.access.permissions import Permission as P
from portal.access.querysets import rows

ROLE = "member"
OTHER_ROLES = [role for role in PHONE_PATHS if role != ROLE]
"""Roles that the same phone would open besides: building heads read who lives behind their doors."""


@dataclass(slots=True)
class PhoneHolder:
    """A party member with account (or None), and the state of the phone."""

    member: Member
    user: User | None = None
    bound: Phone | None = None
    printed: Phone | None = None
    """The unused slip."""
    blocked: str = ""
    """Why this user may not print a slip for the member; empty if they may."""

    @property
    def key(self) -> str:
        """Identifies the member on pages."""
        return str(self.member.pk)

    @property
    def name(self) -> str:
        return self.member.person.name

    @property
    def phone(self) -> Phone | None:
        """The phone or slip that can be revoked."""
        return self.bound or self.printed


def holders_of(access, community) -> list[PhoneHolder]:
    """Members whose registration has not ended, by branch and name, as far as this user sees them. Four queries."""
    members = rows(Member, access, P.BRANCH, community).members().select_related("person", "branch")
    holders = [PhoneHolder(m) for m in members.order_by("branch__name", "person__name_key", "id")]
    users = _accounts(holders)
    heads = set()
    if not access.can(P.PLACES_EDIT, community):
        roles = RoleAssignment.objects.of(community).current()
        heads = set(
            roles.filter(user__in=users.values(), role__in=OTHER_ROLES).values_list("user", flat=True)
        )
    phones = list(Phone.objects.of(community).filter(user__in=users.values()))
    bound = {p.user_id: p for p in phones if p.bound_at and p.is_open}
    printed = {p.user_id: p for p in phones if not p.bound_at and p.is_open}
    for holder in holders:
        holder.user = user = users.get(holder.member.person_id)
        if user:
            holder.bound, holder.printed = bound.get(user.pk), printed.get(user.pk)
        if holder.member.state == State.LOST:
            holder.blocked = "失联"
        elif access.user.person_id == holder.member.person_id:
            holder.blocked = "本人的请由他人打印"
        elif user and user.pk in heads:
            holder.blocked = "任楼道长，由社区在“楼道长手机”中打印"
    return holders


def _accounts(holders: Iterable[PhoneHolder]) -> dict[int, User]:
    """Person id → active account."""
    people = [holder.member.person_id for holder in holders]
    return {
        user.person_id: user
        for user in User.objects.filter(person__in=people, is_active=True).order_by("-pk")
    }


def phones_of_members(access, community) -> QuerySet[Phone]:
    """Phones and slips of the members whom this user sees."""
    members = rows(Member, access, P.BRANCH, community)
    phones = Phone.objects.of(community).filter(user__person__in=members.values("person"))
    return phones.select_related("user")


@transaction.atomic
def issue_member_slip(*, holder: PhoneHolder, community, by: User) -> PhoneSlip:
    """Issue a slip for a member; one without an account gets one, with the role of a member at the branch.

    A role at another branch, where the member was before, ends. Raises AccountError.
    """
    member = holder.member
    user = holder.user or create_account(name=member.person.name, person=member.person)
    roles = (
        RoleAssignment.objects.of(community)
        .filter(user=user, role=ROLE)
        .not_over()
        .select_related("user", "body")
    )
    at_branch = False
    for role in roles:
        if role.body_id == member.branch_id:
            at_branch = True
        else:
            end_role(assignment=role, by=by, reason="转到其他支部")
    if not at_branch:
        grant_role(user=user, role=ROLE, community_id=community.id, by=by, body=member.branch)
    return issue_slip_to(user=user, places=(member.branch.name,), community=community, by=by)
