"""Hooks of the subject access report: the link on the page of a person."""

from community.people.models import Person
from portal.access.permissions import Permission
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link


@extend
class PersonSubjectAccess(RegisterExtension):
    model = Person
    order = 20

    def links(self, row, access, community):
        if not access.can(Permission.PEOPLE_REVEAL, community):
            return []
        return [Link("个人信息查询", community.url("residents:person_held", row=row.uuid))]
