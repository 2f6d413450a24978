"""Update the labels of dwellings, and of the people who live there."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import OuterRef, Subquery

from community.people.models import Person
from residents.homes.models import Dwelling, Residence


@transaction.atomic
def recompute_labels(dwellings: Iterable[Dwelling]) -> int:
    """Recompute building, label and sort key of the dwellings and the place label of their people; returns how many changed.

    The building of a dwelling is that of its stairwell, also after the stairwell was moved to another one.
    """
    changed = []
    for dwelling in dwellings:
        before = (dwelling.building_id, dwelling.label, dwelling.sort)
        if dwelling.stairwell:
            dwelling.building = dwelling.stairwell.building
        dwelling.place()
        if (dwelling.building_id, dwelling.label, dwelling.sort) != before:
            changed.append(dwelling)
    Dwelling.objects.bulk_update(changed, ["building", "label", "sort"], batch_size=1000)
    update_place_labels(changed)
    return len(changed)


def update_place_labels(dwellings: Iterable[Dwelling]) -> None:
    """Update `place_label` of the people who live in these dwellings."""
    living = Residence.objects.filter(household__dwelling__in=list(dwellings)).living().open()
    label = living.filter(community=OuterRef("community"), person=OuterRef("pk"))
    Person.objects.filter(pk__in=living.values("person")).update(
        place_label=Subquery(label.values("household__dwelling__label")[:1])
    )
