import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import portal.scoping
from portal.migrating import AtOnce
from portal.rls import AddScopedKey

DOOR_PEOPLE = """
CREATE OR REPLACE FUNCTION residents_door_people()
RETURNS TABLE (
    dwelling_id bigint, person_id bigint, person_uuid uuid, name varchar, sex varchar, birth_year integer,
    relation_word varchar, is_head boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT d.id, p.id, p.uuid, p.name, p.sex, extract(year FROM p.birth_date)::integer, r.relation_word, r.is_head
    FROM residents_dwelling d
    JOIN residents_household h ON h.community_id = d.community_id AND h.dwelling_id = d.id AND h.kind = 'living'
    JOIN residents_residence r ON r.community_id = h.community_id AND r.household_id = h.id AND r."end" IS NULL
        AND NOT r.annulled
    JOIN community_person p ON p.community_id = r.community_id AND p.id = r.person_id
    WHERE d.community_id = ANY (string_to_array(NULLIF(current_setting('liren.communities', true), ''), ',')::bigint[])
      AND d.stairwell_id = ANY (string_to_array(NULLIF(current_setting('liren.stairwells', true), ''), ',')::bigint[])
    ORDER BY d.sort, r.is_head DESC, r.id
$$;
"""
"""As before, without residences that were taken back."""

DOOR_PEOPLE_BACK = """
CREATE OR REPLACE FUNCTION residents_door_people()
RETURNS TABLE (
    dwelling_id bigint, person_id bigint, person_uuid uuid, name varchar, sex varchar, birth_year integer,
    relation_word varchar, is_head boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT d.id, p.id, p.uuid, p.name, p.sex, extract(year FROM p.birth_date)::integer, r.relation_word, r.is_head
    FROM residents_dwelling d
    JOIN residents_household h ON h.community_id = d.community_id AND h.dwelling_id = d.id AND h.kind = 'living'
    JOIN residents_residence r ON r.community_id = h.community_id AND r.household_id = h.id AND r."end" IS NULL
    JOIN community_person p ON p.community_id = r.community_id AND p.id = r.person_id
    WHERE d.community_id = ANY (string_to_array(NULLIF(current_setting('liren.communities', true), ''), ',')::bigint[])
      AND d.stairwell_id = ANY (string_to_array(NULLIF(current_setting('liren.stairwells', true), ''), ',')::bigint[])
    ORDER BY d.sort, r.is_head DESC, r.id
$$;
"""


