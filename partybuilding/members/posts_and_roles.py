"""What hangs on a membership: posts in party bodies, and roles that the account has there. They end and come back with it."""

import datetime
from collections.abc import Iterable

from django.db.models import QuerySet

from community.accounts import account_log
from community.accounts.actions import close_roles, grant_role, role_restored
from community.accounts.models import RoleAssignment, User
from community.bodies.actions import end_all, save_holder
from community.bodies.kinds import PARTY_KINDS
from community.bodies.models import Body, PostHolder
from partybuilding.members.models import Member
from portal.access.db_scope import acting_user_id
from portal.forms.refusals import Refusal

_PHONE_ROLE = "member"


def posts_of(member: Member, on: datetime.date, body: Body | None = None) -> QuerySet:
    """Holdings that are not over on that day: in all party bodies, or in one of them."""
    holders = PostHolder.objects.filter(community_id=member.community_id, person_id=member.person_id)
    at = {"post__body": body} if body else {"post__body__kind__in": PARTY_KINDS}
    return holders.filter(**at).not_over(on).select_related("post__body").order_by("id")


def roles_of(member: Member, body: Body | None = None) -> QuerySet:
    """Roles of the account that are not over: at all party bodies, or at one of them."""
    roles = RoleAssignment.objects.filter(
        community_id=member.community_id, user__person_id=member.person_id
    ).not_over()
    at = {"body": body} if body else {"body__kind__in": PARTY_KINDS}
    return roles.filter(**at).select_related("user", "body").order_by("id")


def words_of(member: Member, on: datetime.date, body: Body | None = None) -> str:
    """What ends with the membership, or with the move from `body`, as a sentence; empty if there is nothing."""
    roles = [role for role in roles_of(member, body) if not (body and role.role == _PHONE_ROLE)]
    words = [str(each.post) for each in posts_of(member, on, body)]
    words += [f"账号的“{each.get_role_display()}”权限" for each in roles]
    return f"随之结束的还有：{'、'.join(words)}。" if words else ""


def end_with_membership(member: Member, on: datetime.date) -> None:
    """End posts and roles of somebody whose registration ended on that day."""
    _end(posts_of(member, on), roles_of(member), on, "党员登记结束")


def follow_to_branch(member: Member, before: Body, on: datetime.date) -> None:
    """End what somebody held at the branch `before`; the own phone goes on at the new branch."""
    roles, by = list(roles_of(member, before)), _acting()
    _end(posts_of(member, on, before), roles, on, "转到其他支部")
    for role in roles:
        # Nobody grants a role to themselves: whoever moves themselves gets a new slip from somebody else.
        if role.role == _PHONE_ROLE and role.user != by:
            grant_role(
                user=role.user,
                role=_PHONE_ROLE,
                community_id=member.community_id,
                by=by,
                body=member.branch,
                reason="随组织关系转接",
            )


def restore_with_membership(member: Member, ended_on: datetime.date) -> list[str]:
    """Take back what ended on the day of the end that is taken back. A post that is filled by now stays so: why, for each."""
    of_person = {"community_id": member.community_id, "end": ended_on}
    holders = PostHolder.objects.filter(
        **of_person, person_id=member.person_id, post__body__kind__in=PARTY_KINDS
    )
    holders = holders.select_related("post__body", "person").order_by("id")
    refused = list(filter(None, map(_reopen, holders)))
    roles = RoleAssignment.objects.filter(
        **of_person, user__person_id=member.person_id, body__kind__in=PARTY_KINDS, ended_at__isnull=False
    )
    for role in roles.select_related("user", "body").order_by("id"):
        role.end = role.ended_at = None
        role.save(update_fields=["end", "ended_at"])
        role_restored(role)
        account_log.log_role(account_log.Action.GRANT, role, _acting(), "恢复党员登记")
    return refused


def _end(holders: QuerySet, roles: Iterable[RoleAssignment], on: datetime.date, why: str) -> None:
    end_all(holders, on)
    close_roles(roles, on, by=_acting(), reason=why)


def _reopen(holder: PostHolder) -> str:
    """Open a holding again; the reason where it cannot be."""
    holder.end = None
    holder.version += 1

    def save() -> PostHolder:
        holder.save(update_fields=["end", "version"])
        return holder

    try:
        save_holder(holder, save)
    except Refusal as refusal:
        return f"{holder.post}没有恢复：{refusal.sentence}"
    return ""


def _acting() -> User | None:
    return User.objects.filter(pk=acting_user_id()).first()
