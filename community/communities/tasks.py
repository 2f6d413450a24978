"""Nightly task: delete what is past its retention period, community by community."""

from procrastinate.contrib.django import app

from community.communities.models import Community
from portal.retention import purge as retention_purge


# 1:35 in Beijing; the queue counts in UTC.
@app.periodic(cron="35 17 * * *")
@app.task(name="community.purge", queueing_lock="community.purge")
def purge(timestamp: int) -> None:
    """Purge expired data, one community after the other; a killed run continues the next night."""
    for community_id in Community.objects.order_by("id").values_list("id", flat=True):
        retention_purge.purge(community_id)
