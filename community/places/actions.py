"""Actions on buildings, stairwells and areas that change more than one row."""

from django.db import models, transaction

from community.places.heads import appointments_now
from community.places.models import Area, Building, HeadAppointment, Stairwell
from portal.attachments import store
from portal.database.foreign_keys import delete_void_references
from portal.hooks.registry import Hook, call_hooks


@transaction.atomic
def relabel_below(building: Building) -> None:
    """Rewrite all labels that contain the name of a renamed building or stairwell."""
    for stairwell in building.stairwells.select_related("building", "community"):
        stairwell.save()
    for _ in call_hooks(Hook.BUILDING_RENAMED, building):
        pass


@transaction.atomic
def delete_place(place: Stairwell | Area) -> None:
    """Delete a stairwell, area or group with its past appointments; raises ProtectedError while somebody heads it.

    Ended roles lose their place.
    """
    roles = [protecting.row for protecting in call_hooks(Hook.PLACE_PROTECTED, place)]
    heads = [*appointments_now(place), *roles]
    if heads:
        raise models.ProtectedError("somebody heads the place", set(heads))
    at_place = {"community_id": place.community_id, place._meta.model_name: place}
    over = HeadAppointment.objects.filter(**at_place)
    # Roles that followed these appointments are closed first, because their end date comes from them.
    ends = dict(over.order_by("end").values_list("person", "end"))
    for _ in call_hooks(Hook.PLACE_DELETED, place, ends):
        pass
    keys = list(over.values_list("pk", flat=True))
    delete_void_references(HeadAppointment, keys, community_id=place.community_id)
    over.delete()
    store.remove_attachments_of(HeadAppointment, keys, community_id=place.community_id)
    place.delete()
