import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from portal.migrating import AtOnce


class Migration(AtOnce):
    dependencies = [
        ("community", "0002_protect"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="bulletin",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="bulletin",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="bulletin",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="bulletin",
            name="sections",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="计算内容"),
        ),
        migrations.AddField(
            model_name="bulletinevent",
            name="sections",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="计算内容"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bulletin",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_bulletinevent" ("community_id", "id", "month", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remark", "reviewed_at", "reviewed_by_id", "sections", "state", "submitted_at", "submitted_by_id", "uuid", "version") SELECT new_values."community_id", new_values."id", new_values."month", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."remark", new_values."reviewed_at", new_values."reviewed_by_id", new_values."sections", new_values."state", new_values."submitted_at", new_values."submitted_by_id", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="bc693355889b0314a6a28028e8344a2ae64cd066",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_11ff9",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="community_bulletin",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bulletin",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_bulletinevent" ("community_id", "id", "month", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remark", "reviewed_at", "reviewed_by_id", "sections", "state", "submitted_at", "submitted_by_id", "uuid", "version") SELECT new_values."community_id", new_values."id", new_values."month", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."remark", new_values."reviewed_at", new_values."reviewed_by_id", new_values."sections", new_values."state", new_values."submitted_at", new_values."submitted_by_id", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="66f91bb4e010011b3adc49bfbb0e9299bd55859f",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_309d5",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="community_bulletin",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bulletin",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_bulletinevent" ("community_id", "id", "month", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remark", "reviewed_at", "reviewed_by_id", "sections", "state", "submitted_at", "submitted_by_id", "uuid", "version") SELECT old_values."community_id", old_values."id", old_values."month", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."remark", old_values."reviewed_at", old_values."reviewed_by_id", old_values."sections", old_values."state", old_values."submitted_at", old_values."submitted_by_id", old_values."uuid", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="f15988a483425ce7f4105f3889fb8424a7cd5058",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_3f913",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="community_bulletin",
                    when="AFTER",
                ),
            ),
        ),
    ]
