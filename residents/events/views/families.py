"""Pages of birth (出生) and marriage (结婚), from a person's page."""

from dataclasses import replace

from community.people.codes import MARRIED
from residents.event_log.models import PopulationEvent
from residents.events.actions import families
from residents.events.actions.moves import open_residences
from residents.events.forms.family import PERSON, BirthForm, MarriageForm
from residents.events.subjects import households_at, person_url, similar_people
from residents.events.wizard import CheckedEventPage, PersonEventPage
from residents.homes.models import Household, Kind

What = PopulationEvent.What


class Birth(PersonEventPage, CheckedEventPage):
    """出生: a child of this person comes into the person's household, or another at the same dwelling."""

    what = What.BIRTH
    action = staticmethod(families.birth)
    form_class = BirthForm

    def prepare(self):
        self.subject = replace(self.subject, name=f"{self.person.name}的孩子")
        self.homes = open_residences(self.person)
        return None if self.homes else self.turn_away("此人现在没有居住或户籍登记，孩子请办理迁入。")

    def form_arguments(self):
        return super().form_arguments() | {
            "parent": self.person,
            "households": self._households(),
            "find_duplicates": lambda name, number: similar_people(self.request, name, number),
        }

    def _households(self) -> dict[str, list[Household]]:
        """Kind → the parent's own household, then the others at the parent's dwellings (lived in and registered)."""
        by_kind: dict[str, list[Household]] = {kind: [] for kind in Kind.values}
        own_ids = {home.household_id for home in self.homes}
        for dwelling in {home.household.dwelling for home in self.homes if home.household.dwelling}:
            for kind, households in households_at(self.request, dwelling).items():
                by_kind[kind] += households
        for home in self.homes:
            if home.household.dwelling is None:
                by_kind[home.kind].append(home.household)
        return {kind: sorted(each, key=lambda h: h.pk not in own_ids) for kind, each in by_kind.items()}

    def arguments(self, form):
        names = ("name", "sex", "id_number", "relation_word")
        return {name: form.cleaned_data[name] for name in names} | {
            "parent": self.person,
            "households": form.chosen,
            "child": form.cleaned_data.get("known"),
        }

    def next_url(self, events):
        return person_url(self.request, events[0].person)


class Marriage(PersonEventPage, CheckedEventPage):
    """结婚: both are married from now on; one may join the other's household."""

    what = What.MARRIAGE
    action = staticmethod(families.marry)
    form_class = MarriageForm

    def prepare(self):
        if self.person.died_on:
            return self.turn_away("此人已登记死亡。")
        if self.person.marital == MARRIED:
            return self.turn_away("此人登记的婚姻状况已是已婚；登记有误的，请先更正。")
        return None

    @property
    def initial(self) -> dict:
        """With the spouse whom `spouse_name` means, if only one has the name, else to be chosen."""
        initial = super().initial
        name = initial.get("spouse_name", "")
        namesakes = similar_people(self.request, name, "") if name else []
        if not namesakes:
            return initial
        return initial | {"spouse_name": "", "spouse": namesakes[0] if len(namesakes) == 1 else name}

    def form_arguments(self):
        access, community = self.request.access, self.request.community
        return super().form_arguments() | {"access": access, "community": community, "person": self.person}

    def involved(self, form):
        return [self.person, *filter(None, [form.cleaned_data["spouse"]])]

    def arguments(self, form):
        names = ("spouse", "spouse_name", "kinds", "relation_word")
        movers = {PERSON: self.person, "": None}
        mover = movers.get(form.cleaned_data["mover"], form.cleaned_data["spouse"])
        return {name: form.cleaned_data[name] for name in names} | {"person": self.person, "mover": mover}
