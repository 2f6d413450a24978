"""To-do lines of sensitive exports: requests that wait for a second person, and answers."""

import datetime
from collections.abc import Collection, Iterator

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from portal.access.user_access import Access, CommunityRef
from portal.exports.models import SensitiveExport
from portal.exports.sensitive_exports import may_approve, open_to
from portal.hooks.due import Due, DueKind
from portal.hooks.registry import Hook, hook


@hook(Hook.DUE)
def exports_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Hook DUE: own files (waiting, ready or refused), and others' files that wait for approval."""
    places = {ref.id: ref for ref in communities}
    own_unfetched = Q(user_id=access.user.pk, fetched_at__isnull=True)
    exports = SensitiveExport.objects.in_communities(places).filter(open_to(access))
    exports = exports.not_expired().select_related("file")
    exports = list(
        exports.filter(own_unfetched | Q(state=SensitiveExport.State.WAITING)).defer("ids").order_by("id")
    )
    askers = get_user_model()._default_manager.in_bulk({export.user_id for export in exports})
    for export in exports:
        asker, community = askers.get(export.user_id), places[export.community_id]
        if export.user_id == access.user.pk:
            yield _own_due(export, community)
        elif may_approve(access.user, export, asker):
            title, since = f"{asker.name}申请导出完整号码：{export.title}", timezone.localdate(export.made_at)
            yield Due(community, title, export.url, "去确认", since=since, kind=DueKind.DECISION)


def _own_due(export: SensitiveExport, community: CommunityRef) -> Due:
    if export.state == SensitiveExport.State.WAITING:
        return Due(
            community,
            f"{export.title}：待另一位同事确认",
            export.url,
            "查看",
            since=timezone.localdate(export.made_at),
            key=f"{export.url}#waiting",
            kind=DueKind.WAITING,
        )
    since = timezone.localdate(export.decided_at or export.made_at)
    if export.ready:
        until = f"{timezone.localtime(export.until):%H:%M}"
        return Due(community, f"{export.title}：可下载，保留到{until}", export.url, "去下载", since=since)
    return Due(
        community,
        f"{export.title}：未获同意（{export.refusal}）",
        export.url,
        "查看",
        since=since,
    )
