"""What the register holds of the people who are written into a form, by field."""

import datetime
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from community.models import Area, Community, HeadAppointment, Person
from portal.access import Access, CommunityRef
from portal.dates import PartialDate
from portal.permissions import Permission
from portal.scoping import rows
from portal.vault import SecretUnreadable
from residents.care import CareKind, care_of
from residents.filling.fields import CARE_FIELDS
from residents.models import Disability, Dwelling, Elder, Residence
from residents.models.household import Kind

AT_ONCE = 1_000
UNREADABLE = "无法读取"


@dataclass(slots=True)
class Known:
    """A person with where they live and are registered; `home` is the household that a form asks about."""

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
        """Registered here, and living at another dwelling or elsewhere (人户分离)."""
        if self.registered is None:
            return False
        dwelling = self.registered.household.dwelling_id
        return self.living is None or self.living.household.dwelling_id != dwelling

    def area(self, kind: str) -> str:
        """The area or group above the home."""
        found = self.dwelling.stairwell.area if self.dwelling and self.dwelling.stairwell else None
        while found is not None and found.kind != kind:
            found = found.parent
        return found.name if found else ""


def _number(known: Known, person: Person | None) -> str:
    if person is None:
        return ""
    if not known.full:
        return person.id_mask
    try:
        return person.read_id()
    except SecretUnreadable:
        return UNREADABLE


def _in_home(name: str) -> Callable[[Known], Any]:
    return lambda known: getattr(known.dwelling, name) if known.dwelling else ""


def _address(known: Known) -> str:
    """Where somebody lives, with the estate; of who is registered here only, the other address."""
    if known.living is None and known.registered is not None and known.registered.other_address:
        return known.registered.other_address
    dwelling = known.dwelling
    return f"{dwelling.building.estate}{dwelling.label}" if dwelling else ""


def _registered_address(known: Known) -> str:
    if known.person.registered_place or known.registered is None:
        return known.person.registered_place
    dwelling = known.registered.household.dwelling
    return (
        f"{known.place.name}{dwelling.building.estate}{dwelling.label}"
        if dwelling
        else f"{known.place.name}集体户"
    )


def _state(known: Known) -> str:
    if known.person.died_on:
        return "已故"
    if known.living:
        return "常住户籍人口" if known.registered else "外来居住人口"
    return "户籍在册，不住本社区" if known.registered else "不在册"


def _since(known: Known) -> PartialDate | None:
    start = known.living.start if known.living else None
    return PartialDate(start, known.living.start_precision or "d") if start else None


def _household_kind(known: Known) -> str:
    registered = known.registered or known.living
    if registered is None:
        return ""
    return "家庭户" if registered.household.dwelling_id else "集体户"


def _household_number(known: Known) -> str:
    stays = (known.registered, known.living)
    return next((stay.household.number for stay in stays if stay and stay.household.number), "")


def _owner(known: Known) -> str:
    dwelling = known.dwelling
    if dwelling is None:
        return ""
    return dwelling.owner.name if dwelling.owner else dwelling.owner_name


def _of_head(read: Callable[[Person], Any]) -> Callable[[Known], Any]:
    return lambda known: read(known.head) if known.head else ""


_READ: dict[str, Callable[[Known], Any]] = {
    **{
        name: (lambda known, name=name: getattr(known.person, name))
        for name in ("name", "former_name", "birth", "age", "phone", "ethnic", "workplace", "note")
    },
    **{
        name: (lambda known, show=f"get_{name}_display": getattr(known.person, show)())
        for name in ("sex", "id_kind", "education", "marital", "employment", "political")
    },
    "id_number": lambda known: _number(known, known.person),
    "registered_address": _registered_address,
    "relation": lambda known: known.home.relation_word if known.home else "",
    "is_head": lambda known: known.home.is_head if known.home else None,
    "usual": lambda known: known.living is not None,
    "registered": lambda known: known.registered is not None,
    "separated": lambda known: known.separated,
    "state": _state,
    "since": _since,
    "household_number": _household_number,
    "household_kind": _household_kind,
    "household_size": lambda known: known.size or None,
    "lives_alone": lambda known: known.size == 1 if known.living else None,
    "head_name": _of_head(lambda head: head.name),
    "head_id_number": lambda known: _number(known, known.head),
    "head_phone": _of_head(lambda head: head.phone),
    "head_sex": _of_head(lambda head: head.get_sex_display()),
    "head_birth": _of_head(lambda head: head.birth),
    "address": _address,
    "estate": lambda known: known.dwelling.building.estate if known.dwelling else "",
    "building": lambda known: known.dwelling.building.label if known.dwelling else "",
    "stairwell": lambda known: (
        known.dwelling.stairwell.name if known.dwelling and known.dwelling.stairwell else ""
    ),
    "floor": _in_home("floor"),
    "room": _in_home("room"),
    "area_m2": _in_home("area_m2"),
    "use": lambda known: known.dwelling.get_use_display() if known.dwelling else "",
    "owner_name": _owner,
    "area": lambda known: known.area(Area.Kind.AREA),
    "group": lambda known: known.area(Area.Kind.GROUP),
    "stairwell_head": lambda known: known.stairwell_head,
    "community": lambda known: known.place.name,
    "street": lambda known: known.place.street.name,
    "today": lambda known: known.today,
    "care_kinds": lambda known: "、".join(kind.label for kind in CareKind if kind in known.care),
    "low_income": lambda known: CareKind.LOW_INCOME in known.care,
    "disability_kind": lambda known: known.disability.get_kind_display() if known.disability else "",
    "disability_grade": lambda known: known.disability.get_grade_display() if known.disability else "",
    "allowance": lambda known: known.elder.allowance if known.elder else None,
}
"""Field -> what stands in it. A field without a line here is found by the test that walks all of them."""


