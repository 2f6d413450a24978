"""When the register began to count a residence, and by which population event it began and ended."""

import datetime

from django.db import models
from django.db.models.functions import Coalesce

from residents.event_log.models import PopulationEvent

WITHIN = "within"
"""Cause of a residence that began or ended by a move within the community: neither addition nor reduction."""


def with_entry_date(residences):
    """Annotate `entered`, the date from which the register counts a residence; null means always.

    Somebody taken into the register by import (建档) counts from that date, not from the move-in date, so
    that a published month keeps its closing number. Residences that ended before they were entered
    were never counted and are left out.
    """
    in_order = (
        models.Q(end__isnull=True) | models.Q(entered__isnull=True) | models.Q(end__gte=models.F("entered"))
    )
    entry = _events_of_outer().entries().filter(residence=models.OuterRef("pk")).values("on")[:1]
    return residences.valid().annotate(entered=Coalesce(models.Subquery(entry), "start")).filter(in_order)


def present(day: datetime.date) -> models.Q:
    """Condition on residences `with_entry_date`: counted at the end of `day`."""
    return (models.Q(entered__isnull=True) | models.Q(entered__lte=day)) & (
        models.Q(end__isnull=True) | models.Q(end__gt=day)
    )


def present_on(residences, day: datetime.date):
    """The residences counted at the end of `day`."""
    return with_entry_date(residences).filter(present(day))


def with_causes(residences):
    """Annotate `began_by` and `ended_by`: the kind of event by which a residence began and ended.

    Moves within the community are all `WITHIN`, whatever the kind of the event.
    """
    events = _events_of_outer().annotate(
        cause=models.Case(
            models.When(former__isnull=False, then=models.Value(WITHIN)), default=models.F("what")
        )
    )
    began = events.openings().filter(residence=models.OuterRef("pk"))
    ended = events.endings_of(models.OuterRef("pk"))
    return residences.annotate(
        began_by=models.Subquery(began.values("cause")[:1]),
        ended_by=models.Subquery(ended.values("cause")[:1]),
    )


def _events_of_outer():
    """Events of the outer query's person, the earliest first; filtered by person, which the index needs."""
    return PopulationEvent.objects.filter(
        community=models.OuterRef("community"), person=models.OuterRef("person")
    ).order_by("on", "id")
