"""Taking a whole applied batch back, from the history: what it created goes, what it changed is as before.

Every event row carries the action of its transaction, `import <uuid>`. A batch is taken back only while nothing
came after it: no later change of its rows, and no row of elsewhere that points at one it created. The rows are
locked before that is looked at, so an edit under way at that moment is waited for and counts.
"""

from dataclasses import dataclass, field

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from portal.importing.batches import lock_community
from portal.importing.bulk import update_rows
from portal.importing.protocol import Step, WrittenMeanwhile, no_step
from portal.models import Attachment, ImportBatch
from portal.references import forget_void
from portal.relations import is_history
from portal.scope import note

_NAMED = 5
"""Rows that a refusal names."""
_NOT_RESTORED = {"id", "uuid", "version", "community_id"}


class NotUndone(Exception):
    """The batch stays; the sentence says why."""


@dataclass(slots=True)
class _ModelChanges:
    """What the batch did to the rows of one model: its events, the first of each row, and which rows it created."""

    model: type[models.Model]
    events: set[int] = field(default_factory=set)
    first: dict[int, int] = field(default_factory=dict)
    created: set[int] = field(default_factory=set)

    @property
    def changed(self) -> list[int]:
        """Rows that were there before."""
        return sorted(self.first.keys() - self.created)


def undo(batch: ImportBatch, step: Step = no_step) -> None:
    """Take an applied batch, held by the caller, back in the caller's transaction.

    NotUndone with the reason when that cannot be; nothing has changed then.
    """
    lock_community(batch.community_id)
    touched = _changes_of_batch(batch)
    _lock_rows(touched, batch.community_id)
    step(0.2)
    later = _changed_later(touched, batch.community_id) + _referencing_rows(touched, batch.community_id)
    if later:
        more = f"等 {len(later)} 处" if len(later) > _NAMED else ""
        raise NotUndone(
            f"不能撤销：导入之后又有改动（{'、'.join(later[:_NAMED])}{more}），没有改动任何内容。"
        )
    step(0.3)
    note(action=f"undo-import {batch.uuid}", reason=f"撤销导入 {batch.file_name}"[:200])
    try:
        with transaction.atomic():
            _revert(touched, batch.community_id, lambda done: step(0.3 + 0.7 * done))
    except (IntegrityError, WrittenMeanwhile) as problem:
        raise NotUndone("不能撤销：台账的其他内容已与导入前不符，没有改动任何内容。") from problem
    batch.state = ImportBatch.State.UNDONE
    batch.report = batch.report | {"undone_at": timezone.now().isoformat()}
    batch.save(update_fields=["state", "report"])


def _changes_of_batch(batch: ImportBatch) -> list[_ModelChanges]:
    touched = []
    for model in apps.get_models():
        events = getattr(model, "pgh_event_model", None)
        if events is None or not hasattr(model, "community_id"):
            continue
        one = _ModelChanges(model)
        batch_events = events.objects.filter(
            community_id=batch.community_id, pgh_context__action=f"import {batch.uuid}"
        )
        for event, row, label in batch_events.order_by("pgh_id").values_list(
            "pgh_id", "pgh_obj_id", "pgh_label"
        ):
            one.events.add(event)
            one.first.setdefault(row, event)
            if label == "insert":
                one.created.add(row)
        if one.first:
            touched.append(one)
    return touched


def _lock_rows(touched: list[_ModelChanges], community_id: int) -> None:
    """Hold every row of the batch until the end of the transaction, in one order.

    Whoever is about to save one of them has done so after this, or finds it gone or changed.
    """
    with connection.cursor() as cursor:
        for one in touched:
            cursor.execute(
                f'SELECT count(*) FROM (SELECT FROM "{one.model._meta.db_table}"'  # noqa: S608
                " WHERE community_id = %s AND id = ANY(%s) ORDER BY id FOR UPDATE) AS locked",
                [community_id, sorted(one.first)],
            )


def _changed_later(touched: list[_ModelChanges], community_id: int) -> list[str]:
    """Names of the rows that have an event of somebody else's after the batch's first.

    A batch may have been applied in two parts; what was changed between them is later, too.
    """
    names = []
    for one in touched:
        events = one.model.pgh_event_model.objects.filter(
            community_id=community_id, pgh_id__gt=min(one.first.values())
        )
        later = {
            row
            for event, row in events.order_by("pgh_id").values_list("pgh_id", "pgh_obj_id")
            if event > one.first.get(row, event) and event not in one.events
        }
        ids = sorted(later)[: _NAMED * 2]
        rows = one.model.objects.filter(community_id=community_id).in_bulk(ids)
        kind = one.model._meta.verbose_name
        names += [f"{kind} {rows[row]}" if row in rows else f"{kind}（已删除）" for row in ids]
    return names


