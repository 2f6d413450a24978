"""Pages of 户间转移 (from a person's page), 分户, 并户 and 变更户主 (from a household's)."""

from residents.event_log.models import PopulationEvent
from residents.events.actions import households
from residents.events.actions.heads import relations_towards
from residents.events.actions.households import JoiningMember
from residents.events.actions.moves import open_residences
from residents.events.forms.household import (
    HeadChoiceForm,
    HeadForm,
    MergeChoiceForm,
    MergeForm,
    SplitChoiceForm,
    SplitForm,
    TransferChoiceForm,
    TransferForm,
)
from residents.events.subjects import (
    current_members,
    detail_url,
    entered_household_url,
    find_dwellings,
    households_at,
    households_to_join,
    open_stays,
)
from residents.events.wizard import ChosenEventPage, HouseholdEventPage, PersonEventPage
from residents.homes.models import Household, Kind, Residence

What = PopulationEvent.What


class TransferPage(ChosenEventPage):
    """户间转移: people and dwelling are chosen first; the form then asks for kind, household and relation.

    `members`: whoever may move; `ticked`: those who are ticked at first.
    """

    what = What.TRANSFER
    action = staticmethod(households.transfer)
    form_class = TransferForm
    choice_form_class, choice_name = TransferChoiceForm, "dwelling"
    members: list[Residence]
    ticked: list[Residence]

    def choice_arguments(self):
        find, url = find_dwellings(self.request)
        initial = self.initial or {"who": [str(residence.person.uuid) for residence in self.ticked]}
        return {"members": self.members, "find": find, "url": url, "initial": initial}

    def choose(self, choices):
        self.place = choices["dwelling"]
        self.moving = [residence for residence in self.members if residence in choices["who"]]
        self.summary = f"转到{self.place.label}"
        headed = {residence.household_id for residence in self.moving if residence.is_head}
        if any(r.household_id in headed for r in self.members if r not in self.moving):
            self.summary += "；户主转走后，原户暂缺户主，请随后变更户主"

    def form_arguments(self):
        stays = open_stays(self.request).filter(person__in=[r.person for r in self.moving])
        of_kind = set(stays.values_list("kind", flat=True))
        head = next((r for r in self.moving if r.is_head), self.moving[0])
        return super().form_arguments() | {
            "members": self.moving,
            "proposals": relations_towards(head, self.moving),
            "kinds": [kind for kind in Kind.values if kind in of_kind],
            "households": households_to_join(self.request, self.place),
        }

    def involved(self, form):
        return [residence.person for residence in self.moving]

    def arguments(self, form):
        return {
            "members": form.joining,
            "dwelling": self.place,
            "targets": form.targets,
            "number": form.cleaned_data.get("number", ""),
        }


class Transfer(PersonEventPage, TransferPage):
    """户间转移 from a person's page: everybody in the person's households may go along."""

    def problem(self):
        homes = open_residences(self.person)
        if not homes:
            return "此人现在没有居住或户籍登记，请办理迁入。"
        residences = {self.person.pk: homes[0]}
        for home in homes:
            for residence in current_members(self.request, home.household):
                residences.setdefault(residence.person_id, residence)
        self.members, self.ticked = list(residences.values()), homes[:1]
        return ""


class HouseholdTransfer(HouseholdEventPage, TransferPage):
    """整户转移, from a household's page: all members are ticked."""

    @property
    def title(self):
        return f"整户转移：{self.subject.name}"

    def problem(self):
        self.ticked = self.members
        return ""

    def form_arguments(self):
        arguments = super().form_arguments()
        return arguments | {"initial": {"kinds": [self.household.kind]} | arguments["initial"]}

    def next_url(self, events):
        return entered_household_url(self.request, events)


class Split(HouseholdEventPage, ChosenEventPage):
    """分户: the members who leave, and their head, are chosen first."""

    what = What.SPLIT
    action = staticmethod(households.split)
    form_class = SplitForm
    choice_form_class, choice_name = SplitChoiceForm, "head"

    def problem(self):
        return "这一户只有一个人，不能分户。" if len(self.members) == 1 else ""

    def choose(self, choices):
        self.head = choices["head"]
        leaving = [residence for residence in self.members if residence in choices["who"]]
        self.others = [residence for residence in leaving if residence != self.head]
        names = "、".join(r.person.name for r in leaving)
        self.summary = f"分出{names}，户主{self.head.person.name}"
        if any(r.is_head for r in leaving):
            self.summary += "；户主分出后，原户暂缺户主，请随后变更户主"

    def form_arguments(self):
        find, url = find_dwellings(self.request)
        return super().form_arguments() | {
            "members": self.others,
            "proposals": relations_towards(self.head, self.others),
            "household": self.household,
            "find": find,
            "url": url,
        }

    def arguments(self, form):
        return {
            "household": self.household,
            "members": [JoiningMember(self.head.person, "户主"), *form.joining],
            "dwelling": form.cleaned_data["dwelling"],
            "number": form.cleaned_data.get("number", ""),
        }

    def next_url(self, events):
        return entered_household_url(self.request, events)


class Merge(HouseholdEventPage, ChosenEventPage):
    """并户: the other household is chosen first."""

    what = What.MERGE
    action = staticmethod(households.merge)
    form_class = MergeForm
    choice_form_class, choice_name = MergeChoiceForm, "member"

    @property
    def hint(self) -> str:
        return f"{self.basis.hint if self.basis else ''}这一户的人全部并入所选的户。"

    def choice_arguments(self):
        dwelling, kind = self.household.dwelling, self.household.kind
        neighbours = households_at(self.request, dwelling)[kind] if dwelling else []
        return {
            "access": self.request.access,
            "community": self.request.community,
            "other_households": [other for other in neighbours if other.pk != self.household.pk],
            "home_of": self._other_home,
        }

    def _other_home(self, person) -> Household | None:
        """The person's current household of this kind; None for none or the same."""
        stays = open_stays(self.request).filter(person=person, kind=self.household.kind)
        stay = stays.select_related("household__dwelling").first()
        return stay.household if stay and stay.household_id != self.household.pk else None

    def choose(self, choices):
        self.into = choices["into"]
        first = current_members(self.request, self.into)[0]
        self.summary = f"并入{self.into}，户主{first.person.name if first.is_head else '暂缺'}"

    def form_arguments(self):
        return super().form_arguments() | {"members": self.members, "proposals": {}}

    def arguments(self, form):
        return {"household": self.household, "into": self.into, "relations": form.relations}

    def next_url(self, events):
        return detail_url(self.request, "household", self.into)


class Head(HouseholdEventPage, ChosenEventPage):
    """变更户主: the new head is chosen first; the form asks for the relations of the others."""

    what = What.HEAD
    action = staticmethod(households.change_head)
    form_class = HeadForm
    choice_form_class, choice_name = HeadChoiceForm, "head"

    def problem(self):
        is_alone = len(self.members) == 1 and self.members[0].is_head
        return "这一户只有户主一人，不能变更户主。" if is_alone else ""

    def choose(self, choices):
        self.head = choices["head"]
        self.others = [residence for residence in self.members if residence != self.head]
        self.summary = f"新户主{self.head.person.name}"

    def form_arguments(self):
        proposals = relations_towards(self.head, self.others)
        return super().form_arguments() | {"members": self.others, "proposals": proposals}

    def arguments(self, form):
        return {"household": self.household, "head": self.head.person, "relations": form.relations}
