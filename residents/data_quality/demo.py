"""Data-quality issues planted in the demo community, so that the data check (数据体检) has something to show.

None changes a figure: the numbers of households, people and heads stay. People who hold an account or head a
stairwell are not touched.
"""

from collections.abc import Iterator

from django.utils import timezone

from community.accounts.models import RoleAssignment, User
from community.communities.models import Community
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.people.models import Person
from community.places.models import HeadAppointment
from portal.values.id_numbers import mask_id
from residents.data_quality.actions import run_data_quality_checks
from residents.homes.models import Dwelling, Household, Kind, Residence
from residents.people.actions import update_place_label


@demo_part(480, RunFor.SHOWCASE)
def plant_issues(demo: DemoCommunity) -> None:
    """Duplicates, a home with two households, two heads, a mother entered as a daughter, a home that is not vacant."""
    community = demo.community
    families = _ordinary_families(community)
    _add_duplicate(next(families)[0], next(families)[0])
    _add_duplicate_with_old_number(_of_last_century(families), next(families)[0])
    _add_second_household(community, next(families)[0])
    _add_second_head(families)
    _enter_wrong_relation(families)
    home = next(families)[0].household.dwelling
    Dwelling.objects.filter(community=community, pk=home.pk).update(use=Dwelling.Use.VACANT)
    run_data_quality_checks(community=community)


def _ordinary_families(community: Community) -> Iterator[list[Residence]]:
    """Families of at least two, registered here, without account holders; the head first, from the end of the register."""
    busy = set(User.objects.filter(person__isnull=False).values_list("person", flat=True))
    busy |= set(HeadAppointment.objects.of(community).values_list("person", flat=True))
    assignments = RoleAssignment.objects.filter(community=community, stairwell__isnull=False)
    watched = set(assignments.values_list("stairwell", flat=True))
    living = Residence.objects.of(community).living().open().select_related("person", "household__dwelling")
    by_household: dict[int, list[Residence]] = {}
    for residence in living.order_by("-household", "-is_head", "id"):
        by_household.setdefault(residence.household_id, []).append(residence)
    registered = set(Residence.objects.of(community).registered().open().values_list("person", flat=True))
    for family in by_household.values():
        head = family[0]
        is_busy = any(r.person_id in busy for r in family) or head.household.dwelling.stairwell_id in watched
        if not is_busy and len(family) > 1 and head.is_head and head.person_id in registered:
            yield family


def _duplicate_of(person: Person, **values) -> Person:
    """A duplicate row of a person."""
    fields = ("name", "name_key", "initials", "sex", "birth_date", "birth_precision", "ethnic")
    return Person(community=person.community, **{name: getattr(person, name) for name in fields} | values)


def _register_with(person: Person, host: Residence) -> None:
    """Register a person in the household of `host`."""
    residences = Residence.objects.of(person.community).registered().open().filter(person=host.person)
    Residence.objects.create(
        community=person.community,
        person=person,
        household=residences.get().household,
        kind=Kind.REGISTERED,
        relation_class="97",
        relation_word="其他亲属",
        start=timezone.localdate().replace(month=1, day=1),
        start_precision="y",
    )


def _add_duplicate(twice: Residence, host: Residence) -> None:
    """Duplicate without ID number, registered with relatives."""
    duplicate = _duplicate_of(twice.person, phone="19900088811", note="由户籍底册录入")
    duplicate.save()
    _register_with(duplicate, host)


def _of_last_century(families: Iterator[list[Residence]]) -> Residence:
    """A head of a household born before 2000, whose ID number also has a 15-digit form."""
    heads = (family[0] for family in families)
    return next(h for h in heads if h.person.id_kind == "resident_id" and h.person.birth_date.year < 2000)


def _add_duplicate_with_old_number(twice: Residence, host: Residence) -> None:
    """Duplicate with the old 15-digit number, entered as another kind of certificate."""
    number = twice.person.read_id()
    old = number[:6] + number[8:17]
    duplicate = _duplicate_of(twice.person, birth_date=None, birth_precision="")
    duplicate.set_id("other", old, mask_id(old))
    duplicate.save()
    _register_with(duplicate, host)


def _add_second_household(community: Community, host: Residence) -> None:
    """Second household in a dwelling: a tenant who lives alone is moved to the door of another family."""
    alone = (
        Household.objects.of(community).valid().living().occupied().filter(dwelling__use=Dwelling.Use.RENTED)
    )
    for household in alone.order_by("-pk").select_related("dwelling"):
        members = list(household.residences.open().select_related("person"))
        is_head_elsewhere = User.objects.filter(person__in=[r.person_id for r in members]).exists()
        if len(members) == 1 and not is_head_elsewhere:
            break
    empty = household.dwelling
    household.dwelling = host.household.dwelling
    household.save(update_fields=["dwelling"])
    Dwelling.objects.filter(community=community, pk=empty.pk).update(use=Dwelling.Use.VACANT)
    update_place_label(members[0].person)


def _add_second_head(families: Iterator[list[Residence]]) -> None:
    """Two heads in a household: husband and wife are both 户主."""
    spouse = next(r for family in families for r in family if r.relation_class in ("11", "12"))
    spouse.relation_class, spouse.relation_word = "02", "户主"
    spouse.save(update_fields=["relation_class", "relation_word"])


def _enter_wrong_relation(families: Iterator[list[Residence]]) -> None:
    mother = next(r for family in families for r in family if r.relation_class == "52")
    mother.relation_class, mother.relation_word = "30", "女儿"
    mother.save(update_fields=["relation_class", "relation_word"])