def read(known: Known, key: str) -> Any:
    """The value of a field; text, number, date or yes/no, as `portal.filling.values.Writer` takes it."""
    return _READ[key](known)


def readable() -> frozenset[str]:
    return frozenset(_READ)


class Readers:
    """Reads people of one community for a form, a few at a time.

    keys: the fields that are asked for; those of care registers cost queries of their own, and are empty for whoever
    may not see them. full: whether numbers are written out.
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

    def people(self, ids: Sequence[int]) -> Iterator[Known]:
        """The people of `ids` in their order; whoever is not there any more is left out."""
        for start in range(0, len(ids), AT_ONCE):
            yield from self._some(ids[start : start + AT_ONCE])

    def _some(self, ids: Sequence[int]) -> Iterator[Known]:
        people = rows(Person, self._access, Permission.PEOPLE_EXPORT, self._community).in_bulk(ids)
        found = {pk: Known(person, self._place, self._today, self._full) for pk, person in people.items()}
        for stay in self._stays(found):
            known = found[stay.person_id]
            if stay.kind == Kind.LIVING:
                known.living = stay
            else:
                known.registered = stay
        self._add_households(found.values())
        if self._asks_stairwell:
            self._add_stairwell_heads(found.values())
        self._add_care(found)
        yield from (found[pk] for pk in ids if pk in found)

    def _stays(self, people: Collection[int]):
        here = Residence.objects.of(self._community).open().filter(person__in=list(people))
        return here.select_related(
            "household__dwelling__building",
            "household__dwelling__owner",
            "household__dwelling__stairwell__area__parent",
        )

    def _add_households(self, people: Collection[Known]) -> None:
        homes = {known.home.household_id for known in people if known.home}
        here = Residence.objects.of(self._community).open().filter(household__in=homes)
        heads = {
            stay.household_id: stay.person for stay in here.filter(is_head=True).select_related("person")
        }
        sizes = dict(here.order_by().values_list("household").annotate(people=Count("pk")))
        for known in people:
            if known.home:
                known.head = heads.get(known.home.household_id)
                known.size = sizes.get(known.home.household_id, 0)

    def _add_stairwell_heads(self, people: Collection[Known]) -> None:
        appointed = HeadAppointment.objects.of(self._community).current(self._today)
        names = dict(appointed.filter(stairwell__isnull=False).values_list("stairwell", "person__name"))
        for known in people:
            if known.dwelling:
                known.stairwell_head = names.get(known.dwelling.stairwell_id, "")

    def _add_care(self, found: dict[int, Known]) -> None:
        if self._care & {"care_kinds", "low_income"}:
            for pk, kinds in care_of(self._community, found, self._today).items():
                found[pk].care = kinds
        for name, model, keys in (
            ("disability", Disability, {"disability_kind", "disability_grade"}),
            ("elder", Elder, {"allowance"}),
        ):
            if self._care & keys:
                entries = rows(model, self._access, Permission.CARE, self._community)
                for entry in entries.current(self._today).filter(person__in=list(found)):
                    setattr(found[entry.person_id], name, entry)


def arranged(
    community: CommunityRef, ids: Sequence[int], *, heads_only: bool = False, whole: bool = False
) -> list[list[int]]:
    """The people by household, in the order of house numbers, heads first; who is in none stands alone at the end.

    heads_only: a household is its head, or whoever of `ids` is the first where it has none.
    whole: a household is everybody in it.
    """
    here = Residence.objects.of(community).open()
    columns = ("person", "household", "household__dwelling__sort", "kind")
    homes: dict[int, tuple] = {}
    for person, household, sort, kind in here.filter(person__in=list(ids)).values_list(*columns):
        if person not in homes or kind == Kind.LIVING:
            homes[person] = (sort is None, sort or "", household)
    members: dict[int, list[int]] = {household: [] for _, _, household in sorted(set(homes.values()))}
    chosen = set(ids)
    inside = here.filter(household__in=list(members)).order_by("-is_head", "id")
    for household, person, is_head in inside.values_list("household", "person", "is_head"):
        if whole or (heads_only and is_head) or (person in chosen and homes[person][2] == household):
            members[household].append(person)
    found = [people[:1] if heads_only else people for people in members.values()]
    return [*found, *([pk] for pk in ids if pk not in homes)]
