"""Background tasks of this app."""

from django.urls import reverse

from community.bulletins.actions.workflow import BulletinError, publish
from community.bulletins.models.bulletin import Bulletin
from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.files.storage import StorageFull
from portal.jobs.jobs import JobFailed, Progress, background
from portal.pdf.rendering import PdfError


@background(Permission.BULLETIN_APPROVE, name="community.publish_bulletin")
def publish_bulletin(
    progress: Progress, *, access: Access, community: CommunityRef, bulletin_id: int, seen: int
):
    """Publish an approved bulletin; see `community.bulletins.actions.workflow.publish`."""
    bulletin = Bulletin.objects.select_related("community").get(community_id=community.id, pk=bulletin_id)
    try:
        version = publish(bulletin=bulletin, seen_version=seen, by=access.user)
    except (BulletinError, PdfError, StorageFull) as problem:
        raise JobFailed(str(problem)) from problem
    kwargs = {"community": community.code, "month": bulletin.month}
    return {
        "message": f"{bulletin}公开第{version.number}版已公开。",
        "result_url": reverse("community:bulletin_detail", kwargs=kwargs),
    }
