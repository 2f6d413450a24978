import uuid

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from portal.migrating import AtOnce
from portal.rls import ProtectTable

UNATTACHED = """
CREATE FUNCTION portal_unattached(names text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT file FROM unnest(names) AS file
    WHERE NOT EXISTS (SELECT 1 FROM portal_attachment AS a WHERE a.stored = file)
$$;
REVOKE ALL ON FUNCTION portal_unattached(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_unattached(text[]) TO liren_web;
"""
"""The worker sweeps up files of all communities that no row names; it is told nothing but which those are."""

FORGET = """
CREATE FUNCTION portal_forget_made_files(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM portal_madefilepart p USING portal_madefile f
    WHERE p.file_id = f.id AND f.asked_at <= now() - kept;
    WITH gone AS (DELETE FROM portal_madefile WHERE asked_at <= now() - kept RETURNING 1)
    SELECT count(*) FROM gone
$$;
CREATE FUNCTION portal_forget_bulk_changes(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM portal_bulkrow r USING portal_bulkchange b
    WHERE r.batch_id = b.id AND b.state IN ('draft', 'checking', 'checked') AND b.created_at <= now() - kept;
    WITH gone AS (
        DELETE FROM portal_bulkchange
        WHERE state IN ('draft', 'checking', 'checked') AND created_at <= now() - kept RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION portal_forget_made_files(interval), portal_forget_bulk_changes(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_made_files(interval), portal_forget_bulk_changes(interval) TO liren_web;
"""
"""The worker keeps house for all communities: files made to be fetched, bulk changes that nobody applied."""

OF_ROW = "CREATE INDEX attachmentevent_of_row ON portal_attachmentevent (community_id, subject, row_id)"
"""What was attached to a row and taken away again, for its history."""


