"""To-do lines of sensitive exports: requests that wait for a second person, and answers."""

from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.exports.models import SensitiveExport
from portal.exports.sensitive_exports import RIGHT, may_approve
from portal.hooks.due import Due
from portal.hooks.registry import Hook, hook


@hook(Hook.DUE)
def exports_due(access: Access, community: CommunityRef, today) -> Iterator[Due]:
    """Hook DUE: own files (waiting, ready or refused), and others' files that wait for approval."""
    if not access.can(RIGHT, community):
        return
    own_unfetched = Q(user_id=access.user.pk, fetched_at__isnull=True)
    releases = rows(SensitiveExport, access, RIGHT, community).kept()
    releases = list(
        releases.filter(own_unfetched | Q(state=SensitiveExport.State.WAITING)).defer("ids").order_by("id")
    )
    askers = get_user_model()._default_manager.in_bulk({release.user_id for release in releases})
    for release in releases:
        asker = askers.get(release.user_id)
        if release.user_id == access.user.pk:
            yield _own_due(release)
        elif may_approve(access.user, release, asker):
            title = f"{asker.name}申请导出含完整号码的文件：{release.title}"
            yield Due(title, release.url, "去确认", since=timezone.localdate(release.made_at))


def _own_due(release: SensitiveExport) -> Due:
    if release.state == SensitiveExport.State.WAITING:
        return Due(f"{release.title}：等待另一位同事确认", release.url, "查看", key=f"{release.url}#waiting")
    since = timezone.localdate(release.decided_at or release.made_at)
    if release.ready:
        until = f"{timezone.localtime(release.until):%H:%M}"
        return Due(f"{release.title}：可以下载，保留到{until}", release.url, "去下载", since=since)
    return Due(f"{release.title}：未获同意（{release.refusal}）", release.url, "查看", since=since)
