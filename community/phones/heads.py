"""Heads of stairwells, groups and areas today, by appointment (任免) and by role of an account."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from community.accounts.models import RoleAssignment, User
from community.people.models import Person
from community.phones.models import Phone
from community.places.models import Area, HeadAppointment, Stairwell


@dataclass(frozen=True, slots=True)
class HeadPlace:
    """A place that somebody heads: one stairwell, or an area or group with everything below."""

    row: Stairwell | Area

    @property
    def name(self) -> str:
        return str(self.row)

    @property
    def as_keyword(self) -> dict:
        """The place as keyword argument of actions."""
        return {"stairwell": self.row} if isinstance(self.row, Stairwell) else {"area": self.row}

    @property
    def order(self) -> tuple:
        """Sort key: areas, then groups, then stairwells by house number."""
        if isinstance(self.row, Area):
            return (0 if self.row.kind == Area.Kind.AREA else 1, self.row.number, self.row.name)
        return (2, 0, self.row.sort)


@dataclass(slots=True)
class Head:
    """A head with places, account (or None), and the state of the phone."""

    name: str
    user: User | None = None
    person: Person | None = None
    places: list[HeadPlace] = field(default_factory=list)
    places_without_role: list[HeadPlace] = field(default_factory=list)
    """Places of appointments that the account's roles do not cover yet."""
    bound: Phone | None = None
    printed: Phone | None = None
    """The unused slip."""

    @property
    def key(self) -> str:
        """Identifies the head on pages: by account, or by person where there is none."""
        return f"u{self.user.pk}" if self.user else f"p{self.person.pk}"

    @property
    def phone(self) -> Phone | None:
        """The phone or slip that can be revoked."""
        return self.bound or self.printed


def heads_of(community) -> list[Head]:
    """All heads of places in `community` today, in the order of places; five queries."""
    assignments = RoleAssignment.objects.of(community).current().filter(role="head", user__is_active=True)
    appointed = HeadAppointment.objects.of(community).current()
    appointed = list(appointed.select_related("person", "stairwell", "area"))
    heads: dict[int, Head] = {}
    for assignment in assignments.select_related("user", "stairwell", "area").order_by("id"):
        head = heads.setdefault(assignment.user_id, Head(assignment.user.name, assignment.user))
        head.places.append(HeadPlace(assignment.stairwell or assignment.area))
    accounts = _accounts(appointed, heads)
    persons: dict[int, Head] = {}
    for appointment in appointed:
        person, user = appointment.person, accounts.get(appointment.person_id)
        if user:
            head = heads.setdefault(user.pk, Head(user.name, user))
        else:
            head = persons.setdefault(person.pk, Head(person.name))
        head.person = person
        place = HeadPlace(appointment.stairwell or appointment.area)
        if place not in head.places:
            head.places.append(place)
            head.places_without_role.append(place)
    all_heads = [*heads.values(), *persons.values()]
    _add_phones(community, heads)
    for head in all_heads:
        head.places.sort(key=lambda place: place.order)
    return sorted(all_heads, key=lambda head: head.places[0].order)


def _accounts(appointed: Iterable[HeadAppointment], heads: dict[int, Head]) -> dict[int, User]:
    """Person id → account of each appointed person; an account with a head role is preferred."""
    people = {appointment.person_id for appointment in appointed}
    users = User.objects.filter(person__in=people, is_active=True).order_by("pk")
    return {user.person_id: user for user in sorted(users, key=lambda user: user.pk in heads)}


def _add_phones(community, heads: dict[int, Head]) -> None:
    phones = Phone.objects.of(community).filter(user__in=heads)
    for phone in phones.bound():
        heads[phone.user_id].bound = phone
    for phone in phones.printed():
        heads[phone.user_id].printed = phone
