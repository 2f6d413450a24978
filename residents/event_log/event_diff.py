"""Diff of a population event: lines of old and new values, for the confirmation page and the undo page."""

from collections.abc import Iterator
from dataclasses import dataclass

from community.people.models import Person
from residents.event_log.models import PopulationEvent
from residents.homes.models import Residence

_DERIVED_COLUMNS = {"name_key", "initials", "birth_precision", "id_kind"}
"""Columns derived from others."""
ENDED = "终止"


@dataclass(frozen=True, slots=True)
class EventChange:
    """One change of one person: subject, old and new value."""

    who: str
    what: str
    before: str
    after: str

    def reversed(self) -> "EventChange":
        """The line of undoing this change."""
        return EventChange(self.who, self.what, self.after, self.before)


def changes_by(event: PopulationEvent) -> Iterator[EventChange]:
    """The lines of one event."""
    if event.what in (PopulationEvent.What.ENTRY, PopulationEvent.What.UNDO):
        return
    who, kind = event.person.name, event.get_kind_display()
    changes = event.changes or {}
    if event.begins:
        yield EventChange(who, kind, _place(event.former) if event.former else "", _place(event.residence))
    elif event.ends:
        yield EventChange(who, kind, _place(event.residence), ENDED)
    elif related := changes.get("residence", {}):
        about = f"{event.residence.get_kind_display()}户中与户主关系"
        before, after = related.get("relation_word", [event.residence.relation_word] * 2)
        was_head, is_head = related.get("is_head", [event.residence.is_head] * 2)
        yield EventChange(who, about, before or _head(was_head), after or _head(is_head))
    for field, (before, after) in changes.get("person", {}).items():
        if field not in _DERIVED_COLUMNS:
            label = str(Person._meta.get_field(field).verbose_name)
            yield EventChange(who, label, display_value(field, before), display_value(field, after))


def display_value(column: str, value) -> str:
    """A stored value of a person's column, in words."""
    words = dict(Person._meta.get_field(column).flatchoices)
    return str(words.get(value, value) or "")


def _place(residence: Residence) -> str:
    place = str(residence.household.dwelling or "集体户")
    return f"{place}（{residence.relation_word}）" if residence.relation_word else place


def _head(is_head: bool) -> str:
    return "户主" if is_head else ""
