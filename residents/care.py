"""Who is in which care register (重点人群), for pages that do not know the registers."""

import datetime
from collections.abc import Collection

from django.db import models
from django.db.models import Q
from django.utils import timezone

from community.models.base import current_on
from portal.access import CommunityRef
from residents.models import (
    CareChild,
    Disability,
    Elder,
    LowIncome,
    Maternal,
    Residence,
    Retiree,
    SpecialCare,
    Unemployed,
)


class CareKind(models.TextChoices):
    LOW_INCOME = "low_income", "低保"
    DISABLED = "disabled", "残疾人"
    ELDERLY = "elderly", "高龄老人"
    SPECIAL_CARE = "special_care", "优抚对象"
    UNEMPLOYED = "unemployed", "失业人员"
    RETIRED = "retired", "退休人员"
    CHILD = "child", "困境儿童"
    MATERNAL = "maternal", "育龄妇女服务"


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