class Migration(AtOnce):
    dependencies = [
        ("portal", "0009_find_by_number"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="AttachmentEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="编号")),
                ("community_id", models.BigIntegerField(verbose_name="社区")),
                ("user_id", models.BigIntegerField(verbose_name="上传人")),
                ("subject", models.CharField(max_length=100, verbose_name="对象")),
                ("row_id", models.BigIntegerField(verbose_name="记录")),
                ("name", models.CharField(max_length=120, verbose_name="文件名")),
                ("stored", models.CharField(max_length=80, verbose_name="存放名")),
                ("size", models.PositiveIntegerField(verbose_name="大小")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BulkChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="编号"),
                ),
                ("community_id", models.BigIntegerField(verbose_name="社区")),
                ("user_id", models.BigIntegerField(verbose_name="用户")),
                ("register", models.CharField(max_length=60, verbose_name="台账")),
                ("chosen", models.CharField(max_length=200, verbose_name="范围")),
                ("field", models.CharField(blank=True, max_length=60, verbose_name="字段")),
                ("field_label", models.CharField(blank=True, max_length=60, verbose_name="项目")),
                ("given", models.JSONField(null=True, verbose_name="填写内容")),
                ("value_shown", models.CharField(blank=True, max_length=300, verbose_name="改为")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "待填写"),
                            ("checking", "检查中"),
                            ("checked", "待确认"),
                            ("applying", "修改中"),
                            ("applied", "已修改"),
                            ("undoing", "撤销中"),
                            ("undone", "已撤销"),
                        ],
                        default="draft",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("counts", models.JSONField(default=dict, verbose_name="条数")),
                ("columns", models.JSONField(default=list, verbose_name="改动的列")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="提交时间")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="修改时间")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                ("undone_by", models.BigIntegerField(null=True, verbose_name="撤销人")),
            ],
            options={
                "verbose_name": "批量修改",
                "verbose_name_plural": "批量修改",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("community_id", models.BigIntegerField(verbose_name="社区")),
                ("row_id", models.BigIntegerField(verbose_name="记录")),
                ("version", models.PositiveIntegerField(null=True, verbose_name="版本")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("chosen", "已选"),
                            ("change", "将修改"),
                            ("same", "已是此值"),
                            ("refused", "不能修改"),
                            ("applied", "已修改"),
                            ("stale", "预览后有变动"),
                            ("undone", "已恢复"),
                            ("left", "没有恢复"),
                        ],
                        default="chosen",
                        max_length=7,
                        verbose_name="判定",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="原因")),
            ],
            options={
                "verbose_name": "批量修改的行",
                "verbose_name_plural": "批量修改的行",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="MadeFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="编号"),
                ),
                ("community_id", models.BigIntegerField(verbose_name="社区")),
                ("user_id", models.BigIntegerField(verbose_name="用户")),
                ("register", models.CharField(max_length=60, verbose_name="台账")),
                ("name", models.CharField(max_length=120, verbose_name="文件名")),
                ("extension", models.CharField(max_length=4, verbose_name="格式")),
                ("wish", models.JSONField(default=dict, verbose_name="要求")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="提交时间")),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="made_file",
                        to="portal.job",
                        verbose_name="任务",
                    ),
                ),
            ],
            options={
                "verbose_name": "生成的文件",
                "verbose_name_plural": "生成的文件",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="MadeFilePart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("community_id", models.BigIntegerField(verbose_name="社区")),
                ("number", models.PositiveIntegerField(verbose_name="序号")),
                ("content", models.BinaryField(verbose_name="内容")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="portal.madefile",
                        verbose_name="文件",
                    ),
                ),
            ],
            options={
                "verbose_name": "生成文件的分段",
                "verbose_name_plural": "生成文件的分段",
                "ordering": ["file", "number"],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="编号"),
                ),
                ("community_id", models.BigIntegerField(verbose_name="社区")),
                ("user_id", models.BigIntegerField(verbose_name="上传人")),
                ("subject", models.CharField(max_length=100, verbose_name="对象")),
                ("row_id", models.BigIntegerField(verbose_name="记录")),
                ("name", models.CharField(max_length=120, verbose_name="文件名")),
                ("stored", models.CharField(max_length=80, unique=True, verbose_name="存放名")),
                ("size", models.PositiveIntegerField(verbose_name="大小")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
            ],
            options={
                "verbose_name": "附件",
                "verbose_name_plural": "附件",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community_id", "subject", "row_id", "digest"),
                        name="attachment_once",
                        violation_error_message="这份文件已经上传过",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "portal_attachmentevent" ("community_id", "digest", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_id", "size", "stored", "subject", "uploaded_at", "user_id", "uuid") SELECT new_values."community_id", new_values."digest", new_values."id", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."row_id", new_values."size", new_values."stored", new_values."subject", new_values."uploaded_at", new_values."user_id", new_values."uuid" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="397a463744dcf0a5a99417990c6bfe9975df83fe",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f02f4",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="portal_attachment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "portal_attachmentevent" ("community_id", "digest", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_id", "size", "stored", "subject", "uploaded_at", "user_id", "uuid") SELECT new_values."community_id", new_values."digest", new_values."id", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."row_id", new_values."size", new_values."stored", new_values."subject", new_values."uploaded_at", new_values."user_id", new_values."uuid" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="c9a600c60add601be2165b81b04fcc7d3531b99f",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2573e",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="portal_attachment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachment",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "portal_attachmentevent" ("community_id", "digest", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_id", "size", "stored", "subject", "uploaded_at", "user_id", "uuid") SELECT old_values."community_id", old_values."digest", old_values."id", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."row_id", old_values."size", old_values."stored", old_values."subject", old_values."uploaded_at", old_values."user_id", old_values."uuid" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="f3395d6f53daa0e3f621daa091dd7e8ae1235d60",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_5fb82",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="portal_attachment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="attachmentevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                related_query_name="events",
                to="portal.attachment",
            ),
        ),
        migrations.AddField(
            model_name="bulkchange",
            name="job",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="portal.job",
                verbose_name="任务",
            ),
        ),
        migrations.AddField(
            model_name="bulkrow",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="portal.bulkchange",
                verbose_name="批次",
            ),
        ),
        migrations.AddIndex(
            model_name="bulkchange",
            index=models.Index(fields=["community_id", "register", "-id"], name="bulkchange_register"),
        ),
        migrations.AddIndex(
            model_name="bulkrow",
            index=models.Index(fields=["batch", "verdict", "id"], name="bulkrow_verdict"),
        ),
        migrations.AddIndex(
            model_name="madefile",
            index=models.Index(fields=["asked_at"], name="madefile_age"),
        ),
        migrations.AddConstraint(
            model_name="madefilepart",
            constraint=models.UniqueConstraint(fields=("file", "number"), name="madefilepart_once"),
        ),
        ProtectTable("BulkChange"),
        ProtectTable("BulkRow"),
        ProtectTable("MadeFile"),
        ProtectTable("MadeFilePart"),
        ProtectTable("Attachment"),
        ProtectTable("AttachmentEvent", append_only=True),
        migrations.RunSQL(OF_ROW, "DROP INDEX attachmentevent_of_row"),
        migrations.RunSQL(UNATTACHED, "DROP FUNCTION portal_unattached(text[])"),
        migrations.RunSQL(
            FORGET,
            "DROP FUNCTION portal_forget_made_files(interval), portal_forget_bulk_changes(interval)",
        ),
    ]
