"""Hooks of the hand-over from a person: the link on their page, and the panel of what was handed over."""

from django.urls import reverse

from community.models import Person
from portal.permissions import Permission
from portal.register_extensions import RegisterExtension, extend
from portal.registers import Link
from residents.registers.handed import handed_panels


@extend
class PersonHandover(RegisterExtension):
    model = Person
    order = 30

    def panels(self, row, access, community):
        return handed_panels(row, access, community)

    def links(self, row, access, community):
        if not access.can(Permission.TASKS, community):
            return []
        kwargs = {"community": community.code, "row": row.uuid}
        return [Link("转为任务", reverse("residents:person_hand_over", kwargs=kwargs))]
