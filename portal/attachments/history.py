"""Changes of a row's attachments, for its history page."""

from collections.abc import Iterable

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.attachments.models import Attachment
from portal.audit.history import Change, users_of


def attachment_changes(
    row, access: Access, community: CommunityRef, merged_ids: Iterable[int] = ()
) -> list[Change]:
    """Attachments added to or removed from `row` or rows merged into it, in the order of their events."""
    events = list(
        rows(Attachment.pgh_event_model, access, Permission.HISTORY_VIEW, community).filter(
            subject=row.stored_label, row_id__in=[row.pk, *merged_ids], pgh_label__in=("insert", "delete")
        )
    )
    users = users_of(events)
    changes = []
    for event in events:
        context = event.pgh_context or {}
        user = users.get(context.get("user"))
        is_new = event.pgh_label == "insert"
        changes.append(
            Change(
                at=event.pgh_created_at,
                who=user.name if user else "系统",
                what="上传附件" if is_new else "删除附件",
                why=context.get("reason", ""),
                fields=[("文件", "", event.name) if is_new else ("文件", event.name, "")],
                user_id=context.get("user"),
            )
        )
    return changes
