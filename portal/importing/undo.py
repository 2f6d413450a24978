"""Undo of an applied import batch from the history: created rows are deleted, changed ones restored.

Every history event carries the action of its transaction, `import <uuid>`. Undo is refused after later changes of
its rows, or when other rows reference one it created. The rows are locked before that check, so concurrent edits
are waited for and count.
"""

from dataclasses import dataclass, field

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from portal.access.db_scope import set_change_context
from portal.attachments.models import Attachment
from portal.batches.kinds import BatchRefused
from portal.database.bulk_sql import ConcurrentUpdate, update_rows
from portal.database.foreign_keys import delete_void_references, is_history
from portal.importing.batches import lock_community
from portal.importing.models import ImportBatch
from portal.importing.pipeline import Importer
from portal.jobs.progress import ProgressCallback, no_progress

_NAMED = 5
"""Rows named in a refusal."""
_NOT_RESTORED = {"id", "uuid", "version", "community_id"}


@dataclass(slots=True)
class _ModelChanges:
    """Changes of a batch to one model: its events, the first event of each row, and the created rows."""

    model: type[models.Model]
    events: set[int] = field(default_factory=set)
    first: dict[int, int] = field(default_factory=dict)
    created: set[int] = field(default_factory=set)

    @property
    def changed(self) -> list[int]:
        """Rows that existed before the batch."""
        return sorted(self.first.keys() - self.created)


def undo(batch: ImportBatch, importer: Importer, step: ProgressCallback = no_progress) -> None:
    """Undo an applied batch, locked by the caller (who sets `undone_by`), in the caller's transaction.

    Raises BatchRefused with the reason when it cannot be undone; nothing has changed then.
    """
    lock_community(batch.community_id)
    all_changes = _changes_of_batch(batch)
    _lock_rows(all_changes, batch.community_id)
    step(0.2)
    with transaction.atomic():
        _undo(batch, importer, all_changes, step)
    batch.state, batch.undone_at = ImportBatch.State.UNDONE, timezone.now()
    batch.save(update_fields=["state", "undone_at", "undone_by"])


def _undo(
    batch: ImportBatch, importer: Importer, all_changes: list["_ModelChanges"], step: ProgressCallback
) -> None:
    importer.before_undo(batch)
    later = _changed_later(all_changes, batch.community_id) + _referencing_rows(
        all_changes, batch.community_id
    )
    if later:
        more = f"等 {len(later)} 处" if len(later) > _NAMED else ""
        raise BatchRefused(
            f"不能撤销：导入之后又有改动（{'、'.join(later[:_NAMED])}{more}），没有改动任何内容。"
        )
    step(0.3)
    set_change_context(action=batch.undo_action, reason=f"撤销导入 {batch.file_name}"[:200])
    try:
        with transaction.atomic():
            _revert(all_changes, batch.community_id, lambda done: step(0.3 + 0.6 * done))
            importer.after_undo(batch)
    except (IntegrityError, ConcurrentUpdate) as problem:
        raise BatchRefused("不能撤销：台账的其他内容已与导入前不符，没有改动任何内容。") from problem


def _changes_of_batch(batch: ImportBatch) -> list[_ModelChanges]:
    all_changes = []
    for model in apps.get_models():
        events = getattr(model, "pgh_event_model", None)
        if events is None or not hasattr(model, "community_id"):
            continue
        changes = _ModelChanges(model)
        batch_events = events.objects.filter(
            community_id=batch.community_id, pgh_context__action=batch.action
        )
        for event, row, label in batch_events.order_by("pgh_id").values_list(
            "pgh_id", "pgh_obj_id", "pgh_label"
        ):
            changes.events.add(event)
            changes.first.setdefault(row, event)
            if label == "insert":
                changes.created.add(row)
        if changes.first:
            all_changes.append(changes)
    return all_changes


def _lock_rows(all_changes: list[_ModelChanges], community_id: int) -> None:
    """Lock every row of the batch until the end of the transaction, in a fixed order.

    Concurrent saves have either finished after this, or see the row deleted or changed later.
    """
    with connection.cursor() as cursor:
        for changes in all_changes:
            cursor.execute(
                f'SELECT count(*) FROM (SELECT FROM "{changes.model._meta.db_table}"'  # noqa: S608
                " WHERE community_id = %s AND id = ANY(%s) ORDER BY id FOR UPDATE) AS locked",
                [community_id, sorted(changes.first)],
            )


def _changed_later(all_changes: list[_ModelChanges], community_id: int) -> list[str]:
    """Names of the rows with an event from elsewhere after the batch's first.

    A batch may have been applied in two parts; changes between them count too.
    """
    names = []
    for changes in all_changes:
        events = changes.model.pgh_event_model.objects.filter(
            community_id=community_id, pgh_id__gt=min(changes.first.values())
        )
        later = {
            row
            for event, row in events.order_by("pgh_id").values_list("pgh_id", "pgh_obj_id")
            if event > changes.first.get(row, event) and event not in changes.events
        }
        ids = sorted(later)[: _NAMED * 2]
        rows = changes.model.objects.filter(community_id=community_id).in_bulk(ids)
        kind = changes.model._meta.verbose_name
        names += [f"{kind} {rows[row]}" if row in rows else f"{kind}（已删除）" for row in ids]
    return names


