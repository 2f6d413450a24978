"""Hand-over of a finding, visit or request to the feature that receives it, with the reference that comes back."""

import itertools

from django.db import models, transaction

from portal.access.user_access import Access, CommunityRef
from portal.handover.models import Handover
from portal.hooks.receive import HandoverDraft, HandoverKind, HandoverReference, HandoverSource
from portal.hooks.registry import Hook, implementations
from portal.registers.registry import all_registers


@transaction.atomic
def hand_over(kind: HandoverKind, draft: HandoverDraft, source: HandoverSource, by) -> HandoverReference:
    """Hand over to the app that receives this kind; the reference is stored at the source (`handovers_of`).

    Apps are asked from the top down: community/, the lowest, makes a task of what nobody else takes, so nothing
    is lost while an app is missing.
    """
    references = itertools.chain.from_iterable(
        receive(kind, draft, source, by) for receive in reversed(implementations(Hook.RECEIVE))
    )
    reference = next(references)
    Handover.objects.create(
        community_id=source.row.community_id,
        user_id=by.pk,
        subject=source.row.stored_label,
        row_id=source.row.pk,
        label=reference.label,
        url_name=reference.url_name,
        uuid=reference.uuid,
        state=reference.state,
        required_right=source.right,
    )
    return reference


def handovers_of(row: models.Model) -> models.QuerySet:
    """Hand-overs from a row, newest first."""
    handovers = Handover.objects.filter(community_id=row.community_id)
    return handovers.filter(subject=row.stored_label, row_id=row.pk)


def hidden_handovers(url_name: str, state: str, access: Access, community: CommunityRef) -> models.QuerySet:
    """Hand-overs received by `url_name` in this state whose source this user may not see."""
    received = Handover.objects.of(community).filter(url_name=url_name, state=state)
    return received.exclude(required_right__in=access.rights_in(community.id))


def sent_out_of_sight(access: Access, community: CommunityRef) -> models.QuerySet:
    """What this user handed over to pages that they may not open, newest first."""
    closed = [f"{each.label}_detail" for each in all_registers() if not access.can(each.view, community)]
    sent = Handover.objects.of(community).filter(user_id=access.user.pk, url_name__in=closed)
    return sent.filter(required_right__in=access.rights_in(community.id))


def update_source_state(received: models.Model, state: str) -> None:
    """Update the state of a hand-over at its source."""
    Handover.objects.filter(community_id=received.community_id, uuid=received.uuid).update(state=state)
