"""Writes about territory that change more than one row."""

from django.db import transaction

from community.models import Building
from portal.offers import Kind, answers


@transaction.atomic
def relabel_below(building: Building) -> None:
    """After a building or one of its stairwells was renamed: rewrite every label that names it."""
    for stairwell in building.stairwells.select_related("building", "community"):
        stairwell.save()
    for _ in answers(Kind.RENAMED, building):
        pass
