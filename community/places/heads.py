"""Heads of stairwells and areas by their appointments."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from community.places.models import Area, HeadAppointment, Stairwell


def appointments_now(place: Stairwell | Area) -> list[HeadAppointment]:
    """Current and future appointments to exactly this place."""
    appointments = HeadAppointment.objects.filter(
        community_id=place.community_id, **{place._meta.model_name: place}
    )
    return list(appointments.filter(Q(end=None) | Q(end__gte=timezone.localdate())).select_related("person"))


def heads_by_stairwell(community, stairwells: Iterable[Stairwell]) -> dict[int, list[HeadAppointment]]:
    """Stairwell id → current appointments: its own head, then its group's, then its area's."""
    at: dict[tuple[int | None, int | None], list[HeadAppointment]] = defaultdict(list)
    appointed = HeadAppointment.objects.of(community).current().order_by("-start", "id")
    for appointment in appointed.select_related("person", "stairwell", "area"):
        at[appointment.stairwell_id, appointment.area_id].append(appointment)
    above = dict(Area.objects.of(community).values_list("pk", "parent"))
    appointments_by_stairwell = {}
    for stairwell in stairwells:
        appointments_by_stairwell[stairwell.pk] = list(at[stairwell.pk, None])
        area = stairwell.area_id
        while area is not None:
            appointments_by_stairwell[stairwell.pk] += at[None, area]
            area = above.get(area)
    return appointments_by_stairwell
