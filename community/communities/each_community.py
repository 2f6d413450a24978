"""What a periodic task does in every community."""

import logging
from collections.abc import Callable

from community.communities.models import Community
from portal.access.db_scope import portal_scope

logger = logging.getLogger(__name__)


def in_each_community(act: Callable[[Community], object], *, action: str) -> int:
    """Call `act` for every community, each in its own scope and transaction with all rights; returns how many failed.

    An error in one community is logged and must not stop the others; the next run tries it again.
    """
    failed = 0
    for community_id in Community.objects.order_by("id").values_list("id", flat=True):
        try:
            with portal_scope(community_id, action=action):
                act(Community.objects.get(pk=community_id))
        except Exception:
            logger.exception("%s failed in community %s", action, community_id)
            failed += 1
    return failed