class Migration(AtOnce):
    dependencies = [
        ("community", "0004_id_kinds"),
        ("residents", "0003_reports_and_verifications_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="household",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="household",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="household",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="populationevent",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="populationevent",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="populationevent",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="residence",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="residence",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="residence",
            name="delete_delete",
        ),
        migrations.RemoveConstraint(
            model_name="household",
            name="household_number_once",
        ),
        migrations.RemoveConstraint(
            model_name="residence",
            name="residence_open_once",
        ),
        migrations.RemoveConstraint(
            model_name="residence",
            name="residence_head_once",
        ),
        migrations.AddField(
            model_name="household",
            name="annulled",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="已撤销"),
        ),
        migrations.AddField(
            model_name="householdevent",
            name="annulled",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="已撤销"),
        ),
        migrations.AddField(
            model_name="populationevent",
            name="changes",
            field=models.JSONField(editable=False, null=True, verbose_name="改动"),
        ),
        migrations.AddField(
            model_name="populationevent",
            name="former",
            field=portal.scoping.ScopedForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="residents.residence",
                verbose_name="原居住关系",
            ),
        ),
        migrations.AddField(
            model_name="populationevent",
            name="group",
            field=models.UUIDField(editable=False, null=True, verbose_name="同一办理"),
        ),
        migrations.AddField(
            model_name="populationevent",
            name="undone_by",
            field=portal.scoping.ScopedForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reverses",
                to="residents.populationevent",
                verbose_name="撤销登记",
            ),
        ),
        migrations.AddField(
            model_name="populationeventevent",
            name="changes",
            field=models.JSONField(editable=False, null=True, verbose_name="改动"),
        ),
        migrations.AddField(
            model_name="populationeventevent",
            name="former",
            field=portal.scoping.ScopedForeignKey(
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="residents.residence",
                verbose_name="原居住关系",
            ),
        ),
        migrations.AddField(
            model_name="populationeventevent",
            name="group",
            field=models.UUIDField(editable=False, null=True, verbose_name="同一办理"),
        ),
        migrations.AddField(
            model_name="populationeventevent",
            name="undone_by",
            field=portal.scoping.ScopedForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="residents.populationevent",
                verbose_name="撤销登记",
            ),
        ),
        migrations.AddField(
            model_name="residence",
            name="annulled",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="已撤销"),
        ),
        migrations.AddField(
            model_name="residenceevent",
            name="annulled",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="已撤销"),
        ),
        migrations.AlterField(
            model_name="populationevent",
            name="what",
            field=models.CharField(
                choices=[
                    ("move_in", "迁入"),
                    ("birth", "出生"),
                    ("move_out", "迁出"),
                    ("death", "死亡"),
                    ("transfer", "户间转移"),
                    ("split", "分户"),
                    ("merge", "并户"),
                    ("marriage", "结婚"),
                    ("head", "变更户主"),
                    ("correction", "更正"),
                    ("entry", "建档"),
                    ("undo", "撤销"),
                ],
                max_length=10,
                verbose_name="变动",
            ),
        ),
        migrations.AlterField(
            model_name="populationeventevent",
            name="what",
            field=models.CharField(
                choices=[
                    ("move_in", "迁入"),
                    ("birth", "出生"),
                    ("move_out", "迁出"),
                    ("death", "死亡"),
                    ("transfer", "户间转移"),
                    ("split", "分户"),
                    ("merge", "并户"),
                    ("marriage", "结婚"),
                    ("head", "变更户主"),
                    ("correction", "更正"),
                    ("entry", "建档"),
                    ("undo", "撤销"),
                ],
                max_length=10,
                verbose_name="变动",
            ),
        ),
        migrations.AddIndex(
            model_name="populationevent",
            index=models.Index(
                condition=models.Q(("group__isnull", False)),
                fields=["community", "group"],
                name="populationevent_group",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="household",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "residents_householdevent" ("annulled", "community_id", "dwelling_id", "id", "kind", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "uuid", "version") SELECT new_values."annulled", new_values."community_id", new_values."dwelling_id", new_values."id", new_values."kind", new_values."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="9416feff79fd1925676280843f6966ac3b97554b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_90a6d",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="residents_household",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="household",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "residents_householdevent" ("annulled", "community_id", "dwelling_id", "id", "kind", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "uuid", "version") SELECT new_values."annulled", new_values."community_id", new_values."dwelling_id", new_values."id", new_values."kind", new_values."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="9f05b62983c06d7c0a411d31fffde58197c953d4",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_32302",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="residents_household",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="household",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "residents_householdevent" ("annulled", "community_id", "dwelling_id", "id", "kind", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "uuid", "version") SELECT old_values."annulled", old_values."community_id", old_values."dwelling_id", old_values."id", old_values."kind", old_values."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."uuid", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="1d81b06b9dcc6038ec53c6d891c17259e2bef7cc",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_73d59",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="residents_household",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="populationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "residents_populationeventevent" ("by_id", "changes", "community_id", "former_id", "group", "id", "kind", "note", "on", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "residence_id", "undone_by_id", "uuid", "version", "what") SELECT new_values."by_id", new_values."changes", new_values."community_id", new_values."former_id", new_values."group", new_values."id", new_values."kind", new_values."note", new_values."on", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."recorded_at", new_values."residence_id", new_values."undone_by_id", new_values."uuid", new_values."version", new_values."what" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="c05545d4466964afac07cbd9c5e6ae9dbd74b2de",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_53594",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="residents_populationevent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="populationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "residents_populationeventevent" ("by_id", "changes", "community_id", "former_id", "group", "id", "kind", "note", "on", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "residence_id", "undone_by_id", "uuid", "version", "what") SELECT new_values."by_id", new_values."changes", new_values."community_id", new_values."former_id", new_values."group", new_values."id", new_values."kind", new_values."note", new_values."on", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."recorded_at", new_values."residence_id", new_values."undone_by_id", new_values."uuid", new_values."version", new_values."what" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="8fa086ae1b3adbc29b5dfa0879ceb017e3103404",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_149fe",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="residents_populationevent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="populationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "residents_populationeventevent" ("by_id", "changes", "community_id", "former_id", "group", "id", "kind", "note", "on", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "residence_id", "undone_by_id", "uuid", "version", "what") SELECT old_values."by_id", old_values."changes", old_values."community_id", old_values."former_id", old_values."group", old_values."id", old_values."kind", old_values."note", old_values."on", old_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."recorded_at", old_values."residence_id", old_values."undone_by_id", old_values."uuid", old_values."version", old_values."what" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="363ebc34feda9906ff2abf4a908f8b798fd50d07",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ff923",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="residents_populationevent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="residence",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "residents_residenceevent" ("annulled", "community_id", "end", "end_precision", "household_id", "id", "is_head", "kind", "other_address", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relation_class", "relation_word", "start", "start_precision", "uuid", "version") SELECT new_values."annulled", new_values."community_id", new_values."end", new_values."end_precision", new_values."household_id", new_values."id", new_values."is_head", new_values."kind", new_values."other_address", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."relation_class", new_values."relation_word", new_values."start", new_values."start_precision", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="cc94d5c4c1d7c742bdbae007b8e05e47024fe6c9",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d44b0",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="residents_residence",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="residence",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "residents_residenceevent" ("annulled", "community_id", "end", "end_precision", "household_id", "id", "is_head", "kind", "other_address", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relation_class", "relation_word", "start", "start_precision", "uuid", "version") SELECT new_values."annulled", new_values."community_id", new_values."end", new_values."end_precision", new_values."household_id", new_values."id", new_values."is_head", new_values."kind", new_values."other_address", new_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."relation_class", new_values."relation_word", new_values."start", new_values."start_precision", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="cb7bbbfaf2a8725120be268d24cb2f2ddd15b604",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_049d7",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="residents_residence",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="residence",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "residents_residenceevent" ("annulled", "community_id", "end", "end_precision", "household_id", "id", "is_head", "kind", "other_address", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relation_class", "relation_word", "start", "start_precision", "uuid", "version") SELECT old_values."annulled", old_values."community_id", old_values."end", old_values."end_precision", old_values."household_id", old_values."id", old_values."is_head", old_values."kind", old_values."other_address", old_values."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."relation_class", old_values."relation_word", old_values."start", old_values."start_precision", old_values."uuid", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="e906edc8bd1ddd05e9a7e6583e15e15849417602",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_faa92",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="residents_residence",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="household",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("number", ""), _negated=True), ("annulled", False)),
                fields=("community", "kind", "number"),
                name="household_number_once",
                violation_error_message="已有这个户号",
            ),
        ),
        migrations.AddConstraint(
            model_name="populationevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_by__isnull", False)),
                fields=("community", "undone_by"),
                name="populationevent_undone_once",
                violation_error_message="这条撤销登记已对应另一条变动",
            ),
        ),
        migrations.AddConstraint(
            model_name="residence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("annulled", False), ("end__isnull", True)),
                fields=("community", "person", "kind"),
                name="residence_open_once",
                violation_error_message="此人已有同类的居住关系，请先迁出",
            ),
        ),
        migrations.AddConstraint(
            model_name="residence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("annulled", False), ("end__isnull", True), ("is_head", True)),
                fields=("community", "household"),
                name="residence_head_once",
                violation_error_message="该户已有户主，请先变更户主",
            ),
        ),
        AddScopedKey("PopulationEvent", "former"),
        AddScopedKey("PopulationEvent", "undone_by"),
        migrations.RunSQL(DOOR_PEOPLE, DOOR_PEOPLE_BACK),
    ]
