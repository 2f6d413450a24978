"""Hooks of the hand-over from a person: the link on their page, and the panel of what was handed over."""

from community.people.models import Person
from portal.access.permissions import Permission
from portal.handover.panels import handover_panels
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link


@extend
class PersonHandover(RegisterExtension):
    model = Person
    order = 30

    def panels(self, row, access, community):
        return handover_panels(row, access, community)

    def links(self, row, access, community):
        if not access.can(Permission.TASKS, community):
            return []
        return [Link("转为诉求", community.url("residents:person_hand_over", row=row.uuid))]
