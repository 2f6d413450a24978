"""The new head of a household whose head leaves, asked in the same act."""

from collections.abc import Collection, Iterable, Sequence

from django import forms

from residents.events.actions.heads import HeadedHome, NewHead, proposed_head, relations_towards
from residents.events.forms.events import RELATION_LIST
from residents.events.forms.household import member_label
from residents.homes.models import Residence

NOBODY = "none"
"""The household stays without a head for now."""


class NewHeadsMixin:
    """Mixin for forms by which people leave who head households: one choice for each of these.

    The check page asks for the relations to the new head, with suggestions.
    """

    homes: Sequence[HeadedHome] = ()

    def add_heads(self, homes: Sequence[HeadedHome], *, propose: bool) -> None:
        """Add the choices. propose: fill them in, where the head is certain to leave with the form."""
        self.homes = homes
        for home in homes:
            proposal = proposed_head(home.others) if propose else None
            self.fields[_head_field(home)] = forms.ChoiceField(
                label=f"{home.household}的新户主",
                required=False,
                choices=[
                    ("", "请选择"),
                    *((str(r.person.uuid), member_label(r)) for r in home.others),
                    (NOBODY, "暂缺，以后再变更户主"),
                ],
                error_messages={"invalid_choice": "请从列表中选择新户主。"},
                initial=str(proposal.person.uuid) if proposal else "",
                help_text=f"接替{home.head.person.name}任户主{'' if propose else '；全户迁出的不用选'}",
            )

    def check_heads(self, leaving: Collection[Residence]) -> None:
        """Where a head leaves and others stay, one of these is chosen, or nobody for now; otherwise one is proposed."""
        for home in self.homes_left(leaving):
            name = _head_field(home)
            staying = [r for r in home.others if r not in leaving]
            answers = (*(str(r.person.uuid) for r in staying), NOBODY)
            if name in self.errors or self.cleaned_data.get(name) in answers:
                continue
            self.add_error(name, f"{home.head.person.name}是户主，还有人留在户中，请从留下的人中选择新户主。")
            if proposal := proposed_head(staying):
                self.data = self.data.copy()
                self.data[name] = str(proposal.person.uuid)

    def homes_left(self, leaving: Collection[Residence]) -> list[HeadedHome]:
        """Households whose head leaves while others stay."""
        return [home for home in self.homes if home.head in leaving and not set(home.others) <= set(leaving)]

    def homes_without_head(self, leaving: Collection[Residence]) -> list[HeadedHome]:
        """Households that stay without a head by choice."""
        return [home for home in self.homes_left(leaving) if self._chosen(home) is None]

    def add_relations(self, leaving: Collection[Residence]) -> bool:
        """Add the fields of the check page: the others' relations to the new heads. Returns whether there are any."""
        self.successions = [
            (home, head, [r for r in home.others if r not in leaving and r != head])
            for home in self.homes_left(leaving)
            if (head := self._chosen(home))
        ]
        self.data = self.data.copy()
        for _, head, others in self.successions:
            proposals = relations_towards(head, others)
            for residence in others:
                name = _relation_field(residence)
                self.fields[name] = forms.CharField(
                    label=f"{residence.person.name}与户主关系",
                    max_length=20,
                    widget=forms.TextInput(
                        attrs=RELATION_LIST | {"autocomplete": "off", "class": "form-control"}
                    ),
                    error_messages={"required": "请填写与新户主的关系。"},
                )
                self.data.setdefault(name, proposals.get(residence.person_id, ""))
        return any(others for _, _, others in self.successions)

    @property
    def head_lines(self) -> Iterable[tuple]:
        """Lines of the check page: the residence, and the bound field of its new relation; None for the new head."""
        for _, head, others in self.successions:
            yield head, None
            for residence in others:
                yield residence, self[_relation_field(residence)]

    @property
    def new_heads(self) -> list[NewHead]:
        """The changes of heads, as the action takes them."""
        return [
            NewHead(
                home.household,
                head.person,
                home.head.person,
                {r.person_id: self.cleaned_data.get(_relation_field(r), "") for r in others},
            )
            for home, head, others in self.successions
        ]

    successions: Sequence[tuple[HeadedHome, Residence, list[Residence]]] = ()
    """Household, its new head and the others who stay; set by `add_relations`."""

    def _chosen(self, home: HeadedHome) -> Residence | None:
        answer = self.cleaned_data.get(_head_field(home))
        return next((r for r in home.others if str(r.person.uuid) == answer), None)


def _head_field(home: HeadedHome) -> str:
    return f"head_{home.household.uuid.hex}"


def _relation_field(residence: Residence) -> str:
    return f"relation_{residence.uuid.hex}"
