import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import portal.scoping
from portal.migrating import AtOnce
from portal.rls import ProtectTable

PUBLISHED = """
INSERT INTO community_bulletinbasis (uuid, version, community_id, bulletin_id, key, is_published, figures, counted)
SELECT gen_random_uuid(), 1, newest.community_id, newest.bulletin_id, 'residents.change', true, rows.figures, '{}'
FROM (
    SELECT DISTINCT ON (community_id, bulletin_id) community_id, bulletin_id, snapshot
    FROM community_bulletinversion ORDER BY community_id, bulletin_id, number DESC
) newest,
jsonb_array_elements(newest.snapshot -> 'parts') part,
LATERAL (
    SELECT jsonb_object_agg(
        CASE line ->> 0 WHEN '居住人口' THEN 'living' ELSE 'registered' END,
        jsonb_build_object('opening', (line ->> 1)::int, 'closing', (line ->> -1)::int)
    ) AS figures
    FROM jsonb_array_elements(part -> 'tables' -> 0 -> 'rows') line
    WHERE line ->> 0 IN ('居住人口', '户籍人口')
) rows
WHERE part ->> 'key' IN ('residents.change', '人口变动') AND rows.figures IS NOT NULL
"""
"""Opening and closing of what is published already: its lines are told by the register, as they were."""

EDITOR_DELETE = """
CREATE POLICY "liren_app_delete" ON community_bulletineditor FOR DELETE TO liren_app
    USING (community_id = ANY ((SELECT string_to_array(
        NULLIF(current_setting('liren.write_communities', true), ''), ','))::bigint[]));
GRANT DELETE ON community_bulletineditor TO liren_app;
"""
"""Editors of a correction that is dropped: nothing of what they wrote is left."""
EDITOR_KEPT = """
REVOKE DELETE ON community_bulletineditor FROM liren_app;
DROP POLICY "liren_app_delete" ON community_bulletineditor;
"""


class Migration(AtOnce):
    dependencies = [
        ("community", "0017_second_office"),
    ]

    operations = [
        migrations.CreateModel(
            name="BulletinBasis",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="编号")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                ("key", models.CharField(max_length=60, verbose_name="部分")),
                ("is_published", models.BooleanField(default=False, verbose_name="已公开")),
                ("figures", models.JSONField(default=dict, verbose_name="数字")),
                ("counted", models.JSONField(default=dict, verbose_name="计入的登记")),
            ],
            options={
                "verbose_name": "计算依据",
                "verbose_name_plural": "计算依据",
                "ordering": ["bulletin", "key"],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="bulletincorrection",
            name="update_update",
        ),
        migrations.AddField(
            model_name="bulletincorrection",
            name="before",
            field=models.JSONField(default=dict, editable=False, verbose_name="更正前的内容"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bulletincorrection",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_bulletincorrectionevent" ("bulletin_id", "community_id", "id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "started_at", "started_by_id", "uuid", "version") SELECT new_values."bulletin_id", new_values."community_id", new_values."id", new_values."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."reason", new_values."started_at", new_values."started_by_id", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."bulletin_id" IS DISTINCT FROM (new_values."bulletin_id") OR old_values."community_id" IS DISTINCT FROM (new_values."community_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."number" IS DISTINCT FROM (new_values."number") OR old_values."reason" IS DISTINCT FROM (new_values."reason") OR old_values."started_at" IS DISTINCT FROM (new_values."started_at") OR old_values."started_by_id" IS DISTINCT FROM (new_values."started_by_id") OR old_values."uuid" IS DISTINCT FROM (new_values."uuid") OR old_values."version" IS DISTINCT FROM (new_values."version")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="8c5c8f2d067fc4e17f54b1015ed01ae7e86fa193",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8c78d",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="community_bulletincorrection",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="bulletinbasis",
            name="bulletin",
            field=portal.scoping.ScopedForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bases",
                to="community.bulletin",
                verbose_name="每月公开",
            ),
        ),
        migrations.AddField(
            model_name="bulletinbasis",
            name="community",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="community.community",
                verbose_name="社区",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletinbasis",
            constraint=models.UniqueConstraint(
                fields=("community", "bulletin", "key", "is_published"), name="bulletinbasis_once"
            ),
        ),
        ProtectTable("BulletinBasis"),
        migrations.RunSQL(EDITOR_DELETE, EDITOR_KEPT),
        migrations.RunSQL(PUBLISHED, migrations.RunSQL.noop),
    ]
