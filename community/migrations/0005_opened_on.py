import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from portal.migrating import AtOnce


class Migration(AtOnce):
    dependencies = [
        ("community", "0004_id_kinds"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="community",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="community",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="community",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="community",
            name="opened_on",
            field=models.DateField(
                default=django.utils.timezone.localdate, editable=False, verbose_name="启用日期"
            ),
        ),
        migrations.AddField(
            model_name="communityevent",
            name="opened_on",
            field=models.DateField(
                default=django.utils.timezone.localdate, editable=False, verbose_name="启用日期"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="community",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_communityevent" ("address", "area_km2", "area_word", "building_words", "code", "founded_on", "fresh_days", "group_word", "hotline", "id", "introduction", "is_demo", "name", "office_floor_m2", "office_land_m2", "opened_on", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stairwell_words", "statistics_code", "street_id", "uuid", "version") SELECT new_values."address", new_values."area_km2", new_values."area_word", new_values."building_words", new_values."code", new_values."founded_on", new_values."fresh_days", new_values."group_word", new_values."hotline", new_values."id", new_values."introduction", new_values."is_demo", new_values."name", new_values."office_floor_m2", new_values."office_land_m2", new_values."opened_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."stairwell_words", new_values."statistics_code", new_values."street_id", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="c41dc03a9f6918d52096ccfab3ab44a8a5a24198",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9d6c9",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="community_community",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="community",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_communityevent" ("address", "area_km2", "area_word", "building_words", "code", "founded_on", "fresh_days", "group_word", "hotline", "id", "introduction", "is_demo", "name", "office_floor_m2", "office_land_m2", "opened_on", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stairwell_words", "statistics_code", "street_id", "uuid", "version") SELECT new_values."address", new_values."area_km2", new_values."area_word", new_values."building_words", new_values."code", new_values."founded_on", new_values."fresh_days", new_values."group_word", new_values."hotline", new_values."id", new_values."introduction", new_values."is_demo", new_values."name", new_values."office_floor_m2", new_values."office_land_m2", new_values."opened_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."stairwell_words", new_values."statistics_code", new_values."street_id", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="f099f7c183d39aa5390b018aa53623d5c38cb38c",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8bf09",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="community_community",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="community",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_communityevent" ("address", "area_km2", "area_word", "building_words", "code", "founded_on", "fresh_days", "group_word", "hotline", "id", "introduction", "is_demo", "name", "office_floor_m2", "office_land_m2", "opened_on", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stairwell_words", "statistics_code", "street_id", "uuid", "version") SELECT old_values."address", old_values."area_km2", old_values."area_word", old_values."building_words", old_values."code", old_values."founded_on", old_values."fresh_days", old_values."group_word", old_values."hotline", old_values."id", old_values."introduction", old_values."is_demo", old_values."name", old_values."office_floor_m2", old_values."office_land_m2", old_values."opened_on", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."stairwell_words", old_values."statistics_code", old_values."street_id", old_values."uuid", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="6ece568a6e70909a237b4e04b33f04a702fe5468",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f1303",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="community_community",
                    when="AFTER",
                ),
            ),
        ),
    ]
