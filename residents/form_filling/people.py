"""Values of the form fields, read from the register."""

import datetime
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from community.communities.models import Community
from community.people.models import Person
from community.places.models import Area, HeadAppointment
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.crypto.vault import SecretUnreadable
from portal.values.partial_dates import PartialDate
from residents.care.models.disability import Disability
from residents.care.models.elder import Elder
from residents.care.models.kind import CareKind
from residents.care.queries import care_kinds_by_person
from residents.form_filling.fields import CARE_FIELDS
from residents.homes.models import Dwelling, Kind, Residence

AT_ONCE = 1_000
UNREADABLE = "无法读取"


@dataclass(slots=True)
class PersonData:
    """A person with their residences and related data; `home`: the residence whose household a form asks about."""

    person: Person
    place: Community
    today: datetime.date
    full: bool
    living: Residence | None = None
    registered: Residence | None = None
    head: Person | None = None
    size: int = 0
    stairwell_head: str = ""
    care: frozenset[CareKind] = frozenset()
    disability: Disability | None = None
    elder: Elder | None = None

    @property
    def home(self) -> Residence | None:
        return self.living or self.registered

    @property
    def dwelling(self) -> Dwelling | None:
        return self.home.household.dwelling if self.home else None

    @property
    def separated(self) -> bool:
        """Registered here, but living at another dwelling or elsewhere (人户分离)."""
        if self.registered is None:
            return False
        dwelling = self.registered.household.dwelling_id
        return self.living is None or self.living.household.dwelling_id != dwelling

    def area(self, kind: str) -> str:
        """The area or group above the home."""
        area = self.dwelling.stairwell.area if self.dwelling and self.dwelling.stairwell else None
        while area is not None and area.kind != kind:
            area = area.parent
        return area.name if area else ""


def _number(data: PersonData, person: Person | None) -> str:
    if person is None:
        return ""
    if not data.full:
        return person.id_mask
    try:
        return person.read_id()
    except SecretUnreadable:
        return UNREADABLE


def _in_home(name: str) -> Callable[[PersonData], Any]:
    return lambda data: getattr(data.dwelling, name) if data.dwelling else ""


def _address(data: PersonData) -> str:
    """Address of residence with the estate; of people only registered here, their other address."""
    if data.living is None and data.registered is not None and data.registered.other_address:
        return data.registered.other_address
    dwelling = data.dwelling
    return f"{dwelling.building.estate}{dwelling.label}" if dwelling else ""


def _registered_address(data: PersonData) -> str:
    if data.person.registered_place or data.registered is None:
        return data.person.registered_place
    dwelling = data.registered.household.dwelling
    return (
        f"{data.place.name}{dwelling.building.estate}{dwelling.label}"
        if dwelling
        else f"{data.place.name}集体户"
    )


def _state(data: PersonData) -> str:
    if data.person.died_on:
        return "已故"
    if data.living:
        return "常住户籍人口" if data.registered else "外来居住人口"
    return "空挂户籍（人不在此）" if data.registered else "已注销或未登记"


def _since(data: PersonData) -> PartialDate | None:
    start = data.living.start if data.living else None
    return PartialDate(start, data.living.start_precision or "d") if start else None


def _household_kind(data: PersonData) -> str:
    registered = data.registered or data.living
    if registered is None:
        return ""
    return "家庭户" if registered.household.dwelling_id else "集体户"


def _household_number(data: PersonData) -> str:
    stays = (data.registered, data.living)
    return next((stay.household.number for stay in stays if stay and stay.household.number), "")


def _owner(data: PersonData) -> str:
    dwelling = data.dwelling
    if dwelling is None:
        return ""
    return dwelling.owner.name if dwelling.owner else dwelling.owner_name


def _of_head(read: Callable[[Person], Any]) -> Callable[[PersonData], Any]:
    return lambda data: read(data.head) if data.head else ""


_READ: dict[str, Callable[[PersonData], Any]] = {
    **{
        name: (lambda data, name=name: getattr(data.person, name))
        for name in ("name", "former_name", "birth", "age", "phone", "ethnic", "workplace", "note")
    },
    **{
        name: (lambda data, show=f"get_{name}_display": getattr(data.person, show)())
        for name in ("sex", "id_kind", "education", "marital", "employment", "political")
    },
    "id_number": lambda data: _number(data, data.person),
    "registered_address": _registered_address,
    "relation": lambda data: data.home.relation_word if data.home else "",
    "is_head": lambda data: data.home.is_head if data.home else None,
    "usual": lambda data: data.living is not None,
    "registered": lambda data: data.registered is not None,
    "separated": lambda data: data.separated,
    "state": _state,
    "since": _since,
    "household_number": _household_number,
    "household_kind": _household_kind,
    "household_size": lambda data: data.size or None,
    "lives_alone": lambda data: data.size == 1 if data.living else None,
    "head_name": _of_head(lambda head: head.name),
    "head_id_number": lambda data: _number(data, data.head),
    "head_phone": _of_head(lambda head: head.phone),
    "head_sex": _of_head(lambda head: head.get_sex_display()),
    "head_birth": _of_head(lambda head: head.birth),
    "address": _address,
    "estate": lambda data: data.dwelling.building.estate if data.dwelling else "",
    "building": lambda data: data.dwelling.building.label if data.dwelling else "",
    "stairwell": lambda data: (
        data.dwelling.stairwell.name if data.dwelling and data.dwelling.stairwell else ""
    ),
    "floor": _in_home("floor"),
    "room": _in_home("room"),
    "area_m2": _in_home("area_m2"),
    "use": lambda data: data.dwelling.get_use_display() if data.dwelling else "",
    "owner_name": _owner,
    "area": lambda data: data.area(Area.Kind.AREA),
    "group": lambda data: data.area(Area.Kind.GROUP),
    "stairwell_head": lambda data: data.stairwell_head,
    "community": lambda data: data.place.name,
    "street": lambda data: data.place.street.name,
    "today": lambda data: data.today,
    "care_kinds": lambda data: "、".join(kind.label for kind in CareKind if kind in data.care),
    "low_income": lambda data: CareKind.LOW_INCOME in data.care,
    "disability_kind": lambda data: data.disability.get_kind_display() if data.disability else "",
    "disability_grade": lambda data: data.disability.get_grade_display() if data.disability else "",
    "allowance": lambda data: data.elder.allowance if data.elder else None,
}
"""Field -> reader of its value. A test finds fields without a reader."""


