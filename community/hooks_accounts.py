"""Hooks of accounts: posts and roles that a death or move-out ends, menu line."""

import datetime
from collections.abc import Iterator
from functools import partial

from django.db.models import Q

from community import account_log
from community.actions.accounts import close_role
from community.models import (
    HeadAppointment,
    Person,
    RoleAssignment,
    User,
)
from portal.menu import page
from portal.offers import (
    Departure,
    Ending,
    Kind,
    offer,
)
from portal.permissions import Permission as P
from portal.scope import acting_user_id

page("社区", "账号和角色", "community:account_list", P.ACCOUNTS_GRANT, 60)


@offer(Kind.PERSON_LEFT)
def posts_left(person: Person, departure: Departure) -> Iterator[Ending]:
    """The person's current appointments as head, and the roles by which their account opens those doors."""
    later = Q(end__isnull=True) | Q(end__gt=departure.on)
    appointments = HeadAppointment.objects.filter(later, community_id=person.community_id, person=person)
    for appointment in appointments.select_related("stairwell", "area"):
        title = f"{appointment.stairwell or appointment.area}负责人任职"
        end = partial(_end, appointment, departure.on)
        yield Ending(f"appointment-{appointment.uuid}", title, appointment, end)
    roles = RoleAssignment.objects.filter(later, community_id=person.community_id, user__person=person)
    for role in roles.not_over().select_related("user", "stairwell", "area"):
        place = role.stairwell or role.area or "本社区"
        title = f"账号“{role.user.username}”在{place}的{role.get_role_display()}权限"
        yield Ending(f"role-{role.pk}", title, role, partial(_end_role, role, departure))


def _end(appointment: HeadAppointment, on: datetime.date) -> None:
    """End an appointment on that day, or on its first day if it began later: then it was never in force."""
    appointment.end = max(appointment.start, on)
    appointment.version += 1
    appointment.save(update_fields=["end", "version"])


def _end_role(role: RoleAssignment, departure: Departure) -> None:
    close_role(role, departure.on)
    by = User.objects.filter(pk=acting_user_id()).first()
    account_log.log_role(account_log.Action.END, role, by, "本人去世" if departure.died else "本人迁出")
