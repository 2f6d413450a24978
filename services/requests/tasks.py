"""Periodic task: periods that the resident let pass."""

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from community.communities.models import Community
from portal.access.db_scope import portal_scope
from services.requests import actions

logger = logging.getLogger(__name__)


# Every hour: an office's machine may be off at night. A second run finds nothing to do.
@app.periodic(cron="25 * * * *")
@app.task(name="services.end_request_periods", queueing_lock="services.end_request_periods")
def end_request_periods(timestamp: int) -> None:
    """Take the steps of the portal in every community, each in its own scope and transaction."""
    for community_id in Community.objects.order_by("id").values_list("id", flat=True):
        try:
            with portal_scope(community_id, action="诉求期满"):
                community = Community.objects.get(pk=community_id)
                actions.end_periods(community=community, now=timezone.now())
        except Exception:
            # An error in one community must not stop the others; the next hour runs again.
            logger.exception("periods of requests of community %s were not ended", community_id)
