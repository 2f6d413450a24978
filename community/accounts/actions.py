"""Create accounts, grant and end roles, issue and use one-time set-up links.

Every act is written to the access log (`community.accounts.account_log`).
"""

import datetime
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from community.accounts import account_log
from community.accounts.models import Office, RoleAssignment, SetupLink, User
from community.bodies.models import Body
from community.communities.models import Street
from community.people.models import Person
from community.people.names import initials, name_key
from community.places.models import Area, Stairwell
from portal.access.db_scope import APP, acting_user_id, portal_scope, scope
from portal.access.roles import (
    ROLES,
    ROLES_NEEDING_PERSON,
    STREET_ISSUED_ROLES,
    HeldAt,
    excluded_by,
    exclusive_pair,
)
from portal.audit.models import AccessLog
from portal.crypto.vault import blind_index
from portal.forms.refusals import Refusal
from portal.hooks.registry import Hook, call_hooks

Action = AccessLog.Action
_LOCK = 0x61636374  # "acct"
"""Key of the advisory lock that serialises changes of roles, persons and links of accounts."""
LINK_DAYS = 14
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Thirty characters that are not confused with one another when copied from paper."""
_TOKEN_LENGTH = 16
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")

GRANTABLE = tuple(
    role.code
    for role in ROLES.values()
    if role.held_at in (HeldAt.COMMUNITY, HeldAt.PLACE, HeldAt.BODY) and role.code != "director"
)
"""Roles that a director grants in their own community; the street grants directors."""


class AccountError(Refusal):
    """An account or role that cannot be given."""


def create_account(*, name: str, username: str = "", person: Person | None = None) -> User:
    """Create an account, which cannot sign in until its set-up link is used.

    Without `username` one is derived from the name's pinyin (zhangsan, zhangsan2 …).
    """
    lock_accounts()  # before the row of the person is: a merge takes the two in this order
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
    """Active account of this username. Raises AccountError."""
    user = User.objects.filter(username=username.strip().lower(), is_active=True).first()
    if user is None:
        raise AccountError(
            f"没有用户名为“{username}”的账号，请核对；没有账号的，请填写姓名新建。", "username"
        )
    return user


def free_username(base: str) -> str:
    """Unused username: `base`, or `base` with the lowest free number."""
    base = re.sub(r"[^a-z0-9._-]", "", base.lower())[:34] or "user"
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    if base not in taken:
        return base
    return next(name for number in range(2, 10_000) if (name := f"{base}{number}") not in taken)


def add_employee(*, name: str, community, by: User | None) -> Person:
    """Create a person row for an employee who does not live in the community, to link an account to.

    The street, which cannot read people, does so too: the row is written in the scope of the community.
    """
    who = by.pk if by else None
    with scope(APP, communities=[community.id], write=[community.id], user_id=who, action="登记工作人员"):
        return Person.objects.create(
            community_id=community.id,
            name=name,
            name_key=name_key(name),
            initials=initials(name),
            workplace=f"{community.name}居民委员会",
        )


def link_person(*, user: User, person: Person, community_id: int, by: User, reason: str = "") -> None:
    """Link an account to a person; relinking is possible only where it serves in this community alone.

    Refused where the person would then hold roles that exclude one another.
    """
    _refuse_self(user, by, "不能变更自己的账号，请由他人办理。")
    with transaction.atomic():
        lock_accounts()
        user.refresh_from_db(fields=["person"])
        if user.person_id == person.pk:
            raise AccountError(f"{user.name}的账号已经对应这位居民。", "person")
        if user.person_id and RoleAssignment.objects.filter(user=user).not_over().exclude(
            community=community_id
        ):
            raise AccountError(f"{user.name}还在其他单位任职，不能在此变更本人。", "person")
        if by.person_id == person.pk:
            raise AccountError("不能把他人的账号对应到您本人。", "person")
        others = User.objects.filter(Q(pk=user.pk) | Q(person_id=person.pk))
        if holds_exclusive_roles(others):
            raise AccountError(
                f"{person.name}的另一个账号任有不能兼任的职务：同一个人不能既是居务监督委员，又担任主任、"
                "工作人员、财务或民政专干。请先解除其中一个岗位。",
                "person",
            )
        user.person = person
        user.save(update_fields=["person"])
    account_log.log_person(user, by, reason)


def grant_role(
    *,
    user: User,
    role: str,
    by: User | None,
    community_id: int | None = None,
    street: Street | None = None,
    stairwell: Stairwell | None = None,
    area: Area | None = None,
    body: Body | None = None,
    reason: str = "",
) -> RoleAssignment:
    """Grant `role` to `user` from today: in the community or at a place or body of it, at the street, or everywhere.

    A role of the second office invalidates the links that the community issued for the account.
    """
    with transaction.atomic():
        lock_accounts()
        user.refresh_from_db(fields=["person", "password", "password_by_community"])
        _check_grant(user, role, community_id, street, by, stairwell or area or body)
        assignment = RoleAssignment.objects.create(
            user=user,
            role=role,
            community_id=community_id,
            street=street,
            stairwell=stairwell,
            area=area,
            body=body,
            granted_by=by,
        )
        ended = []
        if role in STREET_ISSUED_ROLES:
            ended = _end_links(_open_links(user).filter(office=Office.COMMUNITY), SetupLink.Ended.ROLE)
    account_log.log_role(Action.GRANT, assignment, by, reason)
    _log_ended(ended, by)
    return assignment


def holds_exclusive_roles(users: Iterable[User]) -> bool:
    """Whether these accounts, taken as one person's, hold mutually exclusive roles in some community."""
    assignments = RoleAssignment.objects.filter(user__in=users, community__isnull=False).not_over()
    roles = defaultdict(set)
    for community_id, role in assignments.values_list("community_id", "role"):
        roles[community_id].add(role)
    return any(exclusive_pair(codes) for codes in roles.values())


