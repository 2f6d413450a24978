"""Pages of 迁入, 迁出, 死亡 and 更正."""

from dataclasses import replace

from django.shortcuts import get_object_or_404, redirect, render

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.views import needs
from portal.forms.forms import EditConflict
from portal.forms.refusals import StaleForm
from portal.hooks.departure import Consequence, Departure
from portal.register_pages.similar import similar_context
from residents.event_log.models import PopulationEvent
from residents.events.actions import moves
from residents.events.actions.heads import headed_homes
from residents.events.actions.moves import open_residences
from residents.events.forms.departure import DepartureForm
from residents.events.forms.events import CorrectionForm, DwellingChoiceForm, MoveInForm
from residents.events.subjects import (
    dwelling_subject,
    dwellings_of,
    find_dwellings,
    households_to_join,
    open_stays,
    person_of,
    person_subject,
    person_url,
    similar_people,
)
from residents.events.wizard import CheckedEventPage, EventPage, PersonEventPage, dry_run
from residents.homes.models import Kind, Residence
from residents.people.actions import add_person, correct_person
from residents.people.registers import PersonRegister

What = PopulationEvent.What


@needs(Permission.PEOPLE_EDIT)
def choose_dwelling(request, person):
    """迁入 of a person of the register: the dwelling is chosen first."""
    person = person_of(request, person)
    find, url = find_dwellings(request)
    form = DwellingChoiceForm(request.GET if "dwelling" in request.GET else None, find=find, url=url)
    if form.is_valid():
        place = form.cleaned_data["dwelling"]
        url = request.community.url("residents:event_move_in", dwelling=place.uuid)
        return redirect(f"{url}?person={person.uuid}")
    subject = person_subject(request, person)
    context = {
        "form": form,
        "title": f"迁入：{person.name}",
        "trail": subject.trail,
        "back": subject.url,
        "person": person,
        "here": _home_of(person),
    }
    return render(request, "residents/events/dwelling.html", context)


def _home_of(person) -> Residence | None:
    """The residence where the person lives."""
    return next((r for r in open_residences(person) if r.kind == Kind.LIVING), None)


class MoveIn(EventPage):
    """迁入, from a dwelling's page: the form asks for the person unless the address names one."""

    what = What.MOVE_IN
    action = staticmethod(moves.move_in)
    form_class = MoveInForm
    button = "登记迁入"

    def load(self, dwelling):
        request = self.request
        self.place = get_object_or_404(dwellings_of(request), uuid=dwelling)
        self.newcomer = person_of(request, request.GET["person"]) if "person" in request.GET else None
        self.subject = dwelling_subject(request, self.place)
        if self.newcomer:
            self.subject = replace(person_subject(request, self.newcomer), lead=self.subject.lead)

    def form_arguments(self):
        return {
            "access": self.request.access,
            "community": self.request.community,
            "person": self.newcomer,
            "households": households_to_join(self.request, self.place),
            "find_duplicates": lambda name, number: similar_people(self.request, name, number),
        }

    def extra_context(self, form):
        similar = {} if self.newcomer else similar_context(PersonRegister(), self.request.community)
        return super().extra_context(form) | similar

    def arguments(self, form):
        return {
            "person": self.person,
            "dwelling": self.place,
            "stays": form.stays,
            "other_address": form.cleaned_data["other_address"],
        }

    def write(self, form):
        community_id = self.request.community.id
        self.person = form.chosen or add_person(
            by=self.request.user, community_id=community_id, **form.new_person
        )
        return super().write(form)

    def next_url(self, events):
        return person_url(self.request, self.person)


