"""Change history of a row: who changed which fields, when, from what to what."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import models

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.values.display import display

_HIDDEN = {"id", "uuid", "version", "community", "id_mask", "sort", "name_key", "initials"}
_EVENT_NAMES = {"insert": "登记", "update": "修改", "delete": "删除"}


@dataclass(frozen=True, slots=True)
class Change:
    """One event of a row's history. `fields` holds (label, before, after) of the changed fields.

    is_from_merged: whether it is an event of a row that was merged into this one later.
    """

    at: datetime.datetime
    who: str
    what: str
    why: str
    fields: list[tuple[str, str, str]]
    user_id: int | None = None
    is_from_merged: bool = False


def history_of(
    row,
    access: Access,
    community: CommunityRef,
    merged_ids: Iterable[int] = (),
    hidden: frozenset[str] = frozenset(),
) -> list[Change]:
    """All changes of `row`, newest first. Of secrets only that they changed.

    merged_ids: primary keys of rows merged into it, whose changes are included.
    hidden: fields that this user may not see.
    """
    model = type(row)
    if not hasattr(model, "pgh_event_model"):
        return []
    events = list(
        rows(model.pgh_event_model, access, Permission.HISTORY_VIEW, community)
        .filter(pgh_obj_id__in=[row.pk, *merged_ids])
        .order_by("pgh_id")
    )
    users = users_of(events)
    changes, last = [], {}
    for event in events:
        context = event.pgh_context or {}
        user = users.get(context.get("user"))
        changes.append(
            Change(
                at=event.pgh_created_at,
                who=user.name if user else "系统",
                what=_EVENT_NAMES[event.pgh_label],
                why=context.get("reason", ""),
                fields=_fields(model, last.get(event.pgh_obj_id), event, hidden),
                user_id=context.get("user"),
                is_from_merged=event.pgh_obj_id != row.pk,
            )
        )
        last[event.pgh_obj_id] = event
    return changes[::-1]


def users_of(events) -> dict:
    """The accounts that caused the events, by primary key."""
    ids = {(event.pgh_context or {}).get("user") for event in events} - {None}
    return get_user_model()._default_manager.in_bulk(ids)


def _fields(model, before, event, hidden: frozenset[str]) -> list[tuple[str, str, str]]:
    if event.pgh_label == "delete":
        return []
    changed_fields = []
    for field in model._meta.fields:
        if field.name in _HIDDEN | hidden or not hasattr(event, field.attname) or _is_internal(field):
            continue
        old, new = _comparable(before, field), _comparable(event, field)
        if old == new or (before is None and new in (None, "", False)):
            continue
        label = str(field.verbose_name).partition("（")[0] if _is_secret(field) else str(field.verbose_name)
        changed_fields.append((label, _show(before, field), _show(event, field)))
    return changed_fields


def _comparable(event, field):
    value = getattr(event, field.attname) if event else None
    return bytes(value) if isinstance(value, memoryview) else value


def _is_internal(field) -> bool:
    """Whether a field is internal data of the program, which means nothing to a reader."""
    return not field.editable and isinstance(field, models.JSONField | models.UUIDField)


def _is_secret(field) -> bool:
    """Whether a field is the keyed hash of a secret: it shows that the value changed, and nothing else."""
    return isinstance(field, models.BinaryField)


def _show(event, field) -> str:
    if event is None:
        return ""
    if _is_secret(field):
        return "（已登记，不显示）" if getattr(event, field.attname) else ""
    if not field.is_relation:
        return display(event, field.name)
    key = getattr(event, field.attname)
    if key is None:
        return ""
    related = field.related_model._default_manager.filter(pk=key).first()
    return str(related) if related else _last_known_name(field.related_model, key)


def _last_known_name(model, key: int) -> str:
    """Name of a deleted row, from the last event of its history."""
    events = getattr(model, "pgh_event_model", None)
    event = events._default_manager.filter(pgh_obj_id=key).order_by("-pgh_id").first() if events else None
    name = getattr(event, "name", "")
    return f"{name}（已删除）"
