"""The document on which a population event is recorded (依据): a building head's report, a correction request.

Features above the events declare one by the hook EVENT_BASIS, so the pages of events know none of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from django.db import models
from django.http import Http404

from community.people.models import Person
from portal.hooks.registry import call_hooks
from residents.event_log.models import PopulationEvent

EVENT_BASIS = "event_basis"
"""(request, kind, subject) -> iterable of EventBasis: at most one, the row that the address names as the basis of an
event of this kind about `subject` (a person or a household)."""


@dataclass(frozen=True, slots=True)
class EventBasis:
    """Base: a row that is accepted together with the event recorded on it.

    template: shows `row` above the form of the event; it gets `basis`.
    url: the page of the row, where 取消 leads.
    outcome: what happens to the row, for the message after the event.
    hidden: names and values that take the row along to the next page.
    initial: first values of the fields of the event's forms. hint: a sentence above a form that has none.
    """

    row: models.Model
    template: str
    url: str
    outcome: str
    hidden: tuple[tuple[str, str], ...]
    initial: dict = field(default_factory=dict)
    hint: str = ""

    @property
    def query(self) -> str:
        return urlencode(self.hidden)

    def accept(
        self, write: Callable[[], list[PopulationEvent]], involved: Iterable[Person], by
    ) -> list[PopulationEvent]:
        """Write the event and accept the row: both or neither. `involved`: everybody whom `write` will lock."""
        raise NotImplementedError

    def next_url(self, request) -> str:
        """The page that follows the event."""
        raise NotImplementedError


def event_basis_of(request, kind: str, subject) -> EventBasis | None:
    """The basis that the address names; None where the event stands on its own."""
    return next(call_hooks(EVENT_BASIS, request, kind, subject), None)


def uuid_parameter(request, name: str) -> UUID | None:
    """A uuid in the query of the address; None without one, 404 for any other text."""
    if name not in request.GET:
        return None
    try:
        return UUID(request.GET[name])
    except ValueError as error:
        raise Http404 from error