def _referencing_rows(all_changes: list[_ModelChanges], community_id: int) -> list[str]:
    """Names of other rows and attachments that reference a row the batch created."""
    ids_by_model = {changes.model: set(changes.first) for changes in all_changes}
    names = []
    for changes in all_changes:
        for relation in changes.model._meta.get_fields(include_hidden=True):
            if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
                continue
            model, column = relation.related_model, relation.field.attname
            if is_history(model) or getattr(model, "void_without_row", False):
                continue  # History stays as it was; void references are deleted with the row.
            pointing = model._default_manager.filter(**{f"{column}__in": _ids(changes.created)})
            if hasattr(model, "community_id"):
                pointing = pointing.filter(community_id=community_id)
            others = set(pointing.values_list("pk", flat=True)) - ids_by_model.get(model, set())
            rows = model._default_manager.in_bulk(sorted(others)[: _NAMED * 2]).values()
            names += [f"{model._meta.verbose_name} {row}" for row in rows]
        attached = Attachment.objects.filter(
            community_id=community_id, subject=changes.model.stored_label, row_id__in=_ids(changes.created)
        )
        names += [f"附件 {name}" for name in attached.values_list("name", flat=True)]
    return names


def _ids(rows: set[int]) -> models.expressions.RawSQL:
    """Any number of ids as a single SQL parameter."""
    return models.expressions.RawSQL("SELECT unnest(%s::bigint[])", [list(rows)])


def _revert(all_changes: list[_ModelChanges], community_id: int, step: ProgressCallback) -> None:
    with connection.cursor() as cursor:
        # Rows deleted together may reference one another.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for number, changes in enumerate(all_changes, start=1):
            delete_void_references(changes.model, changes.created, community_id=community_id)
            cursor.execute(
                f'DELETE FROM "{changes.model._meta.db_table}" WHERE community_id = %s AND id = ANY(%s)',  # noqa: S608
                [community_id, list(changes.created)],
            )
            if cursor.rowcount != len(changes.created):
                raise ConcurrentUpdate
            step(0.6 * number / len(all_changes))
    for changes in all_changes:
        if changes.changed:
            _restore_changed(changes, community_id)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _restore_changed(changes: _ModelChanges, community_id: int) -> None:
    """Restore the columns of changed rows from the last event before the batch."""
    events = changes.model.pgh_event_model
    stored = {f.attname for f in events._meta.concrete_fields}
    names = [
        f.attname
        for f in changes.model._meta.concrete_fields
        if f.attname in stored and f.attname not in _NOT_RESTORED
    ]
    unseen = getattr(changes.model, "empty_with", {})
    rows = changes.model.objects.filter(community_id=community_id).in_bulk(changes.changed)
    history: dict[int, list] = {pk: [] for pk in changes.changed}
    for event in events.objects.filter(community_id=community_id, pgh_obj_id__in=changes.changed).order_by(
        "pgh_id"
    ):
        history[event.pgh_obj_id].append(event)

    def state(pk: int, version: int, event) -> tuple:
        sealed = [_untracked_value(rows[pk], event, column, witness) for column, witness in unseen.items()]
        return (pk, version, *(getattr(event, name) for name in names), *sealed)

    def before(pk: int, event_id: int):
        """The event before the event of that id."""
        earlier = [event for event in history[pk] if event.pgh_id < event_id]
        if pk not in rows or not earlier:
            raise ConcurrentUpdate
        return earlier[-1]

    def set_back(states: list[tuple]) -> None:
        if update_rows(changes.model, [*names, *unseen], states, community_id=community_id) != len(states):
            raise ConcurrentUpdate

    try:
        with transaction.atomic():
            set_back([state(pk, rows[pk].version, before(pk, changes.first[pk])) for pk in changes.changed])
    except IntegrityError:
        # One statement has no order. If a row must give up a value that another takes, restore backwards event by event.
        versions = {pk: row.version for pk, row in rows.items()}
        steps = [e for pk in changes.changed for e in history[pk] if e.pgh_id >= changes.first[pk]]
        for event in sorted(steps, key=lambda event: -event.pgh_id):
            pk = event.pgh_obj_id
            set_back([state(pk, versions[pk], before(pk, event.pgh_id))])
            versions[pk] += 1


def _untracked_value(row, event, column: str, witness: str):
    """Value of an encrypted column that history does not keep: null if its hash was, else the present one if unchanged."""
    was, now = getattr(event, witness), getattr(row, witness)
    if was is None:
        return None
    if now is None or bytes(was) != bytes(now):
        raise ConcurrentUpdate
    return getattr(row, column)