def end_role(*, assignment: RoleAssignment, by: User, reason: str = "") -> RoleAssignment:
    """End a role at once, with today as its last day. Raises AccountError if it has ended already."""
    _refuse_self(assignment.user, by, "不能解除自己的岗位，请由上级办理。")
    with transaction.atomic():
        rows = RoleAssignment.objects.select_for_update(of=("self",)).filter(pk=assignment.pk)
        row = rows.not_over().first()
        if row is None:
            raise AccountError(f"{assignment.user.name}的这个岗位已经解除，不用再办理。")
        account_log.log_role(Action.END, close_role(row, timezone.localdate()), by, reason)
        return row


def close_role(assignment: RoleAssignment, on: datetime.date) -> RoleAssignment:
    """Close a role now, with `on` as its last day. An earlier end stays; a role not begun yet keeps its dates.

    What the user has in hand by it goes back to others (hook ROLE_ENDED).
    """
    if assignment.start <= on:
        assignment.end = min(assignment.end or on, on)
    assignment.ended_at = timezone.now()
    assignment.save(update_fields=["end", "ended_at"])
    _call_role_hooks(Hook.ROLE_ENDED, assignment, "岗位结束")
    return assignment


def close_roles(roles: Iterable[RoleAssignment], on: datetime.date, *, by: User | None, reason: str) -> int:
    """Close these roles as `close_role` does, each with an entry in the access log; returns their number."""
    number = 0
    for role in roles:
        close_role(role, on)
        account_log.log_role(Action.END, role, by, reason)
        number += 1
    return number


def role_restored(assignment: RoleAssignment) -> None:
    """Give back what the end of a role took, after that was taken back."""
    _call_role_hooks(Hook.ROLE_RESTORED, assignment, "岗位恢复")


