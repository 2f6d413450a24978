"""Queries over the care registers (重点人群): which people are in which."""

import datetime
from collections.abc import Collection

from django.db import models
from django.db.models import Q
from django.utils import timezone

from community.communities.models import current_on
from community.people.models import Person
from portal.access.user_access import CommunityRef
from residents.care.models.base import CareEntry
from residents.care.models.child import CareChild
from residents.care.models.disability import Disability
from residents.care.models.elder import Elder
from residents.care.models.kind import CareKind
from residents.care.models.low_income import LowIncome
from residents.care.models.maternal import Maternal
from residents.care.models.retiree import Retiree
from residents.care.models.special_care import SpecialCare
from residents.care.models.unemployed import Unemployed
from residents.homes.models import Household, Residence

MODELS: dict[CareKind, type[CareEntry]] = {
    CareKind.LOW_INCOME: LowIncome,
    CareKind.DISABLED: Disability,
    CareKind.ELDERLY: Elder,
    CareKind.SPECIAL_CARE: SpecialCare,
    CareKind.UNEMPLOYED: Unemployed,
    CareKind.RETIRED: Retiree,
    CareKind.CHILD: CareChild,
    CareKind.MATERNAL: Maternal,
}


def residences_on(day: datetime.date):
    """The residences valid on `day`: through them a household's entry counts for its people."""
    begun = Q(start__isnull=True) | Q(start__lte=day)
    return Residence.objects.valid().filter(begun, Q(end__isnull=True) | Q(end__gt=day))


def _people_in(kind: CareKind, day: datetime.date, narrowed: Q):
    """Ids of the people who are in a register on `day`; `narrowed` restricts community or people."""
    entries = MODELS[kind].objects.filter(current_on(day))
    if kind is not CareKind.LOW_INCOME:
        return entries.filter(narrowed).order_by().values("person")
    residences = residences_on(day).filter(narrowed, household__in=entries.order_by().values("household"))
    return residences.order_by().values("person")


def care_condition(kind: CareKind, on: datetime.date | None = None) -> Q:
    """Condition on `community.Person`: in the register of `kind` on a day, today by default."""
    return Q(pk__in=_people_in(CareKind(kind), on or timezone.localdate(), Q()))


def care_kinds_by_person(
    community: CommunityRef, person_ids: Collection[int], on: datetime.date | None = None
) -> dict[int, frozenset[CareKind]]:
    """Care kinds by person id on a day, today by default. One query."""
    day = on or timezone.localdate()
    people = list(person_ids)
    if not people:
        return {}
    narrowed = Q(community_id=community.id, person__in=people)
    parts = [
        _people_in(kind, day, narrowed).annotate(care=models.Value(kind.value)).values_list("person", "care")
        for kind in CareKind
    ]
    kinds_by_person: dict[int, set[CareKind]] = {pk: set() for pk in people}
    for person, kind in parts[0].union(*parts[1:]):
        kinds_by_person[person].add(CareKind(kind))
    return {pk: frozenset(kinds) for pk, kinds in kinds_by_person.items()}


def household_of_person(person: Person) -> Household | None:
    """The household whose benefits a person shares: where they live, or else are registered."""
    stays = Residence.objects.filter(community_id=person.community_id, person=person).open()
    stay = stays.select_related("household__dwelling").order_by("kind").first()
    return stay.household if stay else None


def living_alone():
    """Open living residences of people who live alone, according to the register."""
    others = Residence.objects.living().open()
    with_others = others.filter(
        community=models.OuterRef("community"), household=models.OuterRef("household")
    ).exclude(pk=models.OuterRef("pk"))
    return others.exclude(models.Exists(with_others))


def open_entries(person: Person) -> list[tuple[CareKind, int]]:
    """A person's open entries as (kind, id); for 低保 those that they applied for. One query."""
    parts = [_entries_of_kind(kind, person).open() for kind in CareKind]
    return _kinds_and_ids(parts)


def entries_of(person: Person) -> dict[CareKind, list[int]]:
    """Ids of all entries of a person by kind, present and past; for 低保 also those of the household. One query."""
    today = timezone.localdate()
    homes = residences_on(today).filter(community_id=person.community_id, person=person).values("household")
    parts = [_entries_of_kind(kind, person) for kind in CareKind if kind is not CareKind.LOW_INCOME]
    receiving = Q(applicant=person) | Q(household__in=homes)
    parts.insert(
        0, _entries_with_kind(CareKind.LOW_INCOME).filter(receiving, community_id=person.community_id)
    )
    ids_by_kind: dict[CareKind, list[int]] = {}
    for kind, pk in _kinds_and_ids(parts):
        ids_by_kind.setdefault(kind, []).append(pk)
    return {kind: ids_by_kind[kind] for kind in CareKind if kind in ids_by_kind}


def _entries_with_kind(kind: CareKind):
    """The entries of a register, annotated with its kind as `care`."""
    return MODELS[kind].objects.order_by().annotate(care=models.Value(kind.value))


def _entries_of_kind(kind: CareKind, person: Person):
    of_person = {MODELS[kind].person_field: person.pk}
    return _entries_with_kind(kind).filter(community_id=person.community_id, **of_person)


def _kinds_and_ids(parts) -> list[tuple[CareKind, int]]:
    first, *others = [part.values_list("care", "pk") for part in parts]
    return [(CareKind(kind), pk) for kind, pk in first.union(*others, all=True)]
