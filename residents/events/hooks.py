"""Hooks of population events: their links on the pages of people, households and dwellings."""

from community.people.codes import MARRIED
from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link
from residents.homes.models import Dwelling, Household, Residence


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

    def list_links(self, access, community):
        return _move_in_link(access, community)

    def create_links(self, access, community):
        return _move_in_link(access, community)


@extend
class HouseholdEvents(RegisterExtension):
    """Links to the events of a whole household, and to the death of its head, which asks for the new one."""

    model = Household
    order = -20

    def links(self, row, access, community):
        if not access.can(Permission.PEOPLE_EDIT, community):
            return []
        stays = rows(Residence, access, Permission.PEOPLE_EDIT, community).filter(household=row).open()
        members = list(stays.select_related("person").order_by("-is_head", "id"))
        if not members:
            return []
        links = [
            Link(word, community.url(f"residents:event_household_{event}", household=row.uuid))
            for event, word in (("move_out", "整户迁出"), ("transfer", "整户转移"))
        ]
        if members[0].is_head:
            links.append(
                Link("户主去世", community.url("residents:event_death", person=members[0].person.uuid))
            )
        return links

    def list_links(self, access, community):
        return _move_in_link(access, community)

    def create_links(self, access, community):
        return _move_in_link(access, community)


@extend
class DwellingEvents(RegisterExtension):
    """Link to the move-in of a whole household into a dwelling."""

    model = Dwelling
    order = -20

    def links(self, row, access, community):
        return _move_in_link(access, community, f"?dwelling={row.uuid}")


def _move_in_link(access, community, query: str = "") -> list[Link]:
    if not access.can(Permission.PEOPLE_EDIT, community):
        return []
    return [Link("整户迁入", f"{community.url('residents:event_household_move_in')}{query}")]
