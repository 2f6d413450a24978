"""Forms of events within the community: 户间转移, 分户, 并户, 变更户主. Dependent questions follow on a second page."""

from django import forms

from community.people.forms import PersonField
from community.people.models import Person
from portal.forms.fields import DayField
from portal.forms.forms import PickField, PlainForm
from residents.events.actions.households import JoiningMember
from residents.events.forms.events import RELATION_LIST, EventForm, RowField, RowsField, household_label
from residents.homes.models import Household, Kind, Residence

_RADIOS = {"class": "form-check-input"}


def member_label(residence: Residence) -> str:
    """Label of a member in choices: 王芳（女，1980年生，妻）."""
    person = residence.person
    born = f"{person.birth_date.year}年生" if person.birth_date else ""
    words = "，".join(word for word in (person.get_sex_display(), born, residence.relation_word) if word)
    return f"{person.name}（{words}）" if words else person.name


class ChoiceForm(PlainForm):
    """Base of the first page of an event, sent by GET."""

    def offer_members(self, field: str, members: list[Residence]) -> None:
        """Let `field` choose among the residences of the members, by their people."""
        self.fields[field].offer(members, member_label, lambda residence: residence.person.uuid)


class TransferChoiceForm(ChoiceForm):
    """Transfer: who moves, and where to."""

    who = RowsField(
        label="一起转移的人",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择转移的人。"},
    )
    dwelling = PickField(
        label="转到哪处房屋",
        max_length=80,
        help_text="输入楼幢、单元或房号，从提示中选择",
        error_messages={"required": "请填写转到哪处房屋。"},
    )

    def __init__(self, *args, members: list[Residence], find, url, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer_members("who", members)
        self.fields["dwelling"].offer(find, url)


class SplitChoiceForm(ChoiceForm):
    """Split: who leaves the household, and who heads the new one."""

    who = RowsField(
        label="分出的人", widget=forms.CheckboxSelectMultiple, error_messages={"required": "请选择分出的人。"}
    )
    head = RowField(
        label="新户的户主",
        widget=forms.RadioSelect(attrs=_RADIOS),
        error_messages={"required": "请选择新户的户主。"},
    )

    def __init__(self, *args, members: list[Residence], **kwargs):
        super().__init__(*args, **kwargs)
        self.members = members
        for field in ("who", "head"):
            self.offer_members(field, members)

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        if cleaned["head"] not in cleaned["who"]:
            self.add_error("head", "新户的户主须是分出的人。")
        if len(cleaned["who"]) == len(self.members):
            self.add_error("who", "全户一起搬的，请办理户间转移；分户须有人留在原户。")
        return cleaned


class MergeChoiceForm(ChoiceForm):
    """Merge: the household that this one joins."""

    into = RowField(label="同一房屋的户", required=False, widget=forms.RadioSelect(attrs=_RADIOS))
    member = PersonField(
        label="其他房屋的户", required=False, help_text="输入那一户中一个人的姓名，从提示中选择"
    )

    def __init__(self, *args, access, community, other_households: list[Household], home_of, **kwargs):
        """other_households: other households at the dwelling. home_of(person): their household of this kind, or None."""
        super().__init__(*args, **kwargs)
        self.home_of = home_of
        self.fields["member"].set_people(access, community)
        if other_households:
            self.fields["into"].offer(other_households, household_label)
        else:
            del self.fields["into"]

    def clean(self):
        cleaned = super().clean()
        person, chosen = cleaned.get("member"), cleaned.get("into")
        if person and chosen:
            self.add_error("member", "并入的户只选一户。")
        elif person:
            chosen = self.home_of(person)
            if chosen is None:
                self.add_error("member", f"{person.name}不在可以并入的户中，请核对居住户、户籍户的类别。")
        elif not chosen and not self.errors:
            self.add_error("member", "请选择并入哪一户。")
        cleaned["into"] = chosen
        return cleaned


class HeadChoiceForm(ChoiceForm):
    """Change of head: the new head."""

    head = RowField(
        label="新户主",
        widget=forms.RadioSelect(attrs=_RADIOS),
        error_messages={"required": "请选择新户主。"},
    )

    def __init__(self, *args, members: list[Residence], **kwargs):
        super().__init__(*args, **kwargs)
        self.offer_members("head", [residence for residence in members if not residence.is_head])


class RelationsForm(EventForm):
    """Base of the second page: the relation of each member to the head of their new household, with a suggestion."""

    on: DayField
    titles: tuple[str, str]
    """Titles of the sections: about the event, and about the relations."""
    note = forms.CharField(label="说明", max_length=100, required=False)

    def __init__(self, *args, members: list[Residence], proposals: dict[int, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.members = members
        for residence in members:
            self.fields[self._field(residence.person)] = forms.CharField(
                label=member_label(residence),
                max_length=20,
                initial=proposals.get(residence.person_id, ""),
                widget=forms.TextInput(attrs=RELATION_LIST | {"autocomplete": "off"}),
                error_messages={"required": "请填写与户主的关系。"},
            )
        self.set_sections("on")

    def set_sections(self, *names: str) -> None:
        """Lay out the fields `names` about the event, then the relations."""
        relations = [self._field(residence.person) for residence in self.members]
        about_event, about_relations = self.titles
        self.sections((about_event, names), (about_relations, (*relations, "note")))

    @staticmethod
    def _field(person: Person) -> str:
        return f"relation_{person.uuid.hex}"

    @property
    def relations(self) -> dict[int, str]:
        """Typed relation by person id."""
        return {r.person_id: self.cleaned_data[self._field(r.person)] for r in self.members}

    @property
    def joining(self) -> list[JoiningMember]:
        return [JoiningMember(r.person, self.cleaned_data[self._field(r.person)]) for r in self.members]


class TransferForm(RelationsForm):
    """Second page of a transfer: kinds, households at the dwelling, relations."""

    on = DayField(label="转移日期")
    titles = ("转移情况", "到新户中与户主的关系")
    kinds = forms.MultipleChoiceField(
        label="转移的是",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择转移的是居住还是户籍。"},
    )
    living_household = RowField(label="居住户", required=False)
    registered_household = RowField(label="户籍户", required=False)
    number = forms.CharField(label="户号", max_length=30, required=False, help_text="户籍另立新户的填写")

    def __init__(self, *args, kinds: list[str], households: dict[str, list[Household]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(kind, Kind(kind).label) for kind in kinds]
        self.fields["kinds"].initial = kinds[:1]
        for kind in Kind.values:
            if kind in kinds:
                self.fields[f"{kind}_household"].offer(households[kind], household_label, empty="另立新户")
            else:
                del self.fields[f"{kind}_household"]
        if Kind.REGISTERED not in kinds:
            del self.fields["number"]
        for residence in self.members:
            self.fields[self._field(residence.person)].required = False
        self.set_sections("on", "kinds", "living_household", "registered_household", "number")

    def clean(self):
        """Everybody has a relation to the head, except in a collective household, which has none."""
        cleaned = super().clean()
        joined = [cleaned.get(f"{kind}_household") for kind in cleaned.get("kinds", ())]
        if joined and all(household and household.dwelling_id is None for household in joined):
            return cleaned
        for residence in self.members:
            name = self._field(residence.person)
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        return cleaned

    @property
    def targets(self) -> dict[str, Household | None]:
        """The household joined by kind; None for a new one."""
        return {kind: self.cleaned_data[f"{kind}_household"] for kind in self.cleaned_data["kinds"]}


class SplitForm(RelationsForm):
    """Second page of a split: the new household's dwelling, and the relations to its head."""

    on = DayField(label="分户日期")
    titles = ("分户情况", "与新户主的关系")
    dwelling = PickField(
        label="新户的房屋",
        required=False,
        max_length=80,
        help_text="仍在原处的不用改；搬到别处的，输入后选择",
    )
    number = forms.CharField(label="新户号", max_length=30, required=False)

    def __init__(self, *args, household: Household, find, url, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["dwelling"].offer(find, url)
        self.fields["dwelling"].initial = household.dwelling
        if household.kind != Kind.REGISTERED:
            del self.fields["number"]
        self.set_sections("on", "dwelling", "number")


class MergeForm(RelationsForm):
    """Second page of a merge: the members' relations to the other head."""

    on = DayField(label="并户日期")
    titles = ("并户情况", "并入后与户主的关系")


class HeadForm(RelationsForm):
    """Second page of a change of head: the other members' relations to the new one."""

    on = DayField(label="变更日期")
    titles = ("变更情况", "其他成员与新户主的关系")


class UndoForm(EventForm):
    """Undo of an event: the reason."""

    reason = forms.CharField(
        label="撤销原因",
        max_length=100,
        error_messages={"required": "请写明撤销的原因，如：录错了人。"},
    )
