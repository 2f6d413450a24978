"""What ends elsewhere with an act (posts, roles, aid, planned visits): kept with the act, given back when that is taken back."""

from collections.abc import Iterable

from django.apps import apps
from django.db import IntegrityError, models, transaction

from portal.offers import Ending
from residents.actions.entry import as_json
from residents.models import PopulationEvent


def end_elsewhere(ending: Ending) -> dict:
    """End what was confirmed; its title, row and what was written over, as the act keeps them."""
    before = _values(ending.row)
    ending.end()
    after = _values(ending.row)
    changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    return {"title": ending.title, "row": [ending.row._meta.label, ending.row.pk], "changes": changes}


def ended_with(rows: Iterable[PopulationEvent]) -> list[dict]:
    """What ended with an act; of acts of before rows were kept, titles only."""
    found = [ended for row in rows for ended in (row.changes or {}).get("ended", ())]
    return [ended if isinstance(ended, dict) else {"title": ended} for ended in found]


def give_back(rows: Iterable[PopulationEvent]) -> list[str]:
    """Begin again what ended with an act, where nothing later stands on it; the titles of what stays ended."""
    return [ended["title"] for ended in ended_with(rows) if not _is_given_back(ended)]


def _is_given_back(ended: dict) -> bool:
    if "row" not in ended:
        return False
    label, key = ended["row"]
    row = apps.get_model(label)._base_manager.select_for_update(of=("self",)).filter(pk=key).first()
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
        return False  # such as a post that has a successor by now
    return True


def _values(row: models.Model) -> dict:
    names = [
        field.attname
        for field in row._meta.concrete_fields
        if field.name != "version" and not isinstance(field, models.BinaryField)
    ]
    stored = type(row)._base_manager.filter(pk=row.pk).values(*names).get()
    return {name: as_json(value) for name, value in stored.items()}
