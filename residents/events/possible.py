"""Which population events can happen to a person, a household or a dwelling in their present state.

Pages offer only these. What an action refuses by its own check (`residents.events.actions`) is not repeated here;
what is left out here would be refused there, or cannot be by law or nature.
"""

from collections.abc import Sequence

from community.people.codes import MARRIED
from community.people.models import Person
from residents.event_log.models import PopulationEvent

What = PopulationEvent.What

MARRIAGE_AGE = {Person.Sex.MALE: 22, Person.Sex.FEMALE: 20}
"""Legal age of marriage (民法典第1047条)."""
_YOUNGEST_TO_MARRY = min(MARRIAGE_AGE.values())
YOUNGEST_PARENT = 14
"""Nobody younger is offered as the parent of a newborn."""


def possible_events(person: Person) -> tuple[What, ...]:
    """The events that can happen to a person whose homes are prefetched, in the order of the menu; none to the dead."""
    if person.died_on:
        return ()
    is_here = person.lives_here or person.is_registered
    possible = {
        What.MOVE_IN: not (person.lives_here and person.is_registered),
        What.TRANSFER: is_here,
        What.MOVE_OUT: is_here,
        What.BIRTH: is_here and _is_at_least(person, YOUNGEST_PARENT),
        What.MARRIAGE: person.marital != MARRIED
        and _is_at_least(person, MARRIAGE_AGE.get(person.sex, _YOUNGEST_TO_MARRY)),
        What.DEATH: True,
    }
    return tuple(what for what, can in possible.items() if can)


def possible_household_events(heads: Sequence[bool]) -> tuple[What, ...]:
    """The events of a household, given of each current member whether they are its head; none of an empty one."""
    possible = {
        What.HEAD: heads not in ([], [True]),
        What.SPLIT: len(heads) > 1,
        What.MERGE: bool(heads),
    }
    return tuple(what for what, can in possible.items() if can)


def _is_at_least(person: Person, age: int) -> bool:
    """Whether somebody may be as old; an unknown age may."""
    return person.age is None or person.age >= age
