"""Access-log entries about accounts: set-up links, roles and the linked person.

An entry goes to the log of each community in which the account serves; for accounts of a street or the deployment, to
the deployment's own log, which the administrator reads.
"""

from collections.abc import Iterable

from community.accounts.models import RoleAssignment, SetupLink, User
from portal.audit import access_log
from portal.audit.models import AccessLog

Action = AccessLog.Action
LINK = SetupLink._meta.verbose_name


def log_link(action: Action, link: SetupLink, by: User | None, reason: str = "") -> None:
    """Log that a set-up link was issued, used or ended."""
    _log(action, _community_ids(link.user), link.user, by, LINK, reason)


def log_role(action: Action, assignment: RoleAssignment, by: User | None, reason: str = "") -> None:
    """Log that a role was granted, changed or ended."""
    place = assignment.place
    subject = f"{assignment.get_role_display()}{f'（{place}）' if place else ''}"
    _log(action, [assignment.community_id or access_log.DEPLOYMENT], assignment.user, by, subject, reason)


def log_person(user: User, by: User, reason: str = "") -> None:
    """Log that an account was linked to a person of the register, or relinked."""
    _log(Action.CHANGE, _community_ids(user), user, by, "本人（居民台账）", reason)


def _community_ids(user: User) -> Iterable[int]:
    assignments = RoleAssignment.objects.filter(user=user).not_over().order_by("community")
    community_ids = list(assignments.values_list("community_id", flat=True).distinct())
    return [community or access_log.DEPLOYMENT for community in community_ids] or [access_log.DEPLOYMENT]


def _log(action, places: Iterable[int], user: User, by: User | None, subject: str, reason: str) -> None:
    for community_id in places:
        access_log.log_access(
            community_id=community_id,
            user_id=by.pk if by else access_log.NOBODY,
            action=action,
            subject=subject,
            ids=[user.pk],
            reason=reason,
        )
