"""Consequences of a population event in other features (posts, roles, aid, planned visits): end them, and restore them on undo."""

from collections.abc import Iterable

from django.db import IntegrityError, models, transaction

from community.accounts.actions import role_restored
from community.accounts.models import RoleAssignment
from portal.database.foreign_keys import model_of
from portal.hooks.departure import Consequence
from residents.event_log.event_writer import as_json
from residents.event_log.models import PopulationEvent


def end_consequence(ending: Consequence) -> dict:
    """End a confirmed consequence; returns its title, row and overwritten values, as the event stores them."""
    before = _stored_values(ending.row)
    ending.end()
    after = _stored_values(ending.row)
    changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    return {"title": ending.title, "row": [ending.row.stored_label, ending.row.pk], "changes": changes}


def stored_consequences(rows: Iterable[PopulationEvent]) -> list[dict]:
    """Consequences stored with these events; old events have titles only."""
    consequences = [ended for row in rows for ended in (row.changes or {}).get("ended", ())]
    return [ended if isinstance(ended, dict) else {"title": ended} for ended in consequences]


def restore_consequences(rows: Iterable[PopulationEvent]) -> list[str]:
    """Restore what ended with these events unless it has changed since; returns the titles of what stays ended."""
    return [ended["title"] for ended in stored_consequences(rows) if not _restore(ended)]


def _restore(ended: dict) -> bool:
    if "row" not in ended:
        return False
    label, key = ended["row"]
    row = model_of(label)._base_manager.select_for_update(of=("self",)).filter(pk=key).first()
    if row is None or any(
        as_json(getattr(row, name)) != after for name, (_, after) in ended["changes"].items()
    ):
        return False
    for name, (before, _) in ended["changes"].items():
        setattr(row, name, row._meta.get_field(name).to_python(before))
    names = [*ended["changes"]]
    if hasattr(row, "version"):
        row.version += 1
        names.append("version")
    try:
        with transaction.atomic():
            row.save(update_fields=names)
    except IntegrityError:
        return False  # such as a post that has a successor now
    if isinstance(row, RoleAssignment):
        role_restored(row)
    return True


def _stored_values(row: models.Model) -> dict:
    names = [
        field.attname
        for field in row._meta.concrete_fields
        if field.name != "version" and not isinstance(field, models.BinaryField)
    ]
    stored = type(row)._base_manager.filter(pk=row.pk).values(*names).get()
    return {name: as_json(value) for name, value in stored.items()}
