"""Work of this app that runs in the background."""

import logging

from django.urls import reverse
from procrastinate.contrib.django import app

from community.models import Community
from portal.jobs import Progress, access_of, background
from portal.permissions import Permission
from portal.scope import APP, scope
from residents import actions

logger = logging.getLogger(__name__)


@background
def check_soundness(progress: Progress, *, community_id: int, user_id: int):
    """The data check of one community, asked for from its page."""
    _, community = access_of(user_id, community_id, Permission.PEOPLE_EDIT)
    run = actions.check_soundness(community=community, step=progress.step)
    return {
        "message": f"体检完成，共{sum(run.counts.values())}处。",
        "result_url": reverse("residents:soundness", kwargs={"community": community.code}),
    }


# 3:05 in Beijing, before people come; the queue counts in UTC.
@app.periodic(cron="5 19 * * *")
@app.task(name="residents.check_everywhere", queueing_lock="residents.check_everywhere")
def check_everywhere(timestamp: int) -> None:
    """The nightly data check of every community, each in its own scope and transaction."""
    for community_id in Community.objects.order_by("id").values_list("id", flat=True):
        try:
            with scope(APP, communities=[community_id], write=[community_id], action="数据体检"):
                actions.check_soundness(community=Community.objects.get(pk=community_id))
        except Exception:
            # One community's trouble must not keep the others from being looked at; tomorrow comes another run.
            logger.exception("no data check of community %s", community_id)
