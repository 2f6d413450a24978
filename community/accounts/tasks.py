"""Periodic tasks: set-up links end, and roles that run out by their date."""

import logging

from procrastinate.contrib.django import app

from community.accounts.actions import end_expired_links
from community.communities.models import Community
from portal.access.db_scope import portal_scope
from portal.cases import owners

logger = logging.getLogger(__name__)


# 2:20 in Beijing.
@app.periodic(cron="20 18 * * *")
@app.task(name="community.end_expired_links", queueing_lock="community.end_expired_links")
def end_expired_set_up_links(timestamp: int) -> None:
    """Log set-up links that expired unused."""
    end_expired_links()


# 0:15 in Beijing: a role that ended by its date is over since midnight.
@app.periodic(cron="15 16 * * *")
@app.task(name="community.return_cases", queueing_lock="community.return_cases")
def return_cases_of_departed(timestamp: int) -> None:
    """Take open cases from owners whose roles have run out, or whose accounts are disabled."""
    for community_id in Community.objects.order_by("id").values_list("id", flat=True):
        try:
            with portal_scope(community_id, action="岗位到期"):
                owners.return_cases_of_departed(community_id)
        except Exception:
            # An error in one community must not stop the others; the next night runs again.
            logger.exception("cases of departed owners of community %s were not returned", community_id)
