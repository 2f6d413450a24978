"""Row-level security, the second lock, derived from the models and checked against the catalogue.

Policy expressions have no sub-query on a table, no OR and no join: those would be a hundred times slower. `NULLIF`
is needed because a setting reads `''` after the transaction that set it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models

from portal.access.db_scope import APP, HEAD, MEMBER, PUBLIC, STREET
from portal.access.querysets import ScopedForeignKey
from portal.access.table_grants import UNSCOPED
from portal.database.install import TableKey, installs, installs_keys, own_models


@dataclass(frozen=True, slots=True)
class RowSecurity:
    """Row-level security of a model's table where it differs from the default; the model's attribute `row_security`.

    Default: the app role reads the rows of the communities in scope and changes those of the communities in which it
    may write. The history of a model follows it: append-only, with the same right, and written by heads where they
    add rows. The `.sql` files of features are run afterwards and may add to it or revoke parts of it.

    scope_column: the column that names the community.
    append_only: for history and logs; only the owner may UPDATE or DELETE.
    right: column with the right (`portal.access.querysets.RightField`) without which a row is invisible.
    hidden_from: column with the users (`portal.access.querysets.HiddenFromField`) to whom a row is invisible.
    open_to: roles that may read every row (published things).
    public_when: boolean column, or a condition on one, of rows that anybody may read; of a table that also holds what is not
        published. A `.sql` file may narrow the columns.
    street: officials read the rows of their communities, whatever right these ask inside the community.
    street_writes: officials may also insert them.
    head: the column by which building heads read rows of their stairwells; `head_inserts` lets them add.
    member: the column of the person by which members of bodies read their own rows on the phone.
    """

    scope_column: str = "community_id"
    append_only: bool = False
    right: str = ""
    hidden_from: str = ""
    open_to: tuple[str, ...] = ()
    public_when: str = ""
    street: bool = False
    street_writes: bool = False
    head: str = ""
    head_inserts: bool = False
    member: str = ""

    def of_history(self) -> "RowSecurity":
        """The row security of the history of the model."""
        head = self.head if self.head_inserts else ""
        return RowSecurity(
            self.scope_column, True, self.right, self.hidden_from, head=head, head_inserts=self.head_inserts
        )


def row_security_of(model: type[models.Model]) -> RowSecurity | None:
    """None for tables outside the scope and for those whose policies are in a `.sql` file only."""
    if model._meta.db_table in UNSCOPED:
        return None
    if tracked := getattr(model, "pgh_tracked_model", None):
        security = row_security_of(tracked)
        return security and security.of_history()
    return getattr(model, "row_security", RowSecurity())


@installs
def row_security() -> Iterator[str]:
    """SQL that enables and forces row-level security, with one policy and grant per command, for each of our tables."""
    for model in own_models():
        if security := row_security_of(model):
            yield from _protection(model._meta.db_table, security)


def _protection(table: str, security: RowSecurity) -> Iterator[str]:
    rights = "(SELECT string_to_array(NULLIF(current_setting('liren.rights', true), ''), ','))::text[]"
    narrower = f" AND {security.right} = ANY ({rights})" if security.right else ""
    if security.hidden_from:
        # Without a user (a job of the portal) the array holds NULL, which no array contains.
        user = "(SELECT NULLIF(current_setting('liren.user_id', true), '')::bigint)"
        narrower += f" AND NOT ({security.hidden_from} @> ARRAY[{user}])"
    below, changed = (
        _in_setting(security.scope_column, f"liren.{name}") for name in ("communities", "write_communities")
    )
    readable, writable = below + narrower, changed + narrower
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY'
    yield from _policy(table, APP, "SELECT", readable)
    for command in ("INSERT",) if security.append_only else ("INSERT", "UPDATE", "DELETE"):
        yield from _policy(table, APP, command, writable)
    for role in security.open_to:
        yield from _policy(table, role, "SELECT", "true")
    if security.public_when:
        yield from _policy(table, PUBLIC, "SELECT", security.public_when)
    if security.street:
        yield from _policy(table, STREET, "SELECT", below)
    if security.street_writes:
        yield from _policy(table, STREET, "INSERT", changed)
    if security.head:
        stairwells = f"{readable} AND {_in_setting(security.head, 'liren.stairwells')}"
        for command in ("SELECT", "INSERT") if security.head_inserts else ("SELECT",):
            yield from _policy(table, HEAD, command, stairwells)
    if security.member:
        person = "(SELECT NULLIF(current_setting('liren.person', true), '')::bigint)"
        yield from _policy(table, MEMBER, "SELECT", f"{readable} AND {security.member} = {person}")


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
def scoped_keys() -> Iterator[TableKey]:
    """`UNIQUE (community_id, id)` and `(community_id, uuid)`, and a composite foreign key per `ScopedForeignKey`.

    History has none: it keeps references to deleted rows, and its rows repeat id and uuid.
    """
    for model in own_models():
        security = row_security_of(model)
        if not security or security.scope_column != "community_id" or hasattr(model, "pgh_tracked_model"):
            continue
        table = model._meta.db_table
        yield TableKey(table, f"{table}_scope_id", "UNIQUE (community_id, id)")
        if any(field.column == "uuid" for field in model._meta.local_fields):
            yield TableKey(table, f"{table}_scope_uuid", "UNIQUE (community_id, uuid)")
        for field in model._meta.local_fields:
            if isinstance(field, ScopedForeignKey):
                yield from _keys_of(field)


def _keys_of(field: ScopedForeignKey) -> Iterator[TableKey]:
    """The composite key of a foreign key. Violations are raised by the statement, not at the commit (decision 0001)."""
    table, parent = field.model._meta.db_table, field.related_model._meta.db_table
    yield TableKey(
        table,
        f"{table}_{field.column}_scope",
        f'FOREIGN KEY (community_id, "{field.column}") REFERENCES {parent}(community_id, id) DEFERRABLE',
    )
    if same := field.same:
        yield TableKey(parent, f"{parent}_{same}_scope", f"UNIQUE (community_id, id, {same})")
        yield TableKey(
            table,
            f"{table}_{same}_scope",
            f'FOREIGN KEY (community_id, "{field.column}", {same})'
            f" REFERENCES {parent}(community_id, id, {same}) DEFERRABLE",
        )


def _in_setting(column: str, setting: str) -> str:
    return f"{column} = ANY ((SELECT string_to_array(NULLIF(current_setting('{setting}', true), ''), ','))::bigint[])"