def _call_role_hooks(hook: Hook, assignment: RoleAssignment, action: str) -> None:
    """Call a hook of roles in the scope of the role's community: the street, too, ends roles, and cannot see its rows."""
    if assignment.community_id:
        with portal_scope(assignment.community_id, action=action, user_id=acting_user_id()):
            for _ in call_hooks(hook, assignment):
                pass


def new_token() -> str:
    """Random token of a link that is printed on a slip."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_TOKEN_LENGTH))


def required_office(user: User) -> Office:
    """Lowest office that may issue a set-up link for the account, by all roles it holds or will hold.

    A link gives access to everything the account may do, so the issuer must stand above all its roles.
    """
    assignments = RoleAssignment.objects.filter(user=user).not_over()
    assignments = list(assignments.values_list("role", "community_id", "community__street"))
    levels = {ROLES[role].held_at for role, _, _ in assignments}
    streets = {street for _, _, street in assignments if street}
    if levels & {HeldAt.STREET, HeldAt.DEPLOYMENT} or len(streets) > 1:
        return Office.DEPLOYMENT
    communities = {community for _, community, _ in assignments}
    if len(communities) > 1 or any(role in STREET_ISSUED_ROLES for role, _, _ in assignments):
        return Office.STREET
    return Office.COMMUNITY


def issue_link(*, user: User, by: User | None = None, office: Office | None = None, reason: str = "") -> str:
    """Issue a one-time set-up link and invalidate earlier ones. Returns the token, of which only the hash is stored.

    office: the issuing office; without `by` it is the operator. Raises AccountError where a higher one is required.
    """
    if office is None:
        office = Office.COMMUNITY if by else Office.DEPLOYMENT
    now = timezone.now()
    token = new_token()
    with transaction.atomic():
        lock_accounts()
        _check_office(user, office)
        ended = _end_links(_open_links(user), SetupLink.Ended.REPLACED)
        link = SetupLink.objects.create(
            user=user,
            token_hash=_hash(token),
            expires_at=now + datetime.timedelta(days=LINK_DAYS),
            office=office,
            issued_by=by,
            reason=reason,
        )
    _log_ended(ended, by)
    account_log.log_link(Action.LINK, link, by, reason)
    return token


def renew_link(
    *, assignment: RoleAssignment, by: User | None, reason: str, office: Office | None = None
) -> str:
    """Issue a new link after a lost slip or forgotten password."""
    _refuse_self(assignment.user, by, "修改自己的密码请用“修改密码”。")
    if not reason.strip():
        raise AccountError("请写明重新发放的理由。", "reason")
    return issue_link(user=assignment.user, by=by, office=office, reason=reason.strip())


def usable_link(token: str) -> SetupLink | None:
    """Usable link of this token: not used, not expired, of an active account."""
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
    """Set the password and mark the link as used; None if it was used concurrently."""
    with transaction.atomic():
        used = SetupLink.objects.filter(
            token_hash=_hash(token), used_at__isnull=True, expires_at__gt=timezone.now()
        ).update(used_at=timezone.now())
        if not used:
            return None
        link = SetupLink.objects.select_related("user", "issued_by").get(token_hash=_hash(token))
        user = link.user
        user.set_password(password)
        user.password_by_community = link.office == Office.COMMUNITY
        user.save(update_fields=["password", "password_by_community"])
    account_log.log_link(Action.LINK_USED, link, user, f"{link.issuer}发放")
    return user


def end_expired_links() -> int:
    """Mark and log links that expired unused; returns their count. Runs every night."""
    expired = SetupLink.objects.filter(
        used_at__isnull=True, ended_because="", expires_at__lte=timezone.now()
    ).select_related("user")
    ended = _end_links(expired, SetupLink.Ended.EXPIRED)
    _log_ended(ended, None)
    return len(ended)


def lock_accounts() -> None:
    """Take the advisory lock on changes of roles, persons and links, until this transaction ends.

    Role exclusion depends on several rows, also of other accounts, so acts are serialised and each sees the one before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _open_links(user: User) -> QuerySet:
    return SetupLink.objects.filter(
        user=user, used_at__isnull=True, expires_at__gt=timezone.now()
    ).select_related("user")


