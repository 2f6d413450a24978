"""Background tasks: data-quality check, filling of forms, deletion of uploaded forms."""

import logging

from django.urls import reverse
from procrastinate.contrib.django import app

from community.communities.models import Community
from portal.access.db_scope import APP, scope
from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.jobs.jobs import Progress, background
from residents.data_quality import actions

logger = logging.getLogger(__name__)


@background(Permission.PEOPLE_EDIT, name="residents.check_soundness")
def run_data_quality_checks(progress: Progress, *, access: Access, community: CommunityRef):
    """Run the data-quality check of one community, requested from its page."""
    run = actions.run_data_quality_checks(community=community, step=progress.step)
    return {
        "message": f"体检完成，共{sum(run.counts.values())}处。",
        "result_url": reverse("residents:data_quality", kwargs={"community": community.code}),
    }


# 3:05 in Beijing, before people come; the queue counts in UTC.
@app.periodic(cron="5 19 * * *")
@app.task(name="residents.check_everywhere", queueing_lock="residents.check_everywhere")
def check_everywhere(timestamp: int) -> None:
    """Run the nightly data-quality check of every community, each in its own scope and transaction."""
    for community_id in Community.objects.order_by("id").values_list("id", flat=True):
        try:
            with scope(APP, communities=[community_id], write=[community_id], action="数据体检"):
                actions.run_data_quality_checks(community=Community.objects.get(pk=community_id))
        except Exception:
            # An error in one community must not stop the others; the next night runs again.
            logger.exception("no data check of community %s", community_id)
