"""Wizard of a population event: the form, a dry run that shows the diff, then the event, written once.

Nothing is stored between the steps: the form carries its values along.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.forms.refusals import Refusal, add_refusal
from portal.forms.submission import submit_once
from portal.registers.panels import Link
from portal.registers.search_words import SearchWords
from residents.event_log.event_diff import EventChange, changes_by
from residents.event_log.models import PopulationEvent
from residents.events.basis import EventBasis
from residents.homes.models import Dwelling, Household, Residence
from residents.homes.registers import DwellingRegister
from residents.homes.relation_codes import LABELS

Write = Callable[[], list[PopulationEvent]]


@dataclass(frozen=True, slots=True)
class EventSubject:
    """The person or household of an event: name, breadcrumb trail, and a line on the current state."""

    name: str
    trail: tuple[Link, ...]
    lead: str = ""

    @property
    def url(self) -> str:
        """Where 取消 leads."""
        return self.trail[-1].url


class _DryRun(Exception):
    """Rolls the dry run back."""


def dry_run(write: Write) -> list[EventChange]:
    """Dry run: the event diff of `write`, which is rolled back, so the page cannot promise what the action refuses."""
    lines: list[EventChange] = []
    try:
        with transaction.atomic():
            lines += [line for event in write() for line in changes_by(event)]
            raise _DryRun
    except _DryRun:
        return lines


def event_wizard(
    request,
    make_form,
    write,
    *,
    title: str,
    subject: EventSubject,
    after,
    basis: EventBasis | None,
    involved: Callable[..., Iterable[Person]],
    **context,
):
    """The form of an event, then the dry run with its diff, then the event.

    The caller has asked `repeated_submission`. make_form(data) → form; write(form) → the events; after(events) → the next URL.
    basis: accepted together with the event. involved(form) → everybody whom the event locks.
    """
    step = request.POST.get("step", "")
    form = make_form(request.POST or None)
    context |= {"form": form, "title": title, "subject": subject, "basis": basis}
    if request.method != "POST" or step == "back" or not form.is_valid():
        return form_page(request, form, step, context)

    def act() -> list[PopulationEvent]:
        if basis is None:
            return write(form)
        return basis.accept(lambda: write(form), involved(form), request.user)

    def create() -> str:
        events = act()
        return basis.next_url(request) if basis else after(events)

    try:
        if step == "confirm":
            message = f"{title}已登记{f'，{basis.outcome}' if basis else ''}。"
            return submit_once(request, form, create, message) or form_page(request, form, step, context)
        lines = dry_run(act)
    except Refusal as refusal:
        if basis and refusal.starts_over:
            messages.warning(request, f"{refusal}。")
            return redirect(basis.url)
        add_refusal(form, refusal)
        return form_page(request, form, step, context)
    return render(request, "residents/events/check.html", context | {"lines": lines})


def form_page(request, form, step: str, context: dict):
    status = 422 if form.is_bound and form.errors and step != "back" else 200
    return render(
        request, "residents/events/wizard.html", context | {"relations": LABELS.values()}, status=status
    )


def choose(request, form, *, title: str, subject: EventSubject, basis: EventBasis | None, hint: str = ""):
    """Page before the form, for the choices that the form depends on."""
    context = {"form": form, "title": title, "subject": subject, "basis": basis, "hint": hint}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "residents/events/choose.html", context, status=status)


def redirect_with_error(request, sentence: str, url: str):
    """Redirect back with a message: the event cannot be registered at all."""
    messages.error(request, sentence)
    return redirect(url)


# Subjects of the pages


def person_of(request, person_uuid: uuid.UUID | str) -> Person:
    """The person of this uuid, also as text of a query; 404 for any other text."""
    everybody = rows(Person, request.access, Permission.PEOPLE_EDIT, request.community)
    try:
        return get_object_or_404(everybody, uuid=uuid.UUID(str(person_uuid)))
    except ValueError as error:
        raise Http404 from error


def person_url(request, person: Person) -> str:
    return detail_url(request, "person", person)


def detail_url(request, noun: str, row) -> str:
    kwargs = {"community": request.community.code, "row": row.uuid}
    return reverse(f"residents:{noun}_detail", kwargs=kwargs)


def person_subject(request, person: Person) -> EventSubject:
    people = reverse("residents:person_list", kwargs={"community": request.community.code})
    trail = (Link("居民", people), Link(person.name, person_url(request, person)))
    lead = f"现住{person.place_label}" if person.place_label else "现在不住本社区"
    return EventSubject(person.name, trail, lead)


def household_of(request, household_uuid: uuid.UUID) -> Household:
    """The occupied household of this uuid; 404 for empty ones, which have no events."""
    households = rows(Household, request.access, Permission.PEOPLE_EDIT, request.community).valid().occupied()
    return get_object_or_404(households.select_related("dwelling"), uuid=household_uuid)


def household_subject(request, household: Household, members: list[Residence]) -> EventSubject:
    households = reverse("residents:household_list", kwargs={"community": request.community.code})
    trail = (Link("户", households), Link(str(household), detail_url(request, "household", household)))
    names = "、".join(
        f"{r.person.name}（{r.relation_word}）" if r.relation_word else r.person.name for r in members
    )
    return EventSubject(str(household), trail, f"现有{len(members)}人：{names}")


def current_members(request, household: Household) -> list[Residence]:
    """Current residences of the household, the head's first."""
    residences = rows(Residence, request.access, Permission.PEOPLE_EDIT, request.community).open()
    residences = residences.filter(household=household).select_related("person", "household__dwelling")
    return list(residences.order_by("-is_head", "id"))


def dwellings_of(request):
    return rows(Dwelling, request.access, Permission.PEOPLE_EDIT, request.community)


def find_dwellings(request):
    """(find, url) for a field that picks a dwelling by its label."""
    everything = dwellings_of(request)
    url = reverse("residents:dwelling_pick", kwargs={"community": request.community.code})

    def find(text: str):
        words = SearchWords.read(text, request.community)
        dwellings = DwellingRegister().filter_by_words(everything, words, request.access, request.community)
        return dwellings.order_by("sort")[:20]

    return find, url
