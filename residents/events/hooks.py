"""Hooks of population events: their links on the page of a person."""

from community.people.codes import MARRIED
from community.people.models import Person
from portal.access.permissions import Permission
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link


@extend
class PersonEvents(RegisterExtension):
    """Links to the population events that can happen to a person in their present state."""

    model = Person
    order = -20

    def links(self, row, access, community):
        if not access.can(Permission.PEOPLE_EDIT, community):
            return []
        is_here = row.lives_here or row.is_registered
        possible = {
            "move_in": ("迁入", not (row.lives_here and row.is_registered)),
            "transfer": ("户间转移", is_here),
            "move_out": ("迁出", is_here),
            "birth": ("子女出生", is_here),
            "marriage": ("结婚", row.marital != MARRIED),
            "death": ("死亡", True),
        }
        words = {event: word for event, (word, can) in possible.items() if can and not row.died_on}
        words["correct"] = "更正"
        return [
            Link(word, community.url(f"residents:event_{event}", person=row.uuid))
            for event, word in words.items()
        ]
