"""Sensitive exports (含完整号码的文件): files with full ID numbers, four-eyes approval above a limit.

Callers ask for reason and recent password first, then pass the file to `store_export`.
"""

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.exports.models import SensitiveExport
from portal.forms.refusals import Refusal

_RIGHT = Permission.PEOPLE_REVEAL
_rights: dict[str, Permission] = {}
LIMIT_WITHOUT_APPROVAL = 200
"""People in a file that needs no approval; above it a second holder of the right must approve."""


def declare_right(subject: str, right: Permission) -> None:
    """Declare the right to take out, approve and open files about a model, where it is not that to reveal numbers of residents."""
    _rights[subject] = right


def right_of(subject: str) -> Permission:
    """The right for files about a model."""
    return _rights.get(subject, _RIGHT)


def open_to(access: Access) -> models.Q:
    """Condition: exports of the communities in which the user holds the right of their subject."""
    others = models.Q(community_id__in=access.community_ids(_RIGHT)) & ~models.Q(subject__in=_rights)
    for subject, right in _rights.items():
        others |= models.Q(community_id__in=access.community_ids(right), subject=subject)
    return others


def get_export(access: Access, community: CommunityRef, uuid) -> SensitiveExport:
    """An export that has not expired. Raises PermissionDenied without the right of its subject, or Http404."""
    if not any(access.can(right, community) for right in (_RIGHT, *_rights.values())):
        raise PermissionDenied
    export = get_object_or_404(SensitiveExport.objects.of(community).not_expired(), uuid=uuid)
    if not access.can(right_of(export.subject), community):
        raise PermissionDenied
    return export


class ExportRefused(Refusal):
    """The action is not possible in the present state."""


def store_export(
    *,
    by,
    community: CommunityRef,
    title: str,
    name: str,
    extension: str,
    content: bytes,
    ids: Iterable[int],
    subject: str,
    reason: str,
    request_id: str = "",
) -> SensitiveExport:
    """Log the export and store the file for `by` at `export.url`; `export.ready` says whether it needs no approval.

    subject, ids: the model (`community.Person`) and rows whose numbers the file contains.
    title, name, extension: description, and file name for saving.
    """
    ids = list(ids)
    export = SensitiveExport(
        community_id=community.id,
        user_id=by.pk,
        title=title[:120],
        name=name[:120],
        extension=extension,
        subject=subject,
        ids=ids,
        reason=reason[:200],
        state=SensitiveExport.State.READY
        if len(ids) <= LIMIT_WITHOUT_APPROVAL
        else SensitiveExport.State.WAITING,
    )
    export.url = reverse(
        "portal:sensitive_export_detail",
        kwargs={"community": community.code, "export": export.uuid},
    )
    _log_access(export, AccessLog.Action.EXPORT, by, reason, request_id)
    with transaction.atomic():
        export.save()
        export.write_content(content)
    return export


def approve(*, by, export: SensitiveExport, request_id: str = "") -> None:
    """Approval by a second person. Raises ExportRefused."""
    asker = requester_of(export)
    if (
        asker is None
        or not asker.is_active
        or export.community_id not in Access.of(asker).community_ids(right_of(export.subject))
    ):
        raise ExportRefused("申请人已无查看完整号码的权限，不能同意这份申请，请答复不同意")
    _decide(by, export, state=SensitiveExport.State.READY)
    _log_access(export, AccessLog.Action.CONFIRM, by, export.reason, request_id)


def refuse(*, by, export: SensitiveExport, reason: str, request_id: str = "") -> None:
    """Refusal by a second person, with a reason. Raises ExportRefused."""
    _decide(by, export, state=SensitiveExport.State.REFUSED, refusal=reason[:200])
    _log_access(export, AccessLog.Action.REFUSE, by, reason, request_id)


def _decide(by, export: SensitiveExport, **answer) -> None:
    if not _is_second(by, requester_of(export)):
        raise ExportRefused("不能确认自己的申请，请由另一位有权查看完整号码的同事确认")
    # One statement: of two concurrent answers, the second matches no waiting row.
    waiting = SensitiveExport.objects.filter(
        community_id=export.community_id,
        pk=export.pk,
        state=SensitiveExport.State.WAITING,
    )
    if not waiting.not_expired().update(decided_by=by.pk, decided_at=timezone.now(), **answer):
        raise ExportRefused("这份申请已由他人办理，或已过期")


def fetch(*, by, export: SensitiveExport, request_id: str = "") -> bytes:
    """The file content, for the requester only. Raises ExportRefused, vault.SecretUnreadable."""
    if by.pk != export.user_id or not export.ready:
        raise ExportRefused("这份文件还不能下载")
    _log_access(export, AccessLog.Action.FILE, by, export.reason, request_id)
    content = export.read_content()
    export.fetched_at = timezone.now()
    export.save(update_fields=["fetched_at"])
    return content


@transaction.atomic
def withdraw(*, by, export: SensitiveExport) -> None:
    """The requester deletes the file. Raises ExportRefused."""
    if by.pk != export.user_id:
        raise ExportRefused("只有申请人可以删除这份文件")
    export.delete()


def requester_of(export: SensitiveExport):
    """The account of the requester; None once it is deleted."""
    return get_user_model()._default_manager.filter(pk=export.user_id).first()


def may_approve(user, export: SensitiveExport, asker) -> bool:
    """Whether it waits for approval and this user can be the second person."""
    return export.state == SensitiveExport.State.WAITING and _is_second(user, asker)


def _is_second(user, asker) -> bool:
    """Whether the user is another person than the requester, not merely another account."""
    return asker is not None and not user.same_person_as(asker)


def _log_access(export: SensitiveExport, action: str, user, reason: str, request_id: str) -> None:
    access_log.log_access(
        community_id=export.community_id,
        user_id=user.pk,
        action=action,
        subject=export.subject,
        ids=export.ids,
        reason=reason,
        request_id=request_id,
    )
