"""Residents of a demo community as the features of community/ need them: to appoint heads, to give accounts and aid."""

from dataclasses import dataclass

from django.db.models import QuerySet

from community.people.models import Person


@dataclass(frozen=True, slots=True)
class Residents:
    """Two querysets of Person in the order of the register, filled in by the feature that keeps the residences.

    Each person carries the annotations `is_head` (of the household) and `stairwell_id`.
    """

    living: QuerySet[Person]
    registered: QuerySet[Person]