def _referencing_rows(touched: list[_ModelChanges], community_id: int) -> list[str]:
    """Names of rows of elsewhere that point at a row the batch created."""
    ids_by_model = {one.model: set(one.first) for one in touched}
    names = []
    for one in touched:
        for relation in one.model._meta.get_fields(include_hidden=True):
            if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
                continue
            model, column = relation.related_model, relation.field.attname
            if is_history(model) or getattr(model, "void_without_row", False):
                continue  # History keeps what was; what says something of a row as it stood goes with it.
            pointing = model._default_manager.filter(**{f"{column}__in": _ids(one.created)})
            if hasattr(model, "community_id"):
                pointing = pointing.filter(community_id=community_id)
            others = set(pointing.values_list("pk", flat=True)) - ids_by_model.get(model, set())
            rows = model._default_manager.in_bulk(sorted(others)[: _NAMED * 2]).values()
            names += [f"{model._meta.verbose_name} {row}" for row in rows]
        attached = Attachment.objects.filter(
            community_id=community_id, subject=one.model.stored_label, row_id__in=_ids(one.created)
        )
        names += [f"附件 {name}" for name in attached.values_list("name", flat=True)]
    return names


def _ids(rows: set[int]) -> models.expressions.RawSQL:
    """Any number of ids as one parameter."""
    return models.expressions.RawSQL("SELECT unnest(%s::bigint[])", [list(rows)])


def _revert(touched: list[_ModelChanges], community_id: int, step: Step) -> None:
    with connection.cursor() as cursor:
        # Rows that go together may point at one another.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for number, one in enumerate(touched, start=1):
            forget_void(one.model, one.created, community_id=community_id)
            cursor.execute(
                f'DELETE FROM "{one.model._meta.db_table}" WHERE community_id = %s AND id = ANY(%s)',  # noqa: S608
                [community_id, list(one.created)],
            )
            if cursor.rowcount != len(one.created):
                raise WrittenMeanwhile
            step(0.6 * number / len(touched))
    for one in touched:
        if one.changed:
            _restore_changed(one, community_id)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _restore_changed(one: _ModelChanges, community_id: int) -> None:
    """The columns of changed rows as the last event before the batch has them."""
    events = one.model.pgh_event_model
    stored = {f.attname for f in events._meta.concrete_fields}
    names = [
        f.attname
        for f in one.model._meta.concrete_fields
        if f.attname in stored and f.attname not in _NOT_RESTORED
    ]
    unseen = getattr(one.model, "sealed_beside", {})
    rows = one.model.objects.filter(community_id=community_id).in_bulk(one.changed)
    history: dict[int, list] = {pk: [] for pk in one.changed}
    for event in events.objects.filter(community_id=community_id, pgh_obj_id__in=one.changed).order_by(
        "pgh_id"
    ):
        history[event.pgh_obj_id].append(event)

    def state(pk: int, version: int, event) -> tuple:
        sealed = [_untracked_value(rows[pk], event, column, witness) for column, witness in unseen.items()]
        return (pk, version, *(getattr(event, name) for name in names), *sealed)

    def before(pk: int, event_id: int):
        """The event that the row stood at before the event of that id."""
        earlier = [event for event in history[pk] if event.pgh_id < event_id]
        if pk not in rows or not earlier:
            raise WrittenMeanwhile
        return earlier[-1]

    def set_back(states: list[tuple]) -> None:
        if update_rows(one.model, [*names, *unseen], states, community_id=community_id) != len(states):
            raise WrittenMeanwhile

    try:
        with transaction.atomic():
            set_back([state(pk, rows[pk].version, before(pk, one.first[pk])) for pk in one.changed])
    except IntegrityError:
        # One statement has no order. Where a row must give up what another takes, it goes backwards step by step.
        versions = {pk: row.version for pk, row in rows.items()}
        steps = [e for pk in one.changed for e in history[pk] if e.pgh_id >= one.first[pk]]
        for event in sorted(steps, key=lambda event: -event.pgh_id):
            pk = event.pgh_obj_id
            set_back([state(pk, versions[pk], before(pk, event.pgh_id))])
            versions[pk] += 1


def _untracked_value(row, event, column: str, witness: str):
    """A column that history does not keep: empty when its witness was, else unchanged with it."""
    was, now = getattr(event, witness), getattr(row, witness)
    if was is None:
        return None
    if now is None or bytes(was) != bytes(now):
        raise WrittenMeanwhile
    return getattr(row, column)
