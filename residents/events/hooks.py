"""Hooks of population events: their links on the pages of people, households and dwellings."""

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import EDIT, Link
from residents.event_log.models import PopulationEvent
from residents.events.possible import possible_events, possible_household_events
from residents.homes.models import Dwelling, Household, Residence

What = PopulationEvent.What
EVENTS = "办理变动"
"""Menu of the events on the pages of people and households."""
_WORDS = {What.BIRTH: "子女出生", What.DEATH: "去世"}
"""How the menu names events, where it differs from the event log."""


def _links(events, community, **subject) -> list[Link]:
    return [
        Link(_WORDS.get(what, what.label), community.url(f"residents:event_{what}", **subject), group=EVENTS)
        for what in events
    ]


@extend
class PersonEvents(RegisterExtension):
    model = Person
    order = -20

    def links(self, row, access, community):
        if not access.can(Permission.PEOPLE_EDIT, community):
            return []
        return [
            *_links(possible_events(row), community, person=row.uuid),
            Link(
                "更正差错（记原因）",
                community.url("residents:event_correct", person=row.uuid),
                group=EDIT,
                hint="原来登记有误时用，须写明原因",
            ),
        ]


@extend
class HouseholdEvents(RegisterExtension):
    model = Household
    order = -20

    def links(self, row, access, community):
        if not access.can(Permission.PEOPLE_EDIT, community):
            return []
        members = rows(Residence, access, Permission.PEOPLE_EDIT, community).filter(household=row).open()
        heads = list(members.values_list("is_head", flat=True))
        return _links(possible_household_events(heads), community, household=row.uuid)


@extend
class DwellingEvents(RegisterExtension):
    model = Dwelling
    order = -20

    def links(self, row, access, community):
        if not access.can(Permission.PEOPLE_EDIT, community):
            return []
        return _links((What.MOVE_IN,), community, dwelling=row.uuid)