def read(data: PersonData, key: str) -> Any:
    """The value of a field; text, number, date or yes/no, as `portal.form_filling.values.ColumnWriter` takes it."""
    return _READ[key](data)


def readable_fields() -> frozenset[str]:
    return frozenset(_READ)


class PersonReader:
    """Reads people of one community for a form, in batches.

    keys: the fields of the form; those of care registers cost extra queries, and are empty for users who
    may not see them. full: whether ID numbers are unmasked.
    """

    def __init__(
        self,
        access: Access,
        community: CommunityRef,
        keys: Collection[str],
        *,
        today: datetime.date,
        full: bool = False,
    ):
        self._access, self._community, self._today, self._full = access, community, today, full
        may_care = access.can(Permission.CARE, community)
        self._care = frozenset(keys) & CARE_FIELDS if may_care else frozenset()
        self._asks_stairwell = "stairwell_head" in keys
        self._place = Community.objects.select_related("street").get(pk=community.id)

    def people(self, ids: Sequence[int]) -> Iterator[PersonData]:
        """The people of `ids` in their order, without deleted ones."""
        for start in range(0, len(ids), AT_ONCE):
            yield from self._batch(ids[start : start + AT_ONCE])

    def _batch(self, ids: Sequence[int]) -> Iterator[PersonData]:
        people = rows(Person, self._access, Permission.PEOPLE_EXPORT, self._community).in_bulk(ids)
        data_by_person = {
            pk: PersonData(person, self._place, self._today, self._full) for pk, person in people.items()
        }
        for stay in self._residences_of(data_by_person):
            data = data_by_person[stay.person_id]
            if stay.kind == Kind.LIVING:
                data.living = stay
            else:
                data.registered = stay
        self._add_households(data_by_person.values())
        if self._asks_stairwell:
            self._add_stairwell_heads(data_by_person.values())
        self._add_care(data_by_person)
        yield from (data_by_person[pk] for pk in ids if pk in data_by_person)

    def _residences_of(self, people: Collection[int]):
        residences = Residence.objects.of(self._community).open().filter(person__in=list(people))
        return residences.select_related(
            "household__dwelling__building",
            "household__dwelling__owner",
            "household__dwelling__stairwell__area__parent",
        )

    def _add_households(self, people: Collection[PersonData]) -> None:
        homes = {data.home.household_id for data in people if data.home}
        residences = Residence.objects.of(self._community).open().filter(household__in=homes)
        heads = {
            stay.household_id: stay.person
            for stay in residences.filter(is_head=True).select_related("person")
        }
        sizes = dict(residences.order_by().values_list("household").annotate(people=Count("pk")))
        for data in people:
            if data.home:
                data.head = heads.get(data.home.household_id)
                data.size = sizes.get(data.home.household_id, 0)

    def _add_stairwell_heads(self, people: Collection[PersonData]) -> None:
        appointed = HeadAppointment.objects.of(self._community).current(self._today)
        names = dict(appointed.filter(stairwell__isnull=False).values_list("stairwell", "person__name"))
        for data in people:
            if data.dwelling:
                data.stairwell_head = names.get(data.dwelling.stairwell_id, "")

    def _add_care(self, data_by_person: dict[int, PersonData]) -> None:
        if self._care & {"care_kinds", "low_income"}:
            for pk, kinds in care_kinds_by_person(self._community, data_by_person, self._today).items():
                data_by_person[pk].care = kinds
        for name, model, keys in (
            ("disability", Disability, {"disability_kind", "disability_grade"}),
            ("elder", Elder, {"allowance"}),
        ):
            if self._care & keys:
                entries = rows(model, self._access, Permission.CARE, self._community)
                for entry in entries.current(self._today).filter(person__in=list(data_by_person)):
                    setattr(data_by_person[entry.person_id], name, entry)


def grouped_by_household(
    community: CommunityRef, ids: Sequence[int], *, heads_only: bool = False, whole_households: bool = False
) -> list[list[int]]:
    """Group people by household, ordered by house number, heads first; people without household come last, alone.

    heads_only: only the head of each household, or the first of `ids` where it has none.
    whole_households: all members of each household.
    """
    residences = Residence.objects.of(community).open()
    columns = ("person", "household", "household__dwelling__sort", "kind")
    homes: dict[int, tuple] = {}
    for person, household, sort, kind in residences.filter(person__in=list(ids)).values_list(*columns):
        if person not in homes or kind == Kind.LIVING:
            homes[person] = (sort is None, sort or "", household)
    members: dict[int, list[int]] = {household: [] for _, _, household in sorted(set(homes.values()))}
    chosen = set(ids)
    inside = residences.filter(household__in=list(members)).order_by("-is_head", "id")
    for household, person, is_head in inside.values_list("household", "person", "is_head"):
        if (
            whole_households
            or (heads_only and is_head)
            or (person in chosen and homes[person][2] == household)
        ):
            members[household].append(person)
    households = [people[:1] if heads_only else people for people in members.values()]
    return [*households, *([pk] for pk in ids if pk not in homes)]
