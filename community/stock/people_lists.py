"""Saved lists of people: those whose rows are people, or are each about one person."""

from django.db import models

from community.people.models import Person
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.registers.registers import Register
from portal.registers.registry import all_registers
from portal.saved_lists.models import SavedList
from portal.saved_lists.saved_lists import rows_of, usable_lists


def lists_of_people(access: Access, community: CommunityRef) -> models.QuerySet:
    """Saved lists of people that this user may open."""
    labels = [register.label for register in all_registers() if _person_path(register)]
    return usable_lists(access, community).filter(register__in=labels)


def people_of(saved: SavedList, access: Access, community: CommunityRef) -> list[Person]:
    """The living people of a saved list, as this user may see them. Raises InvalidSavedList."""
    register = next(register for register in all_registers() if register.label == saved.register)
    ids = rows_of(saved, access, community).order_by().values(_person_path(register))
    people = rows(Person, access, P.PEOPLE_NAMES, community).filter(pk__in=ids, died_on__isnull=True)
    return list(people.order_by("name_key", "id"))


def _person_path(register: Register) -> str:
    """Field of a register's rows that leads to the person; empty where they are not about one person each."""
    if register.model is Person:
        return "pk"
    fields = register.model._meta.local_fields
    return (
        "person"
        if any(f.name == "person" and not f.null and f.related_model is Person for f in fields)
        else ""
    )