class DeparturePage(CheckedEventPage):
    """Base of departures: the check page asks for the consequences in other registers, each to be confirmed or kept,

    and for the relations to the new heads of households whose heads leave.
    """

    check_template_name = "residents/events/departure_check.html"
    died = False
    residences: list[Residence]
    """Open residences of everybody who may leave."""

    def who_leaves(self, form) -> list[Person]:
        raise NotImplementedError

    def departure(self, form) -> dict:
        """Arguments of the action, besides consequences and heads."""
        raise NotImplementedError

    def arguments(self, form):
        return self.departure(form) | form.decisions | {"new_heads": form.new_heads}

    def check(self, form):
        form.add_relations(form.leaving)
        confirmed = [ending.key for ending in self.endings(form)]
        common = {name: form.cleaned_data[name] for name in ("on", "note")} | self.departure(form)
        dry_run(
            lambda: self.action(by=self.request.user, **common, confirmed=confirmed, new_heads=form.new_heads)
        )
        people = self.who_leaves(form)
        return {
            "leaving": form.leaving,
            "staying": [r for r in self.residences if r not in form.leaving and r.person in people],
            "without_residence": [p for p in people if p.pk not in {r.person_id for r in form.leaving}],
            "headless": form.homes_without_head(form.leaving),
        }

    def add_check_fields(self, form):
        form.add_endings(self.endings(form))
        return form.add_relations(form.leaving) or bool(form.endings)

    def endings(self, form) -> list[Consequence]:
        """The consequences; there are none for whoever lives on here and only moves the hukou."""
        living = {r.person_id for r in self.residences if r.kind == Kind.LIVING and r not in form.leaving}
        departure = Departure(form.cleaned_data["on"], self.died)
        people = [person for person in self.who_leaves(form) if person.pk not in living]
        found = [(person, ending) for person in people for ending in moves.endings(person, departure)]
        if len(people) > 1:
            found = [(p, replace(ending, title=f"{p.name}：{ending.title}")) for p, ending in found]
        return list({ending.key: ending for _, ending in found}.values())


class MoveOut(PersonEventPage, DeparturePage):
    """迁出 of one person."""

    what = What.MOVE_OUT
    action = staticmethod(moves.move_out)
    form_class = DepartureForm

    def prepare(self):
        self.residences = open_residences(self.person)
        if self.person.died_on:
            return self.turn_away("此人已登记死亡。")
        if not (self.residences or self.died):
            return self.turn_away("此人现在没有居住或户籍登记，不能迁出。")
        self.homes = headed_homes(open_stays(self.request), self.residences)
        return None

    def form_arguments(self):
        of_person = {"died": self.died, "residences": self.residences, "homes": self.homes}
        return super().form_arguments() | of_person

    def involved(self, form):
        return [self.person, *(residence.person for home in self.homes for residence in home.others)]

    def who_leaves(self, form):
        return [self.person]

    def departure(self, form):
        names = ("kinds", "destination")
        return {name: form.cleaned_data[name] for name in names if name in form.fields} | {
            "person": self.person
        }


class Death(MoveOut):
    """死亡: like a move-out; every residence ends."""

    what = What.DEATH
    word = "去世"
    action = staticmethod(moves.record_death)
    died = True

    @property
    def title(self):
        return f"登记去世：{self.subject.name}"


class Correction(PersonEventPage):
    """更正: write the changed fields and record them as a correction with its reason."""

    what = What.CORRECTION
    form_class = CorrectionForm
    button = "登记更正"

    def prepare(self):
        homes = {residence.kind: residence for residence in open_residences(self.person)}
        self.home, self.registered = homes.get(Kind.LIVING), homes.get(Kind.REGISTERED)

    def form_arguments(self):
        homes = {"home": self.home, "registered": self.registered}
        return super().form_arguments() | {"person": self.person, **homes}

    def write(self, form):
        common = {"by": self.request.user, "person": self.person, "version": form.cleaned_data["version"]}
        changes, reason, events = form.changes, form.cleaned_data["reason"], []
        try:
            if "registered_relation" in changes:
                word = changes.pop("registered_relation")
                events += moves.correct_registered_relation(**common, relation_word=word, note=reason)
            if changes or not events:
                events.append(correct_person(**common, changes=changes, note=reason))
        except StaleForm as stale:
            differences = form.against(self.person, self.home, self.registered)
            raise EditConflict(differences, self.person.version) from stale
        return events
