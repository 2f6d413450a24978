"""Periodic task: periods that the resident let pass."""

from django.utils import timezone
from procrastinate.contrib.django import app

from community.communities.each_community import in_each_community
from services.requests.actions import end_periods


# Every hour: an office's machine may be off at night. A second run finds nothing to do.
@app.periodic(cron="25 * * * *")
@app.task(name="services.end_request_periods", queueing_lock="services.end_request_periods")
def end_request_periods(timestamp: int) -> None:
    """Take the steps of the portal in every community."""
    now = timezone.now()
    in_each_community(lambda community: end_periods(community=community, now=now), action="诉求期满")