def _end_links(links: QuerySet, because: SetupLink.Ended) -> list[SetupLink]:
    ended, now = list(links), timezone.now()
    for link in ended:
        link.ended_because, link.expires_at = because, min(link.expires_at, now)
    SetupLink.objects.bulk_update(ended, ["ended_because", "expires_at"])
    return ended


def _log_ended(links: Iterable[SetupLink], by: User | None) -> None:
    for link in links:
        account_log.log_link(Action.LINK_ENDED, link, by, link.get_ended_because_display())


def _check_office(user: User, office: Office) -> None:
    required = required_office(user)
    if Office(office).rank >= required.rank:
        return
    assignments = RoleAssignment.objects.filter(user=user).not_over()
    if assignments.values("community", "street").distinct().count() > 1:
        raise AccountError(f"{user.name}还在其他单位任职，开通单由{required.label}发放，请与其联系。")
    roles = "、".join(ROLES[code].name for code in assignments.values_list("role", flat=True).order_by("id"))
    raise AccountError(f"{user.name}任{roles}，开通单由{required.label}发放，请与其联系。")


def _hash(token: str) -> str:
    return blind_index(token.strip().upper(), "community_setuplink.token").hex()


def _same_person(user: User) -> Q:
    return Q(pk=user.pk) | Q(person__isnull=False, person_id=user.person_id)


def _check_grant(user: User, role: str, community_id: int | None, street, by: User | None, place) -> None:
    _refuse_self(user, by, "不能给自己分配岗位，请由他人办理。")
    _check_place(role, place)
    same = RoleAssignment.objects.filter(community=community_id, street=street).not_over()
    if same.filter(user=user, role=role, **_place_filter(place)).exists():
        raise AccountError(f"{user.name}已经是{ROLES[role].name}。", "role")
    roles = set(same.filter(user__in=User.objects.filter(_same_person(user))).values_list("role", flat=True))
    if barred := roles & excluded_by(role):
        words = "、".join(sorted(ROLES[code].name for code in barred))
        raise AccountError(
            f"{user.name}现任{words}。同一个人不能既是居务监督委员，又担任主任、工作人员、财务或民政专干。",
            "role",
        )
    if role in ROLES_NEEDING_PERSON and user.person_id is None:
        raise AccountError(
            f"担任{ROLES[role].name}的账号须对应本人，用于防止同一人兼任监督与经办。请在“本人”中选择{user.name}。",
            "person",
        )


_PARTY_ROLES = ("branch", "member")
"""Roles that are held at a party body."""


def _check_place(role: str, place: Stairwell | Area | Body | None) -> None:
    """Raise AccountError unless the place is of the kind at which the role is held."""
    held_at, name = ROLES[role].held_at, ROLES[role].name
    if held_at is HeldAt.PLACE and not isinstance(place, Stairwell | Area):
        raise AccountError(f"{name}请选择楼道、小组或片区。", "place")
    if role in _PARTY_ROLES and not (isinstance(place, Body) and place.is_party):
        raise AccountError(f"{name}请选择所在的党组织。", "place")
    if held_at is HeldAt.BODY and not isinstance(place, Body):
        raise AccountError(f"{name}请选择所在的组织。", "place")
    if held_at not in (HeldAt.PLACE, HeldAt.BODY) and place is not None:
        raise AccountError(f"{name}的范围是整个社区，请不要选择楼道、小组、片区或组织。", "place")
    if isinstance(place, Body) and place.is_over:
        raise AccountError(f"{place}已经撤销，请另选。", "place")


def _place_filter(place: Stairwell | Area | Body | None) -> dict:
    return {place._meta.model_name: place} if place else {}


def _refuse_self(user: User, by: User | None, sentence: str) -> None:
    if by is not None and user.same_person_as(by):
        raise AccountError(sentence)
