"""Writes about territory that change more than one row."""

from django.db import models, transaction
from django.utils import timezone

from community.actions.accounts import close_role
from community.heads import appointments_now, roles_now
from community.models import Area, Building, HeadAppointment, RoleAssignment, Stairwell
from portal.attachments import store
from portal.offers import Kind, answers
from portal.references import forget_void


@transaction.atomic
def relabel_below(building: Building) -> None:
    """After a building or one of its stairwells was renamed: rewrite every label that names it."""
    for stairwell in building.stairwells.select_related("building", "community"):
        stairwell.save()
    for _ in answers(Kind.RENAMED, building):
        pass


@transaction.atomic
def delete_place(place: Stairwell | Area) -> None:
    """Delete a stairwell, area or group with its appointments that are over; raises ProtectedError while somebody heads it.

    Roles that are over lose their place.
    """
    heads = [*appointments_now(place), *roles_now(place)]
    if heads:
        raise models.ProtectedError("somebody heads the place", set(heads))
    here = {"community_id": place.community_id, place._meta.model_name: place}
    over = HeadAppointment.objects.filter(**here)
    _close_roles(over, here)
    keys = list(over.values_list("pk", flat=True))
    forget_void(HeadAppointment, keys, community_id=place.community_id)
    over.delete()
    store.remove_of_rows(HeadAppointment, keys, community_id=place.community_id)
    place.delete()


def _close_roles(appointments: models.QuerySet, here: dict) -> None:
    """Write when the roles at a place ended that followed its appointments, which go and can tell it no more."""
    ends = dict(appointments.order_by("end").values_list("person", "end"))
    roles = RoleAssignment.objects.filter(**here, ended_at__isnull=True).over()
    for role in roles.select_related("user"):
        close_role(role, ends.get(role.user.person_id) or timezone.localdate())
