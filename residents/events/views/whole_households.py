"""Pages of a whole household: 整户迁入, from a dwelling's page or a list, and 整户迁出, from a household's page."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import Http404

from community.people.models import Person
from portal.forms.refusals import Refusal
from residents.event_log.models import PopulationEvent
from residents.events.actions import whole_households
from residents.events.actions.heads import headed_homes
from residents.events.basis import uuid_parameter
from residents.events.forms.departure import HouseholdMoveOutForm
from residents.events.forms.household_move_in import HouseholdMoveInForm
from residents.events.refusals import MemberRefused
from residents.events.subjects import (
    collective_households,
    dwelling_subject,
    dwellings_of,
    entered_household_url,
    find_dwellings,
    household_list_subject,
    households_at,
    open_stays,
    similar_people_finder,
)
from residents.events.views.moves import DeparturePage
from residents.events.wizard import CheckedEventPage, HouseholdEventPage, dry_run
from residents.homes.models import Kind

What = PopulationEvent.What


@dataclass(frozen=True, slots=True)
class MemberLine:
    """What the check page shows of somebody who moves in."""

    person: Person
    relation_word: str
    lives_at: str
    registered_at: str
    is_new: bool


class HouseholdMoveIn(CheckedEventPage):
    """整户迁入: `?dwelling=` names the dwelling from whose page it is opened."""

    what = What.MOVE_IN
    action = staticmethod(whole_households.move_in_together)
    form_class = HouseholdMoveInForm
    template_name = "residents/events/household_move_in.html"
    check_template_name = "residents/events/household_move_in_check.html"
    title = "整户迁入"

    def load(self):
        uuid = uuid_parameter(self.request, "dwelling")
        self.place = dwellings_of(self.request).filter(uuid=uuid).first() if uuid else None
        if uuid and self.place is None:
            raise Http404
        self.subject = (
            replace(dwelling_subject(self.request, self.place), lead="")
            if self.place
            else household_list_subject(self.request)
        )

    def form_arguments(self):
        find, url = find_dwellings(self.request)
        return {
            "access": self.request.access,
            "community": self.request.community,
            "initial": {"dwelling": self.place} if self.place else {},
            "find": find,
            "url": url,
            "households_at": lambda dwelling: households_at(self.request, dwelling),
            "collective": collective_households(self.request),
            "find_similar": lambda names, numbers: similar_people_finder(self.request, names, numbers),
        }

    def arguments(self, form):
        names = ("dwelling", "other_address", "number")
        return {name: form.cleaned_data[name] for name in names} | {
            "community_id": self.request.community.id,
            "newcomers": form.newcomers,
            "households": form.households,
        }

    def check(self, form):
        known = {newcomer.person.pk for newcomer in form.newcomers if newcomer.person}
        return {"members": dry_run(lambda: _member_lines(self.write(form), known))}

    def refuse(self, form, refusal: Refusal):
        """Show why one of the people is refused at their row."""
        if not isinstance(refusal, MemberRefused) or refusal.starts_over or refusal.field in form.fields:
            return super().refuse(form, refusal)
        row = form.filled_rows[refusal.position]
        row.add_error(refusal.field if refusal.field in row.fields else "name", refusal.sentence)
        form.add_error(None, f"第{form.rows.index(row) + 1}人需要核对，原因写在该行下面。")
        return self.show(form, status=422)

    def next_url(self, events):
        return entered_household_url(self.request, events)


class HouseholdMoveOut(HouseholdEventPage, DeparturePage):
    """整户迁出: all members are ticked."""

    what = What.MOVE_OUT
    action = staticmethod(whole_households.move_out_together)
    form_class = HouseholdMoveOutForm

    @property
    def title(self):
        return f"整户迁出：{self.subject.name}"

    def prepare(self):
        stays = open_stays(self.request)
        people = [residence.person_id for residence in self.members]
        residences = stays.filter(person__in=people).select_related("person", "household__dwelling")
        self.residences = list(residences.order_by("kind", "id"))
        self.homes = headed_homes(stays, self.residences)

    def form_arguments(self):
        return super().form_arguments() | {
            "members": self.members,
            "residences": self.residences,
            "homes": self.homes,
        }

    def involved(self, form):
        others = (residence.person for home in self.homes for residence in home.others)
        return [*super().involved(form), *others]

    def who_leaves(self, form):
        return [residence.person for residence in form.cleaned_data["who"]]

    def departure(self, form):
        return {
            "people": self.who_leaves(form),
            "kinds": form.cleaned_data["kinds"],
            "destination": form.cleaned_data["destination"],
        }


def _member_lines(events: Iterable[PopulationEvent], known: set[int]) -> list[MemberLine]:
    """A line for each person of the events of a move-in."""
    by_person: dict[int, dict[str, PopulationEvent]] = {}
    for event in events:
        by_person.setdefault(event.person_id, {})[event.kind] = event
    return [
        MemberLine(
            person=(first := next(iter(by_kind.values()))).person,
            relation_word=first.residence.relation_word,
            lives_at=_place(by_kind.get(Kind.LIVING)),
            registered_at=_place(by_kind.get(Kind.REGISTERED)),
            is_new=first.person_id not in known,
        )
        for by_kind in by_person.values()
    ]


def _place(event: PopulationEvent | None) -> str:
    return str(event.residence.household.dwelling or "集体户") if event else ""
