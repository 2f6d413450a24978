"""Base pages of population events: choices where the form depends on them, the form, a check that shows the diff."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from community.people.models import Person
from portal.access.permissions import Permission
from portal.form_pages.pages import CheckedFormPage, FormPage
from portal.forms.refusals import Refusal
from residents.event_log.event_diff import changes_by
from residents.event_log.models import PopulationEvent
from residents.events.basis import EventBasis, event_basis_of
from residents.events.forms.household import ChoiceForm, UndoForm
from residents.events.subjects import (
    EventSubject,
    current_members,
    detail_url,
    household_of,
    household_subject,
    person_of,
    person_subject,
    person_url,
)
from residents.homes.relation_codes import LABELS

Result = TypeVar("Result")


def dry_run(act: Callable[[], Result]) -> Result:
    """Result of `act`, whose writes are rolled back: a page cannot promise what the action refuses."""
    with transaction.atomic():
        result = act()
        transaction.set_rollback(True)
    return result


class EventPage(FormPage):
    """Page of one kind of event, written once: by itself, or together with the basis that the address names."""

    permission = Permission.PEOPLE_EDIT
    template_name = "residents/events/form.html"
    what: PopulationEvent.What
    word = ""
    """What the page calls the event, where not as the register does."""
    subject: EventSubject
    basis: EventBasis | None = None
    summary = ""
    """Sentence about the choices that were made before the form."""

    def prepare(self) -> HttpResponse | None:
        """Look up what the form needs, once subject and basis are known. A response is sent in place of the page."""
        return None

    action: Callable[..., list[PopulationEvent]]
    """Writes the events; raises Refusal."""

    def arguments(self, form) -> dict:
        """Arguments of the action, besides the user, the day and the note."""
        return {}

    def write(self, form) -> list[PopulationEvent]:
        """Write the events of the valid form."""
        common = {name: form.cleaned_data[name] for name in ("on", "note")}
        return self.action(by=self.request.user, **common, **self.arguments(form))

    def involved(self, form) -> Iterable[Person]:
        """Everybody whom the event locks."""
        raise NotImplementedError

    def next_url(self, events: list[PopulationEvent]) -> str:
        """The page that follows an event without a basis."""
        raise NotImplementedError

    # The form page

    @property
    def title(self) -> str:
        return "：".join(filter(None, (self.what_word, self.subject.name)))

    @property
    def what_word(self) -> str:
        return self.word or self.what.label

    @property
    def trail(self):
        return self.subject.trail

    @property
    def lead(self) -> str:
        return self.subject.lead

    @property
    def back(self) -> str:
        return self.basis.url if self.basis else self.subject.url

    def restart_url(self) -> str:
        return self.basis.url if self.basis else super().restart_url()

    @property
    def initial(self) -> dict:
        """First values of the form's fields."""
        return self.basis.initial if self.basis else {}

    def form_arguments(self) -> dict:
        return {"initial": self.initial}

    def extra_context(self, form) -> dict:
        return {
            "word": self.what_word,
            "basis": self.basis,
            "summary": self.summary,
            "relations": LABELS.values(),
        }

    def act(self, form) -> list[PopulationEvent]:
        """Write the events, and accept the basis."""
        if self.basis is None:
            return self.write(form)
        return self.basis.accept(lambda: self.write(form), self.involved(form), self.request.user)

    def perform(self, form) -> str:
        events = self.act(form)
        outcome = f"，{self.basis.outcome}" if self.basis else ""
        self.message = f"{self.what_word}已登记{outcome}。"
        return self.basis.next_url(self.request) if self.basis else self.next_url(events)

    def turn_away(self, sentence: str) -> HttpResponse:
        """Redirect back with a message: the event cannot be registered at all."""
        messages.error(self.request, sentence)
        return redirect(self.back)


class PersonEventPage(EventPage):
    """Page of an event that is registered from a person's page."""

    def load(self, person):
        self.person = person_of(self.request, person)
        self.subject = person_subject(self.request, self.person)
        self.basis = event_basis_of(self.request, self.what, self.person)
        return self.prepare()

    def involved(self, form):
        return [self.person]

    def next_url(self, events):
        return person_url(self.request, self.person)


class HouseholdEventPage(EventPage):
    """Page of an event that is registered from a household's page."""

    def load(self, household):
        self.household = household_of(self.request, household)
        self.members = current_members(self.request, self.household)
        self.subject = household_subject(self.request, self.household, self.members)
        self.basis = event_basis_of(self.request, self.what, self.household)
        return self.prepare()

    def involved(self, form):
        return [residence.person for residence in self.members]

    def next_url(self, events):
        return detail_url(self.request, "household", self.household)


class CheckedEventPage(EventPage, CheckedFormPage):
    """Page of an event whose diff is shown before it is written."""

    check_template_name = "residents/events/check.html"

    def check(self, form):
        return {"lines": dry_run(lambda: [line for event in self.act(form) for line in changes_by(event)])}


class ChosenEventPage(CheckedEventPage):
    """Page of an event whose form depends on choices of a page before it; they stay in the address."""

    choice_form_class: type[ChoiceForm]
    choice_name: str
    """Field of the choices; an address with it has them all."""
    hint = ""

    def problem(self) -> str:
        """Why the event cannot be registered at all; empty if it can."""
        return ""

    def choice_arguments(self) -> dict:
        """Keyword arguments of the form of the choices."""
        return {"members": self.members}

    def choose(self, choices: dict) -> None:
        """Look up what the form needs for these choices."""
        raise NotImplementedError

    def prepare(self):
        if problem := self.problem():
            return self.turn_away(problem)
        data = self.request.GET if self.choice_name in self.request.GET else None
        form = self.choice_form_class(data, **{"initial": self.initial} | self.choice_arguments())
        if form.is_valid():
            return self.choose(form.cleaned_data)
        context = FormPage.context(self, form) | {"hint": self.hint}
        status = 422 if form.errors else 200
        return render(self.request, "residents/events/choose.html", context, status=status)


class UndoPage(FormPage):
    """Page of an undo: what it restores, or why it is refused; then the reason."""

    permission = Permission.PEOPLE_EDIT
    form_class = UndoForm
    button = "确认撤销"

    def undo(self, reason: str):
        """Undo; raises Refusal."""
        raise NotImplementedError

    def dry_run(self) -> tuple:
        """Result of the undo, and why it is refused: one of them is None."""
        try:
            return dry_run(lambda: self.undo("试算")), None
        except Refusal as refusal:
            return None, refusal
