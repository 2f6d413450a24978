"""Background tasks: data-quality check, filling of forms, deletion of uploaded forms."""

import logging

from django.db import connection
from django.urls import reverse
from procrastinate.contrib.django import app

from community.models import Community
from portal import made_files
from portal.access import Access, CommunityRef
from portal.jobs import JobFailed, Progress, background
from portal.permissions import Permission
from portal.scope import APP, scope
from residents.actions import findings
from residents.filling.files import REFUSED, filled, kept, log_masked, offer_full
from residents.models.filling import KEPT

logger = logging.getLogger(__name__)


@background(Permission.PEOPLE_EDIT, name="residents.check_soundness")
def check_soundness(progress: Progress, *, access: Access, community: CommunityRef):
    """Run the data-quality check of one community, requested from its page."""
    run = findings.check_soundness(community=community, step=progress.step)
    return {
        "message": f"体检完成，共{sum(run.counts.values())}处。",
        "result_url": reverse("residents:soundness", kwargs={"community": community.code}),
    }


# 3:05 in Beijing, before people come; the queue counts in UTC.
@app.periodic(cron="5 19 * * *")
@app.task(name="residents.check_everywhere", queueing_lock="residents.check_everywhere")
def check_everywhere(timestamp: int) -> None:
    """Run the nightly data-quality check of every community, each in its own scope and transaction."""
    for community_id in Community.objects.order_by("id").values_list("id", flat=True):
        try:
            with scope(APP, communities=[community_id], write=[community_id], action="数据体检"):
                findings.check_soundness(community=Community.objects.get(pk=community_id))
        except Exception:
            # An error in one community must not stop the others; the next night runs again.
            logger.exception("no data check of community %s", community_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="residents.forget_form_fillings")
def forget_form_fillings(timestamp: int) -> None:
    """Delete uploaded forms after a day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT residents_forget_form_fillings(%s)", [KEPT])


@background(Permission.PEOPLE_EXPORT, name="residents.fill_form")
def fill_form(
    progress: Progress, *, access: Access, community: CommunityRef, file_uuid: str, request_id: str = ""
):
    """Fill a form with masked numbers into the requested file."""
    file = made_files.take(file_uuid, access, community)
    filling, content, prepared = _filled(file.wish["filling"], access, community, progress, full=False)
    log_masked(filling, prepared.ids, access, community, request_id)
    with made_files.Parts(file) as parts:
        parts.write(content)
    return made_files.finish(file, community, rows=len(prepared.ids))


@background(Permission.PEOPLE_REVEAL, name="residents.fill_form_in_full")
def fill_form_in_full(
    progress: Progress, *, access: Access, community: CommunityRef, filling_uuid: str, request_id: str = ""
):
    """Fill a form with full numbers and submit it for release."""
    filling, content, prepared = _filled(filling_uuid, access, community, progress, full=True)
    release = offer_full(filling, content, prepared.ids, access, community, request_id)
    return {"message": f"{filling.file_name} 已填好，共 {len(prepared.ids)} 人。", "result_url": release.url}


def _filled(uuid: str, access: Access, community: CommunityRef, progress: Progress, *, full: bool):
    """The uploaded form, the bytes of the filled one, and the people in it. Raises JobFailed."""
    filling = kept(access, community).filter(uuid=uuid).first()
    if filling is None:
        raise JobFailed("这份表已删除，没有生成文件。")
    try:
        return filling, *filled(filling, access, community, full=full, step=progress.step)
    except REFUSED as problem:
        raise JobFailed(f"{str(problem).rstrip('。')}。") from problem
