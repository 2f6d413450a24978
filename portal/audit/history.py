"""Change history of a row: who changed which fields, when, from what to what."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import models

from portal.access.permissions import Permission
from portal.access.querysets import HiddenFromField, rows
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
    shown = [f for f in model._meta.fields if _is_shown(f, model, hidden)]
    names = _related_names(shown, events)
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
                fields=_changed_fields(shown, last.get(event.pgh_obj_id), event, names),
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


def _is_shown(field, model, hidden: frozenset[str]) -> bool:
    """Whether changes of a field are shown, of those that the history has."""
    is_recorded = any(f.attname == field.attname for f in model.pgh_event_model._meta.fields)
    return is_recorded and field.name not in _HIDDEN | hidden and not _is_internal(field)


def _changed_fields(shown, before, event, names: dict) -> list[tuple[str, str, str]]:
    if event.pgh_label == "delete":
        return []
    changed_fields = []
    for field in shown:
        old, new = _comparable(before, field), _comparable(event, field)
        if old == new or (before is None and new in (None, "", False)):
            continue
        label = str(field.verbose_name).partition("（")[0] if _is_secret(field) else str(field.verbose_name)
        changed_fields.append((label, _show(before, field, names), _show(event, field, names)))
    return changed_fields


def _comparable(event, field):
    value = getattr(event, field.attname) if event else None
    return bytes(value) if isinstance(value, memoryview) else value


def _is_internal(field) -> bool:
    """Whether a field is internal data of the program, which means nothing to a reader."""
    return not field.editable and isinstance(field, models.JSONField | models.UUIDField | HiddenFromField)


def _is_secret(field) -> bool:
    """Whether a field is the keyed hash of a secret: it shows that the value changed, and nothing else."""
    return isinstance(field, models.BinaryField)


def _show(event, field, names: dict) -> str:
    if event is None:
        return ""
    if _is_secret(field):
        return "（已登记，不显示）" if getattr(event, field.attname) else ""
    if not field.is_relation:
        return display(event, field.name)
    key = getattr(event, field.attname)
    return "" if key is None else names[field.related_model, key]


def _related_names(fields, events) -> dict[tuple[type[models.Model], int], str]:
    """Model and key → name of each row that the events refer to. Two queries a model, however many events.

    A model whose names are made of related rows names them in `named_by`, as `select_related` takes them.
    """
    keys_by_model: dict[type[models.Model], set[int]] = {}
    for field in fields:
        if field.is_relation:
            keys = {getattr(event, field.attname) for event in events} - {None}
            keys_by_model.setdefault(field.related_model, set()).update(keys)
    names = {}
    for model, keys in keys_by_model.items():
        related = model._default_manager.select_related(*getattr(model, "named_by", ())).in_bulk(keys)
        names |= {(model, key): str(row) for key, row in related.items()}
        names |= {(model, key): name for key, name in _last_known_names(model, keys - related.keys()).items()}
    return names


def _last_known_names(model, keys: Collection[int]) -> dict[int, str]:
    """Names of deleted rows, from the last event of their history."""
    names = dict.fromkeys(keys, "")
    if keys and hasattr(model, "pgh_event_model"):
        events = model.pgh_event_model._default_manager.filter(pgh_obj_id__in=keys)
        for event in events.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id"):
            names[event.pgh_obj_id] = getattr(event, "name", "")
    return {key: f"{name}（已删除）" for key, name in names.items()}
