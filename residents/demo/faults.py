"""A handful of faults in the register of the demo community, so that the data check (数据体检) has something to show.

None of them changes a figure: as many households, people and heads as before. Those who hold an account or head a
stairwell are left alone.
"""

from collections.abc import Iterator

from django.utils import timezone

from community.identity import mask_id
from community.models import Community, HeadAppointment, Person, RoleAssignment, User
from residents.actions.findings import check_soundness
from residents.actions.people import settle
from residents.models import Dwelling, Household, Residence
from residents.models.household import Kind


def plant_faults(community: Community) -> None:
    """Doubles, a home with two households, two heads, a mother who stands as a daughter, a home that is not vacant."""
    families = _ordinary_families(community)
    _enter_again(next(families)[0], next(families)[0])
    _enter_with_old_number(_of_last_century(families), next(families)[0])
    _move_in_with(community, next(families)[0])
    _let_spouse_head(families)
    _call_mother_daughter(families)
    home = next(families)[0].household.dwelling
    Dwelling.objects.filter(community=community, pk=home.pk).update(use=Dwelling.Use.VACANT)
    check_soundness(community=community)


def _ordinary_families(community: Community) -> Iterator[list[Residence]]:
    """Families of two and more with a hukou here, the head first, from the end of the register."""
    busy = set(User.objects.filter(person__isnull=False).values_list("person", flat=True))
    busy |= set(HeadAppointment.objects.of(community).values_list("person", flat=True))
    held = RoleAssignment.objects.filter(community=community, stairwell__isnull=False)
    watched = set(held.values_list("stairwell", flat=True))
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


def _copy_of(person: Person, **values) -> Person:
    """Another row for the same human."""
    kept = ("name", "name_key", "initials", "sex", "birth_date", "birth_precision", "ethnic")
    return Person(community=person.community, **{name: getattr(person, name) for name in kept} | values)


def _register_with(person: Person, host: Residence) -> None:
    """A hukou in the household of somebody else."""
    found = Residence.objects.of(person.community).registered().open().filter(person=host.person)
    Residence.objects.create(
        community=person.community,
        person=person,
        household=found.get().household,
        kind=Kind.REGISTERED,
        relation_class="97",
        relation_word="其他亲属",
        start=timezone.localdate().replace(month=1, day=1),
        start_precision="y",
    )


def _enter_again(twice: Residence, host: Residence) -> None:
    """Somebody whose hukou was entered a second time, without a number, with relatives."""
    again = _copy_of(twice.person, phone="19900088811", note="由户籍底册录入")
    again.save()
    _register_with(again, host)


def _of_last_century(families: Iterator[list[Residence]]) -> Residence:
    """A head with a number of before the year 2000: it may also be written in fifteen digits."""
    heads = (family[0] for family in families)
    return next(h for h in heads if h.person.id_kind == "resident_id" and h.person.birth_date.year < 2000)


def _enter_with_old_number(twice: Residence, host: Residence) -> None:
    """Somebody entered a second time by the fifteen digits of before, as another kind of certificate."""
    number = twice.person.read_id()
    old = number[:6] + number[8:17]
    again = _copy_of(twice.person, birth_date=None, birth_precision="")
    again.put_id("other", old, mask_id(old))
    again.save()
    _register_with(again, host)


def _move_in_with(community: Community, host: Residence) -> None:
    """A tenant who lives alone is written at the door of another family."""
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
    settle(members[0].person)


def _let_spouse_head(families: Iterator[list[Residence]]) -> None:
    """Husband and wife both stand as 户主."""
    spouse = next(r for family in families for r in family if r.relation_class in ("11", "12"))
    spouse.relation_class, spouse.relation_word = "02", "户主"
    spouse.save(update_fields=["relation_class", "relation_word"])


def _call_mother_daughter(families: Iterator[list[Residence]]) -> None:
    mother = next(r for family in families for r in family if r.relation_class == "52")
    mother.relation_class, mother.relation_word = "30", "女儿"
    mother.save(update_fields=["relation_class", "relation_word"])
