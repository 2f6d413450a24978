"""Migrations whose operations are applied together, so that an empty database is made in seconds.

For the initial migrations only, where `AtOnce` takes the place of `migrations.Migration`. They are generated, and were last
generated anew before the first release: `makemigrations portal community residents -n initial --no-header`. Every later
migration is what `makemigrations APP -n NAME` writes; nothing is added by hand.
"""

from collections.abc import Iterable, Sequence

from django.db import migrations
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.operations.fields import FieldOperation

_PARTS = (AddField, AddIndex, AddConstraint)


class Together(Operation):
    """Operations of one migration, each applied between the models of before and those of after all of them.

    Django renders every model that is related to a changed one anew after each operation. Here all are, through
    their community, and a table has a dozen operations: minutes for what the database does in a second.
    """

    category = OperationCategory.MIXED

    def __init__(self, operations: Sequence[Operation]):
        self.operations = list(operations)
        self._made = {op.name_lower for op in self.operations if isinstance(op, CreateModel)}

    @property
    def reversible(self) -> bool:
        """Whether each of them is."""
        return all(operation.reversible for operation in self.operations)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)

    def state_forwards(self, app_label, state):
        # As Django does where it knows its models to be outdated: they are rendered when next asked for.
        state.is_delayed = True
        state.clear_delayed_apps_cache()
        state.is_delayed = False
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self._to_apply():
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self._to_apply()):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def _to_apply(self) -> list[Operation]:
        """Without what a new table has from the start."""
        return [
            operation
            for operation in self.operations
            if not (isinstance(operation, _PARTS) and operation.model_name_lower in self._made)
        ]


class AtOnce(migrations.Migration):
    """A migration whose operations are applied together, up to the change of a field that one of them adds.

    Apart from that none may need what another does, except that a model it creates may get fields, indexes,
    constraints, triggers and row security.
    """

    def __init__(self, name, app_label):
        super().__init__(name, app_label)
        self.operations = [Together(group) for group in _groups(self.operations)]


def _groups(operations: Iterable[Operation]) -> list[list[Operation]]:
    groups, added = [[]], set()
    for operation in operations:
        if isinstance(operation, FieldOperation):
            field = (operation.model_name_lower, operation.name_lower)
            if field in added:
                groups.append([])
                added = set()
            added.add(field)
        groups[-1].append(operation)
    return groups
