"""Accounts and the roles they hold: made, granted, ended, and opened by a one-time link."""

import datetime
import re
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from community.models import Area, Person, RoleAssignment, SetupLink, Stairwell, Street, User
from community.names import name_key
from portal.roles import EXCLUSIVE_WITH_SUPERVISOR, ROLES, HeldAt
from portal.vault import blind_index

LINK_DAYS = 14
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Thirty characters that are not taken for one another when a slip is typed off."""
_TOKEN_LENGTH = 16
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")

GRANTABLE = tuple(
    role.code
    for role in ROLES.values()
    if role.held_at in (HeldAt.COMMUNITY, HeldAt.PLACE, HeldAt.BODY) and role.code != "director"
)
"""What a director grants in the own community; directors themselves are the street's."""


class AccountError(Exception):
    """The account or role cannot be given. The text is the sentence to show, `field` the form field it is about."""

    def __init__(self, sentence: str, field: str = ""):
        super().__init__(sentence)
        self.field = field


def create_account(*, name: str, username: str = "", person: Person | None = None) -> User:
    """An account nobody can sign in with until its set-up link was used.

    Without `username` one is made of the name's pinyin (zhangsan, zhangsan2 …).
    """
    if username:
        username = username.strip().lower()
        if not _USERNAME.fullmatch(username):
            raise AccountError("用户名用2至40个小写字母、数字或 . _ -，以字母或数字开头。", "username")
        if User.objects.filter(username=username).exists():
            raise AccountError("这个用户名已有人使用，请换一个。", "username")
    else:
        username = free_username("".join(name_key(name).split()) or "user")
    return User.objects.create_user(username, name.strip(), person=person)


def find_account(username: str) -> User:
    """The active account of this name, to be given a role. Raises AccountError."""
    user = User.objects.filter(username=username.strip().lower(), is_active=True).first()
    if user is None:
        raise AccountError(
            f"没有用户名为“{username}”的账号，请核对；没有账号的，请填写姓名新建。", "username"
        )
    return user


def free_username(base: str) -> str:
    """`base`, or with the lowest number that makes it new."""
    base = re.sub(r"[^a-z0-9._-]", "", base.lower())[:34] or "user"
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    if base not in taken:
        return base
    return next(name for number in range(2, 10_000) if (name := f"{base}{number}") not in taken)


def grant_role(
    *,
    user: User,
    role: str,
    by: User | None,
    community_id: int | None = None,
    street: Street | None = None,
    stairwell: Stairwell | None = None,
    area: Area | None = None,
    reason: str = "",
) -> RoleAssignment:
    """Let `user` hold `role` from today: in the community, at the street, or in the whole deployment."""
    with transaction.atomic():
        # Two grants to accounts of one person wait for one another, so that both see what the other gave.
        list(User.objects.select_for_update().filter(_same_person(user)).order_by("pk"))
        _check_grant(user, role, community_id, street, by, stairwell or area)
        return RoleAssignment.objects.create(
            user=user,
            role=role,
            community_id=community_id,
            street=street,
            stairwell=stairwell,
            area=area,
            granted_by=by,
        )


def holds_exclusive_roles(users: Iterable[User], community_id: int) -> bool:
    """Whether accounts, taken for one person's, hold roles in the community that nobody may hold together."""
    held = RoleAssignment.objects.filter(community=community_id, user__in=users).not_over()
    roles = set(held.values_list("role", flat=True))
    return "supervisor" in roles and bool(roles & EXCLUSIVE_WITH_SUPERVISOR)


def end_role(*, assignment: RoleAssignment, by: User) -> RoleAssignment:
    """End a role at once; today is its last day. Raises AccountError when it is over already."""
    _refuse_self(assignment.user, by, "不能结束自己的角色，请由上级办理。")
    with transaction.atomic():
        found = RoleAssignment.objects.select_for_update(of=("self",)).filter(pk=assignment.pk)
        if not (found := found.not_over().first()):
            raise AccountError(f"{assignment.user.name}的这个角色已经结束，不用再办理。")
        return close_role(found, timezone.localdate())


