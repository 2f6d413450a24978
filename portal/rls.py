"""The second lock: row-level security, derived from the models and checked against the catalogue.

Policy expressions hold no sub-query on a table, OR or join: those cost a hundredfold. `NULLIF` is
there because a setting reads `''` after the transaction that set it.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.db.migrations.operations.base import Operation, OperationCategory

from portal.database.install import Key, installs, installs_keys, own_models
from portal.grants import UNSCOPED
from portal.scope import APP, HEAD, PUBLIC, STREET
from portal.scoping import ScopedForeignKey


@dataclass(frozen=True, slots=True)
class RowSecurity:
    """How the second lock of a model's table differs from the ordinary one; the model's attribute `row_security`.

    Ordinary is: the app role reads the rows of the communities in scope and changes those of the communities in which
    it may write. The history of a model follows it: append-only, with the same right, and written by heads where they
    add rows. What a `.sql` file of the feature adds or takes back comes after that.

    scope_column: the column that names the community.
    append_only: history and logs; no UPDATE or DELETE for anybody but the owner.
    right: the column of the right (`portal.scoping.RightField`) without which a row is not there.
    open_to: roles that may read every row (published things).
    street: officials read the rows of their communities.
    street_writes: officials may also insert them.
    head: the column by which building heads read rows of their stairwells; `head_inserts` lets them add.
    """

    scope_column: str = "community_id"
    append_only: bool = False
    right: str = ""
    open_to: tuple[str, ...] = ()
    street: bool = False
    street_writes: bool = False
    head: str = ""
    head_inserts: bool = False

    def of_history(self) -> "RowSecurity":
        """The row security of the history of the model."""
        head = self.head if self.head_inserts else ""
        return RowSecurity(self.scope_column, True, self.right, head=head, head_inserts=self.head_inserts)


def row_security_of(model: type[models.Model]) -> RowSecurity | None:
    """None for tables outside the scope and for those whose policies stand in a `.sql` file alone."""
    if model._meta.db_table in UNSCOPED:
        return None
    if tracked := getattr(model, "pgh_tracked_model", None):
        security = row_security_of(tracked)
        return security and security.of_history()
    return getattr(model, "row_security", RowSecurity())


@installs
def row_security() -> Iterator[str]:
    """Enabled and forced row security, one policy per command, and the grants, for each table of ours."""
    for model in own_models():
        if security := row_security_of(model):
            yield from _protection(model._meta.db_table, security)


def _protection(table: str, security: RowSecurity) -> Iterator[str]:
    rights = "(SELECT string_to_array(NULLIF(current_setting('liren.rights', true), ''), ','))::text[]"
    held = f" AND {security.right} = ANY ({rights})" if security.right else ""
    readable = _in_setting(security.scope_column, "liren.communities") + held
    writable = _in_setting(security.scope_column, "liren.write_communities") + held
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY'
    yield from _policy(table, APP, "SELECT", readable)
    for command in ("INSERT",) if security.append_only else ("INSERT", "UPDATE", "DELETE"):
        yield from _policy(table, APP, command, writable)
    for role in security.open_to:
        yield from _policy(table, role, "SELECT", "true")
    if security.street:
        yield from _policy(table, STREET, "SELECT", readable)
    if security.street_writes:
        yield from _policy(table, STREET, "INSERT", writable)
    if security.head:
        stairwells = f"{readable} AND {_in_setting(security.head, 'liren.stairwells')}"
        for command in ("SELECT", "INSERT") if security.head_inserts else ("SELECT",):
            yield from _policy(table, HEAD, command, stairwells)


def _policy(table: str, role: str, command: str, condition: str) -> Iterator[str]:
    clauses = {
        "SELECT": f"USING ({condition})",
        "INSERT": f"WITH CHECK ({condition})",
        "UPDATE": f"USING ({condition}) WITH CHECK ({condition})",
        "DELETE": f"USING ({condition})",
    }
    yield f'CREATE POLICY "{role}_{command.lower()}" ON "{table}" FOR {command} TO {role} {clauses[command]}'
    yield f'GRANT {command} ON "{table}" TO {role}'


@installs_keys
def scoped_keys() -> Iterator[Key]:
    """`UNIQUE (community_id, id)` and `(community_id, uuid)`, and a composite foreign key per `ScopedForeignKey`.

    History has none: it keeps what was, also where the other row is gone; its rows repeat id and uuid.
    """
    for model in own_models():
        security = row_security_of(model)
        if not security or security.scope_column != "community_id" or hasattr(model, "pgh_tracked_model"):
            continue
        table = model._meta.db_table
        yield Key(table, f"{table}_scope_id", "UNIQUE (community_id, id)")
        if any(field.column == "uuid" for field in model._meta.local_fields):
            yield Key(table, f"{table}_scope_uuid", "UNIQUE (community_id, uuid)")
        for field in model._meta.local_fields:
            if isinstance(field, ScopedForeignKey):
                yield from _keys_of(field)


def _keys_of(field: ScopedForeignKey) -> Iterator[Key]:
    """Errors come at the statement, not at the commit (traps.md T5)."""
    table, parent = field.model._meta.db_table, field.related_model._meta.db_table
    yield Key(
        table,
        f"{table}_{field.column}_scope",
        f'FOREIGN KEY (community_id, "{field.column}") REFERENCES {parent}(community_id, id) DEFERRABLE',
    )
    if same := field.same:
        yield Key(parent, f"{parent}_{same}", f"UNIQUE (community_id, id, {same})")
        yield Key(
            table,
            f"{table}_{same}",
            f'FOREIGN KEY (community_id, "{field.column}", {same})'
            f" REFERENCES {parent}(community_id, id, {same}) DEFERRABLE",
        )


def _in_setting(column: str, setting: str) -> str:
    return f"{column} = ANY ((SELECT string_to_array(NULLIF(current_setting('{setting}', true), ''), ','))::bigint[])"


_COMMANDS = ("select", "insert", "update", "delete")


class ProtectTable(Operation):
    """Put a community's table under the second lock.

    Adds `UNIQUE (community_id, id)` and `(community_id, uuid)`, one composite foreign key for each
    `ScopedForeignKey`, enabled and forced row security, one policy per command, and the grants.

    model: the model's name; it has a `community_id` column (or `scope_column`).
    append_only: history and logs; no UPDATE or DELETE for anybody but the owner.
    open_to: roles that may read every row (published things).
    street: officials read the rows of their communities.
    street_writes: officials may also insert and change them.
    head: the column by which building heads read rows of their stairwells; `head_inserts` lets them add.
    head_updates: they may also change those rows.
    """

    reversible = True
    category = OperationCategory.SQL

    def __init__(
        self,
        model: str,
        *,
        append_only: bool = False,
        scope_column: str = "community_id",
        open_to: tuple[str, ...] = (),
        street: bool = False,
        street_writes: bool = False,
        head: str = "",
        head_inserts: bool = False,
        head_updates: bool = False,
    ):
        self.model = model
        self.append_only = append_only
        self.scope_column = scope_column
        self.open_to = tuple(open_to)
        self.street = street
        self.street_writes = street_writes
        self.head = head
        self.head_inserts = head_inserts
        self.head_updates = head_updates

    def deconstruct(self):
        defaults = ProtectTable("x").__dict__
        changed = {k: v for k, v in self.__dict__.items() if k != "model" and v != defaults[k]}
        return self.__class__.__name__, [self.model], changed

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model)
        for statement in (*self._keys(model), *self._security(model)):
            schema_editor.execute(statement)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        model = from_state.apps.get_model(app_label, self.model)
        table = model._meta.db_table
        schema_editor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
        for role, command in itertools.product((APP, HEAD, PUBLIC, STREET, "liren_web"), _COMMANDS):
            schema_editor.execute(f'DROP POLICY IF EXISTS "{role}_{command}" ON "{table}"')
        for name in self._key_names(model):
            schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}" CASCADE')

    def describe(self):
        return f"Row-level security on {self.model}"

    @property
    def migration_name_fragment(self):
        return f"protect_{self.model.lower()}"

    # Keys

    def _scoped_keys(self, model: type[models.Model]):
        return [f for f in model._meta.local_fields if isinstance(f, ScopedForeignKey)]

    def _has_keys(self, model: type[models.Model]) -> bool:
        # History keeps what was, also where the other row is gone; its rows repeat id and uuid.
        return self.scope_column == "community_id" and model._meta.pk.name != "pgh_id"

    def _key_names(self, model):
        table = model._meta.db_table
        names = [f"{table}_scope_id", f"{table}_scope_uuid"]
        return [*names, *(f"{table}_{f.column}_scope" for f in self._scoped_keys(model))]

    def _keys(self, model):
        if not self._has_keys(model):
            return
        table = model._meta.db_table
        yield f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_scope_id" UNIQUE (community_id, id)'
        if any(f.column == "uuid" for f in model._meta.local_fields):
            yield f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_scope_uuid" UNIQUE (community_id, uuid)'
        for field in self._scoped_keys(model):
            yield scoped_key_sql(table, field.column, field.related_model._meta.db_table)

    # Row security

    def _security(self, model):
        table = model._meta.db_table
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
        readable = _in_setting(self.scope_column, "liren.communities")
        writable = _in_setting(self.scope_column, "liren.write_communities")
        yield from self._policies(table, APP, readable, writable, self.append_only)
        for role in self.open_to:
            yield from _read_policy(table, role, "true")
        if self.street:
            yield from _read_policy(table, STREET, readable)
        if self.street_writes:
            yield f'CREATE POLICY "{STREET}_insert" ON "{table}" FOR INSERT TO {STREET} WITH CHECK ({writable})'
            yield f'GRANT INSERT ON "{table}" TO {STREET}'
            if not self.append_only:
                yield (
                    f'CREATE POLICY "{STREET}_update" ON "{table}" FOR UPDATE TO {STREET}'
                    f" USING ({writable}) WITH CHECK ({writable})"
                )
                yield f'GRANT UPDATE ON "{table}" TO {STREET}'
        if self.head:
            own = f"{readable} AND {_in_setting(self.head, 'liren.stairwells')}"
            yield from _read_policy(table, HEAD, own)
            if self.head_inserts:
                yield f'CREATE POLICY "{HEAD}_insert" ON "{table}" FOR INSERT TO {HEAD} WITH CHECK ({own})'
                yield f'GRANT INSERT ON "{table}" TO {HEAD}'
            if self.head_updates:
                yield f'CREATE POLICY "{HEAD}_update" ON "{table}" FOR UPDATE TO {HEAD} USING ({own}) WITH CHECK ({own})'
                yield f'GRANT UPDATE ON "{table}" TO {HEAD}'

    @staticmethod
    def _policies(table, role, readable, writable, append_only):
        yield from _read_policy(table, role, readable)
        yield f'CREATE POLICY "{role}_insert" ON "{table}" FOR INSERT TO {role} WITH CHECK ({writable})'
        yield f'GRANT INSERT ON "{table}" TO {role}'
        if append_only:
            return
        yield (
            f'CREATE POLICY "{role}_update" ON "{table}" FOR UPDATE TO {role} USING ({writable}) WITH CHECK ({writable})'
        )
        yield f'CREATE POLICY "{role}_delete" ON "{table}" FOR DELETE TO {role} USING ({writable})'
        yield f'GRANT UPDATE, DELETE ON "{table}" TO {role}'


def _read_policy(table: str, role: str, condition: str):
    yield f'CREATE POLICY "{role}_select" ON "{table}" FOR SELECT TO {role} USING ({condition})'
    yield f'GRANT SELECT ON "{table}" TO {role}'


def scoped_key_sql(table: str, column: str, parent: str) -> str:
    """The composite foreign key of one ScopedForeignKey; errors come at the statement (traps.md T5)."""
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_scope" FOREIGN KEY (community_id, "{column}")'
        f' REFERENCES "{parent}" (community_id, id) DEFERRABLE INITIALLY IMMEDIATE'
    )


class AddScopedKey(Operation):
    """Add the composite foreign key of a `ScopedForeignKey` that came after its table was protected."""

    reversible = True
    category = OperationCategory.ADDITION

    def __init__(self, model: str, field: str):
        self.model = model
        self.field = field

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model)
        field = model._meta.get_field(self.field)
        schema_editor.execute(
            scoped_key_sql(model._meta.db_table, field.column, field.related_model._meta.db_table)
        )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        model = from_state.apps.get_model(app_label, self.model)
        table, column = model._meta.db_table, model._meta.get_field(self.field).column
        schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_{column}_scope"')

    def describe(self):
        return f"Composite key of {self.model}.{self.field}"


class RequireRight(Operation):
    """Second lock of a `RightField` (`portal.scoping`): rows whose right is not among `liren.rights` are not there.

    Comes after the table's `ProtectTable`, for the table and for its history.
    """

    reversible = True
    category = OperationCategory.SQL

    def __init__(self, model: str, column: str, *, append_only: bool = False):
        self.model = model
        self.column = column
        self.append_only = append_only

    def deconstruct(self):
        return self.__class__.__name__, [self.model, self.column], {"append_only": self.append_only}

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        rights = "(SELECT string_to_array(NULLIF(current_setting('liren.rights', true), ''), ','))::text[]"
        held = f"{self.column} = ANY ({rights})"
        self._alter(to_state.apps.get_model(app_label, self.model), schema_editor, f" AND {held}")

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self._alter(from_state.apps.get_model(app_label, self.model), schema_editor, "")

    def _alter(self, model, schema_editor, held: str) -> None:
        table = model._meta.db_table
        readable = _in_setting("community_id", "liren.communities") + held
        writable = _in_setting("community_id", "liren.write_communities") + held
        clauses = {
            "select": f"USING ({readable})",
            "insert": f"WITH CHECK ({writable})",
            "update": f"USING ({writable}) WITH CHECK ({writable})",
            "delete": f"USING ({writable})",
        }
        for command in _COMMANDS[:2] if self.append_only else _COMMANDS:
            schema_editor.execute(f'ALTER POLICY "{APP}_{command}" ON "{table}" {clauses[command]}')

    def describe(self):
        return f"Own right of each row of {self.model}"
