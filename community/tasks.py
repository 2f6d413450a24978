"""Background tasks of this app."""

from django.urls import reverse
from procrastinate.contrib.django import app

from community.actions.accounts import end_expired_links
from community.actions.bulletin import BulletinError, publish
from community.models import Bulletin, Community
from portal import purging
from portal.access import Access, CommunityRef
from portal.jobs import JobFailed, Progress, background
from portal.pdf import PdfError
from portal.permissions import Permission
from portal.storage import StorageFull


# 1:35 in Beijing; the queue counts in UTC.
@app.periodic(cron="35 17 * * *")
@app.task(name="community.purge", queueing_lock="community.purge")
def purge(timestamp: int) -> None:
    """Purge expired data, one community after the other; a killed run continues the next night."""
    for community_id in Community.objects.order_by("id").values_list("id", flat=True):
        purging.purge(community_id)


# 2:20 in Beijing.
@app.periodic(cron="20 18 * * *")
@app.task(name="community.end_expired_links", queueing_lock="community.end_expired_links")
def end_expired_set_up_links(timestamp: int) -> None:
    """Log set-up links that expired unused."""
    end_expired_links()


@background(Permission.BULLETIN_APPROVE, name="community.publish_bulletin")
def publish_bulletin(
    progress: Progress, *, access: Access, community: CommunityRef, bulletin_id: int, seen: int
):
    """Publish an approved bulletin; see `community.actions.bulletin.publish`."""
    bulletin = Bulletin.objects.select_related("community").get(community_id=community.id, pk=bulletin_id)
    try:
        version = publish(bulletin=bulletin, seen=seen, by=access.user)
    except (BulletinError, PdfError, StorageFull) as problem:
        raise JobFailed(str(problem)) from problem
    kwargs = {"community": community.code, "month": bulletin.month}
    return {
        "message": f"{bulletin}公开第{version.number}版已公开。",
        "result_url": reverse("community:bulletin_detail", kwargs=kwargs),
    }
