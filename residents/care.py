"""Who is in which care register (重点人群), for pages that do not know the registers."""

import datetime
from collections.abc import Collection

from django.db import models
from django.db.models import Q
from django.utils import timezone

from community.models import Person
from community.models.base import current_on
from portal.access import CommunityRef
from residents.models import (
    CareChild,
    Disability,
    Elder,
    Household,
    LowIncome,
    Maternal,
    Residence,
    Retiree,
    SpecialCare,
    Unemployed,
)
from residents.models.care.kind import CareKind

MODELS: dict[CareKind, type[models.Model]] = {
    CareKind.LOW_INCOME: LowIncome,
    CareKind.DISABLED: Disability,
    CareKind.ELDERLY: Elder,
    CareKind.SPECIAL_CARE: SpecialCare,
    CareKind.UNEMPLOYED: Unemployed,
    CareKind.RETIRED: Retiree,
    CareKind.CHILD: CareChild,
    CareKind.MATERNAL: Maternal,
}


def members_of(day: datetime.date):
    """The residences that stand on `day`: through them a household's entry is its people's."""
    begun = Q(start__isnull=True) | Q(start__lte=day)
    return Residence.objects.valid().filter(begun, Q(end__isnull=True) | Q(end__gt=day))


def _people_in(kind: CareKind, day: datetime.date, narrowed: Q):
    """The ids of the people who are in a register on `day`; `narrowed` says of which community or people."""
    entries = MODELS[kind].objects.filter(current_on(day))
    if kind is not CareKind.LOW_INCOME:
        return entries.filter(narrowed).order_by().values("person")
    here = members_of(day).filter(narrowed, household__in=entries.order_by().values("household"))
    return here.order_by().values("person")


def in_care(kind: CareKind, on: datetime.date | None = None) -> Q:
    """Of `community.Person`: who is in the register of `kind` on a day, today by default."""
    return Q(pk__in=_people_in(CareKind(kind), on or timezone.localdate(), Q()))


def care_of(
    community: CommunityRef, person_ids: Collection[int], on: datetime.date | None = None
) -> dict[int, frozenset[CareKind]]:
    """For each of the people the registers they are in on a day, today by default. One query."""
    day = on or timezone.localdate()
    people = list(person_ids)
    if not people:
        return {}
    narrowed = Q(community_id=community.id, person__in=people)
    parts = [
        _people_in(kind, day, narrowed).annotate(care=models.Value(kind.value)).values_list("person", "care")
        for kind in CareKind
    ]
    found: dict[int, set[CareKind]] = {pk: set() for pk in people}
    for person, kind in parts[0].union(*parts[1:]):
        found[person].add(CareKind(kind))
    return {pk: frozenset(kinds) for pk, kinds in found.items()}


def home_of(person: Person) -> Household | None:
    """The household through which a person receives what households do: where they live, or else are registered."""
    stays = Residence.objects.filter(community_id=person.community_id, person=person).open()
    stay = stays.select_related("household__dwelling").order_by("kind").first()
    return stay.household if stay else None


def living_alone():
    """The open living residences of people whom nobody else lives with, as the register has it."""
    others = Residence.objects.living().open()
    with_others = others.filter(
        community=models.OuterRef("community"), household=models.OuterRef("household")
    ).exclude(pk=models.OuterRef("pk"))
    return others.exclude(models.Exists(with_others))


def open_entries(person: Person) -> list[tuple[CareKind, int]]:
    """The entries of a person that have not ended, as kind and id; for 低保 those that they applied for. One query."""
    parts = [_own(kind, person).open() for kind in CareKind]
    return _kinds_and_ids(parts)


def entries_of(person: Person) -> dict[CareKind, list[int]]:
    """The ids of all entries of a person, of now and before; those of 低保 by the household too. One query."""
    today = timezone.localdate()
    homes = members_of(today).filter(community_id=person.community_id, person=person).values("household")
    parts = [_own(kind, person) for kind in CareKind if kind is not CareKind.LOW_INCOME]
    receiving = Q(applicant=person) | Q(household__in=homes)
    parts.insert(0, _named(CareKind.LOW_INCOME).filter(receiving, community_id=person.community_id))
    found: dict[CareKind, list[int]] = {}
    for kind, pk in _kinds_and_ids(parts):
        found.setdefault(kind, []).append(pk)
    return {kind: found[kind] for kind in CareKind if kind in found}


def _named(kind: CareKind):
    """The entries of a register, each with the register's own name as `care`."""
    return MODELS[kind].objects.order_by().annotate(care=models.Value(kind.value))


def _own(kind: CareKind, person: Person):
    whose = "applicant" if kind is CareKind.LOW_INCOME else "person"
    return _named(kind).filter(community_id=person.community_id, **{whose: person.pk})


def _kinds_and_ids(parts) -> list[tuple[CareKind, int]]:
    first, *others = [part.values_list("care", "pk") for part in parts]
    return [(CareKind(kind), pk) for kind, pk in first.union(*others, all=True)]
