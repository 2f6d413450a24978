"""Tasks that go through all communities: purge, and deadlines after a change of working days."""

from procrastinate.contrib.django import app

from community.communities.each_community import in_each_community
from community.communities.models import Community
from portal.cases.recalculation import Recalculation, recalculate_deadlines
from portal.retention import purge as retention_purge
from portal.working_days.actions import record_update
from portal.working_days.calendar import working_calendar
from portal.working_days.models import DeadlineUpdate


# 1:35 in Beijing; the queue counts in UTC.
@app.periodic(cron="35 17 * * *")
@app.task(name="community.purge", queueing_lock="community.purge")
def purge(timestamp: int) -> None:
    """Purge expired data, one community after the other; a killed run continues the next night."""
    for community_id in Community.objects.order_by("id").values_list("id", flat=True):
        retention_purge.purge(community_id)


# 1:10 in Beijing as well: a new version of the portal may know the holidays of another year.
@app.periodic(cron="10 17 * * *")
@app.task(name="community.recalculate_deadlines", lock="community.recalculate_deadlines")
def recalculate_all_deadlines(timestamp: int = 0) -> None:
    """Reckon the deadlines of open cases in all communities by the calendar as it is now."""
    calendar = working_calendar()
    asked = list(DeadlineUpdate.objects.filter(finished_at__isnull=True))
    results: list[Recalculation] = []
    failed = in_each_community(
        lambda community: results.append(recalculate_deadlines(community.id, calendar)), action="核定期限"
    )
    cases, moved = sum(result.cases for result in results), sum(result.moved for result in results)
    record_update(asked, cases=cases, moved=moved, failed=failed)
