"""Hooks of forwarded items: the street's to-do, and the encrypted columns."""

import datetime
from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils import timezone

from community.forwarded.models import Forwarded, ForwardedAnswer
from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.registry import Hook, hook
from portal.hooks.secrets import EncryptedColumn


@hook(Hook.DUE)
def forwarded_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """For street officials: forwarded items without an answer, each by its deadline."""
    if not access.can(P.STREET_FORWARDED):
        return
    places = {ref.id: ref for ref in communities if ref in access.street_communities}
    items = Forwarded.objects.in_communities(places).open().order_by("due", "id")
    for item in items.only("community_id", "uuid", "title", "due", "forwarded_at"):
        url = reverse("community:forwarded_detail", kwargs={"forwarded": item.uuid})
        yield Due(
            places[item.community_id],
            item.title,
            url,
            "去答复",
            item.due and timezone.localdate(item.due),
            since=timezone.localdate(item.forwarded_at),
            fold="社区转来事项待答复",
        )


@hook(Hook.SECRETS)
def forwarded_secrets() -> Iterator[EncryptedColumn]:
    for title, model in (("转街道事项", Forwarded), ("街道答复", ForwardedAnswer)):
        yield EncryptedColumn(title, model, "sealed", lambda row: (row.sealed_column(), row.uuid))
    yield EncryptedColumn(
        "转街道事项的PDF",
        Forwarded,
        "pdf_sealed",
        lambda row: (row.encryption_contexts["pdf_sealed"], row.uuid),
        batch_size=20,
    )
