"""Those whom a complaint can name: the committee and its supervisors, by post and name."""

from dataclasses import dataclass

from django.db import connection

from portal.access.roles import ROLES


@dataclass(frozen=True, slots=True)
class Posted:
    """Somebody with a post in the committee. `key` is what a form sends."""

    role: str
    name: str

    @property
    def key(self) -> str:
        return f"{self.role}:{self.name}"

    def __str__(self):
        return f"{self.name}（{ROLES[self.role].name}）"


def posted_staff(community_id: int) -> list[Posted]:
    """The posts of a community and who holds them, in the order of the roles. Also for the public role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT role, name FROM services_posted_staff(%s)", [community_id])
        posted = [Posted(*row) for row in cursor.fetchall()]
    order = list(ROLES)
    return sorted(posted, key=lambda each: (order.index(each.role), each.name))
