"""Migrations whose operations are applied together, so that an empty database is made in seconds.

For the initial migrations only, where `BatchedMigration` takes the place of `migrations.Migration`. They are generated, and were last
generated anew before the first release: `makemigrations portal community residents -n initial --no-header`. Every later
migration is what `makemigrations APP -n NAME` writes; nothing is added by hand.
"""

from collections.abc import Iterable, Sequence

from django.db import migrations
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.operations.fields import FieldOperation

_PARTS = (AddField, AddIndex, AddConstraint)


class CombinedOperation(Operation):
    """Operations of one migration, each applied with the state before and the state after all of them.

    After each operation Django renders every model again that is related to a changed one. Here all models are
    related, through their community, and a table has a dozen operations: that would take minutes instead of a second.
    """

    category = OperationCategory.MIXED

    def __init__(self, operations: Sequence[Operation]):
        self.operations = list(operations)
        self._created_models = {op.name_lower for op in self.operations if isinstance(op, CreateModel)}

    @property
    def reversible(self) -> bool:
        """Whether every operation is reversible."""
        return all(operation.reversible for operation in self.operations)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)

    def state_forwards(self, app_label, state):
        # As in Django's own delayed states: models are rendered when they are next needed.
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
        """The operations, except additions that new tables already contain."""
        return [
            operation
            for operation in self.operations
            if not (isinstance(operation, _PARTS) and operation.model_name_lower in self._created_models)
        ]


class BatchedMigration(migrations.Migration):
    """A migration whose operations are applied together; a change of a field that one of them adds begins a new group.

    Otherwise no operation may depend on another one, except that a model may be created and then get fields, indexes
    and constraints.
    """

    def __init__(self, name, app_label):
        super().__init__(name, app_label)
        self.operations = [CombinedOperation(group) for group in _groups(self.operations)]


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
