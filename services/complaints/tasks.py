"""Periodic task: answered complaints of which the complainant said nothing."""

from django.utils import timezone
from procrastinate.contrib.django import app

from community.communities.each_community import in_each_community
from services.complaints.actions import end_periods


# Every hour: an office's machine may be off at night. A second run finds nothing to do.
@app.periodic(cron="35 * * * *")
@app.task(name="services.end_complaint_periods", queueing_lock="services.end_complaint_periods")
def end_complaint_periods(timestamp: int) -> None:
    """Close them in every community."""
    now = timezone.now()
    in_each_community(lambda community: end_periods(community=community, now=now), action="反映件期满")
