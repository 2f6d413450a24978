import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

import portal.permissions
import portal.scoping
from portal.migrating import AtOnce
from portal.rls import RequireRight

_RIGHT = portal.scoping.RightField(
    default=portal.permissions.Permission["TASKS"], editable=False, max_length=40, verbose_name="查看权限"
)
_RENAME = """
ALTER TABLE {table} RENAME COLUMN source_right TO required_right;
UPDATE {table} SET required_right = 'tasks' WHERE required_right = '';
"""
_BACK = """
UPDATE {table} SET required_right = '' WHERE source_url = '';
ALTER TABLE {table} RENAME COLUMN required_right TO source_right;
"""
_OF_SOURCES = """
UPDATE portal_handedover SET required_right = task.required_right
  FROM community_task task WHERE task.community_id = portal_handedover.community_id AND task.uuid = portal_handedover.uuid
"""


def _renamed(model: str) -> migrations.SeparateDatabaseAndState:
    """The right to open a task's source becomes the right to see the task; without a source, the one to see tasks."""
    table = f"community_{model}"
    return migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RunSQL(_RENAME.format(table=table), _BACK.format(table=table))],
        state_operations=[
            migrations.RenameField(model, "source_right", "required_right"),
            migrations.AlterField(model, "required_right", _RIGHT),
        ],
    )


class Migration(AtOnce):
    dependencies = [("community", "0015_heads_follow_appointments"), ("portal", "0017_handed_over_right")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="task",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="task",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="task",
            name="delete_delete",
        ),
        _renamed("task"),
        _renamed("taskevent"),
        migrations.RunSQL(_OF_SOURCES, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_taskevent" ("closed_by_id", "closed_on", "community_id", "due", "given_at", "given_by_id", "id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "required_right", "result", "source_label", "source_url", "state", "text", "title", "uuid", "version") SELECT new_values."closed_by_id", new_values."closed_on", new_values."community_id", new_values."due", new_values."given_at", new_values."given_by_id", new_values."id", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."required_right", new_values."result", new_values."source_label", new_values."source_url", new_values."state", new_values."text", new_values."title", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="74a68f04cbc80cf01ac6058162e38124553ae74b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1da22",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="community_task",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_taskevent" ("closed_by_id", "closed_on", "community_id", "due", "given_at", "given_by_id", "id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "required_right", "result", "source_label", "source_url", "state", "text", "title", "uuid", "version") SELECT new_values."closed_by_id", new_values."closed_on", new_values."community_id", new_values."due", new_values."given_at", new_values."given_by_id", new_values."id", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."required_right", new_values."result", new_values."source_label", new_values."source_url", new_values."state", new_values."text", new_values."title", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="14370dcdd777628a0d6f07b5b1d5c4e7ca1cabce",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ca5d2",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="community_task",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_taskevent" ("closed_by_id", "closed_on", "community_id", "due", "given_at", "given_by_id", "id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "required_right", "result", "source_label", "source_url", "state", "text", "title", "uuid", "version") SELECT old_values."closed_by_id", old_values."closed_on", old_values."community_id", old_values."due", old_values."given_at", old_values."given_by_id", old_values."id", old_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."required_right", old_values."result", old_values."source_label", old_values."source_url", old_values."state", old_values."text", old_values."title", old_values."uuid", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="6dfed7ac2bd5d509c2ff2c64744f469273990e7f",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ca13a",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="community_task",
                    when="AFTER",
                ),
            ),
        ),
        RequireRight("Task", "required_right"),
        RequireRight("TaskEvent", "required_right", append_only=True),
    ]
