"""Hooks of population events: what can happen to a person, a household or a dwelling, offered on their pages and lists."""

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea, add_act
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import EDIT, Link
from residents.event_log.models import PopulationEvent
from residents.events.possible import possible_events, possible_household_events
from residents.homes.models import Dwelling, Household, Residence

add_act(DeskArea.PEOPLE, "整户迁入", "residents:event_household_move_in", Permission.PEOPLE_EDIT, 5)

What = PopulationEvent.What
EVENTS = "办理变动"
"""Menu of the events on the pages of people, households and dwellings."""
_WORDS = {What.BIRTH: "子女出生", What.DEATH: "去世"}
"""How the menu names events, where it differs from the event log."""


def _links(events, community, **subject) -> list[Link]:
    return [
        Link(_WORDS.get(what, what.label), community.url(f"residents:event_{what}", **subject), group=EVENTS)
        for what in events
    ]


def _household_move_in(community, query: str = "", group: str = "") -> Link:
    """Link to the move-in of a whole household."""
    return Link("整户迁入", f"{community.url('residents:event_household_move_in')}{query}", group=group)


class _LeadsToMoveIn(RegisterExtension):
    """Lists and forms of a new row lead to the move-in of a whole household."""

    def list_links(self, access, community):
        return [_household_move_in(community)] if access.can(Permission.PEOPLE_EDIT, community) else []

    create_links = list_links


@extend
class PersonEvents(_LeadsToMoveIn):
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
class HouseholdEvents(_LeadsToMoveIn):
    """The events of the whole household, and the death of its head, which asks for the new one."""

    model = Household
    order = -20

    def links(self, row, access, community):
        if not access.can(Permission.PEOPLE_EDIT, community):
            return []
        stays = rows(Residence, access, Permission.PEOPLE_EDIT, community).filter(household=row).open()
        members = list(stays.select_related("person").order_by("-is_head", "id"))
        if not members:
            return []
        head = members[0].person if members[0].is_head else None
        url = community.url
        return [
            Link("整户迁出", url("residents:event_household_move_out", household=row.uuid), group=EVENTS),
            Link("整户转移", url("residents:event_household_transfer", household=row.uuid), group=EVENTS),
            *(
                [Link("户主去世", url("residents:event_death", person=head.uuid), group=EVENTS)]
                if head
                else []
            ),
            *_links(
                possible_household_events([each.is_head for each in members]), community, household=row.uuid
            ),
        ]


@extend
class DwellingEvents(RegisterExtension):
    model = Dwelling
    order = -20

    def links(self, row, access, community):
        if not access.can(Permission.PEOPLE_EDIT, community):
            return []
        return [
            _household_move_in(community, f"?dwelling={row.uuid}", EVENTS),
            *_links((What.MOVE_IN,), community, dwelling=row.uuid),
        ]
