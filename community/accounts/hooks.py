"""Hooks of accounts: posts and roles that a death or move-out ends, menu line."""

import datetime
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial

from django.contrib.auth.hashers import check_password
from django.db.models import Q
from django.utils import timezone

from community.accounts.actions import close_role, close_roles
from community.accounts.demo import ACCOUNTS, HEADS, MEMBERS, PASSWORD
from community.accounts.models import RoleAssignment, User
from community.bodies.models import Body
from community.demo.deployment import is_demo_deployment
from community.people.models import Person
from community.places.models import Area, HeadAppointment, Stairwell
from portal.access.db_scope import acting_user_id
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.roles import ROLES
from portal.hooks.demo import DemoAccount
from portal.hooks.departure import Consequence, Departure
from portal.hooks.menu import DeskArea, add_menu_page
from portal.hooks.places import ProtectingRow
from portal.hooks.registry import Hook, hook
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link, Panel

add_menu_page(DeskArea.SETTINGS, "账号和岗位", "community:account_list", P.ACCOUNTS_GRANT, 20)
add_menu_page(DeskArea.TODAY, "不在岗", "community:absence_list", P.TASKS, 40, is_tool=True)


@hook(Hook.PERSON_LEFT)
def ended_by_departure(person: Person, departure: Departure) -> Iterator[Consequence]:
    """Current head appointments of the person, and roles of their account."""
    later = Q(end__isnull=True) | Q(end__gt=departure.on)
    appointments = HeadAppointment.objects.filter(later, community_id=person.community_id, person=person)
    for appointment in appointments.select_related("stairwell", "area"):
        title = f"{appointment.stairwell or appointment.area}负责人任职"
        end = partial(_end_appointment, appointment, departure.on)
        yield Consequence(f"appointment-{appointment.uuid}", title, appointment, end)
    roles = RoleAssignment.objects.filter(later, community_id=person.community_id, user__person=person)
    for role in roles.not_over().select_related("user", "stairwell", "area", "body"):
        title = f"账号“{role.user.username}”在{role.place or '本社区'}的{role.get_role_display()}权限"
        yield Consequence(f"role-{role.pk}", title, role, partial(_end_role, role, departure))


def _end_appointment(appointment: HeadAppointment, on: datetime.date) -> None:
    """End an appointment on that day, or on its first day if it began later: then it was never in force."""
    appointment.end = max(appointment.start, on)
    appointment.version += 1
    appointment.save(update_fields=["end", "version"])


def _end_role(role: RoleAssignment, departure: Departure) -> None:
    by = User.objects.filter(pk=acting_user_id()).first()
    close_roles([role], departure.on, by=by, reason="本人去世" if departure.died else "本人迁出")


@extend
class RolesAtBody(RegisterExtension):
    """The accounts with a role at a body, on its page."""

    model = Body

    def panels(self, row, access, community):
        if not access.can(P.ACCOUNTS_GRANT, community):
            return []
        roles = rows(RoleAssignment, access, P.ACCOUNTS_GRANT, community).filter(body=row).not_over()
        lines = [
            (role.user.name, role.user.username, role.get_role_display(), role.start)
            for role in roles.select_related("user").order_by("user__username", "id")
        ]
        url = community.url("community:account_list")
        header = ("姓名", "用户名", "岗位", "开始日期")
        return [Panel("账号岗位", header, lines, links=(Link("账号和岗位", url),))] if lines else []


@hook(Hook.BODY_ENDED)
def end_roles_at(body: Body, on: datetime.date, by: User) -> Iterator[int]:
    """End the roles held at a body."""
    roles = RoleAssignment.objects.filter(community_id=body.community_id, body=body).not_over()
    yield close_roles(roles.select_related("user", "body"), on, by=by, reason="组织撤销")


@hook(Hook.PLACE_PROTECTED)
def roles_at(place: Stairwell | Area | Body) -> Iterator[ProtectingRow]:
    """Current and future roles at exactly this place, which prevent its deletion."""
    roles = RoleAssignment.objects.filter(community_id=place.community_id, **{place._meta.model_name: place})
    for role in roles.not_over().select_related("user"):
        yield ProtectingRow(f"账号“{role.user.username}”的{role.get_role_display()}岗位", role)


@hook(Hook.PLACE_DELETED)
def close_roles_at(place: Stairwell | Area | Body, ends: Mapping[int, datetime.date]) -> Iterator[int]:
    """Close the ended roles at a place, on the day on which the appointment they followed ended."""
    at_place = {"community_id": place.community_id, place._meta.model_name: place}
    roles = RoleAssignment.objects.filter(**at_place, ended_at__isnull=True).over().select_related("user")
    for role in roles:
        close_role(role, ends.get(role.user.person_id) or timezone.localdate())
    yield len(roles)


MAIN = ("director", "staff", "civil", "supervisor", "head", "street", "admin")


@hook(Hook.DEMO_ACCOUNTS)
def demo_accounts() -> Iterator[DemoAccount]:
    """Demo accounts that still have the published password, the main ones first."""
    if not is_demo_deployment():
        return
    passwords = dict(User.objects.filter(is_demo=True, is_active=True).values_list("username", "password"))
    tries = {account.username: (account.role, account.tries) for account in ACCOUNTS}
    tries |= {username: ("head", words) for username, words in HEADS.items()}
    tries |= {username: ("member", words) for username, words in MEMBERS.items()}
    for username in dict.fromkeys((*MAIN, *tries)):
        if username in passwords and _is_known(passwords[username]):
            role, words = tries[username]
            yield DemoAccount(username, PASSWORD, ROLES[role].name, words, username in MAIN)


@lru_cache(maxsize=256)
def _is_known(encoded: str) -> bool:
    """Cached, as hashing is slow by design and all demo accounts begin with the same hash."""
    return check_password(PASSWORD, encoded)