def close_role(assignment: RoleAssignment, on: datetime.date) -> RoleAssignment:
    """A role ends now, with `on` as its last day. An earlier end stays; one that has not begun keeps its dates."""
    if assignment.start <= on:
        assignment.end = min(assignment.end or on, on)
    assignment.ended_at = timezone.now()
    assignment.save(update_fields=["end", "ended_at"])
    return assignment


def new_token() -> str:
    """The secret part of a link that is printed on a slip."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_TOKEN_LENGTH))


def issue_link(*, user: User, reason: str = "") -> str:
    """A new one-time link for the account; earlier ones stop working. Returns the token, which is stored nowhere."""
    now = timezone.now()
    token = new_token()
    with transaction.atomic():
        SetupLink.objects.filter(user=user, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
        SetupLink.objects.create(
            user=user, token_hash=_hash(token), expires_at=now + datetime.timedelta(days=LINK_DAYS)
        )
    return token


def renew_link(*, assignment: RoleAssignment, by: User) -> str:
    """A new link for somebody who lost the slip or forgot the password.

    Refused for accounts that also serve elsewhere: a link opens everything the account may do.
    """
    user = assignment.user
    _refuse_self(user, by, "修改自己的密码请用“修改密码”。")
    held = RoleAssignment.objects.filter(user=user).not_over()
    elsewhere = held.exclude(community_id=assignment.community_id)
    if elsewhere.exists():
        raise AccountError(f"{user.name}还在其他单位任职，不能在这里重置，请由系统管理员办理。")
    return issue_link(user=user)


def open_link(token: str) -> SetupLink | None:
    """The link of this token while it can be used: not used, not expired, of an active account."""
    return (
        SetupLink.objects.filter(
            token_hash=_hash(token),
            used_at__isnull=True,
            expires_at__gt=timezone.now(),
            user__is_active=True,
        )
        .select_related("user")
        .first()
    )


def use_link(*, token: str, password: str) -> User | None:
    """Set the password and use the link up; None when somebody was faster."""
    with transaction.atomic():
        used = SetupLink.objects.filter(
            token_hash=_hash(token), used_at__isnull=True, expires_at__gt=timezone.now()
        ).update(used_at=timezone.now())
        if not used:
            return None
        user = SetupLink.objects.select_related("user").get(token_hash=_hash(token)).user
        user.set_password(password)
        user.save(update_fields=["password"])
        return user


def _hash(token: str) -> str:
    return blind_index(token.strip().upper(), "community_setuplink.token").hex()


def _same_person(user: User) -> Q:
    return Q(pk=user.pk) | Q(person__isnull=False, person_id=user.person_id)


def _check_grant(user: User, role: str, community_id, street, by: User | None, place) -> None:
    _refuse_self(user, by, "不能给自己授予角色，请由他人办理。")
    if (ROLES[role].held_at is HeldAt.PLACE) is (place is None):
        raise AccountError(
            "楼道长请选择楼道、小组或片区。" if place is None else "只有楼道长需要选择楼道、小组或片区。",
            "place",
        )
    same = RoleAssignment.objects.filter(community=community_id, street=street).not_over()
    if same.filter(user=user, role=role, **_at(place)).exists():
        raise AccountError(f"{user.name}已经是{ROLES[role].name}。", "role")
    held = set(same.filter(user__in=User.objects.filter(_same_person(user))).values_list("role", flat=True))
    barred = held & EXCLUSIVE_WITH_SUPERVISOR if role == "supervisor" else held & {"supervisor"}
    if barred and (role == "supervisor" or role in EXCLUSIVE_WITH_SUPERVISOR):
        words = "、".join(sorted(ROLES[code].name for code in barred))
        raise AccountError(
            f"{user.name}现任{words}。同一个人不能既是居务监督委员，又担任主任、工作人员、财务或民政专干。",
            "role",
        )


def _at(place: Stairwell | Area | None) -> dict:
    if isinstance(place, Stairwell):
        return {"stairwell": place}
    return {"area": place} if place else {}


def _refuse_self(user: User, by: User | None, sentence: str) -> None:
    if by is not None and user.same_person_as(by):
        raise AccountError(sentence)
