import uuid

import django.db.models.deletion
from django.db import migrations, models

from portal.rls import ProtectTable

FORGET_EXPORTS = """
CREATE FUNCTION portal_forget_exports(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM portal_exportpart p USING portal_export e
    WHERE p.export_id = e.id AND e.created_at <= now() - kept;
    WITH gone AS (DELETE FROM portal_export WHERE created_at <= now() - kept RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION portal_forget_exports(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_exports(interval) TO liren_web;
"""
"""The worker keeps house for all communities; the function answers a number only."""


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0008_list_preferences"),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
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
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="条件")),
                ("extension", models.CharField(max_length=4, verbose_name="格式")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("request_id", models.CharField(blank=True, max_length=36, verbose_name="请求编号")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="提交时间")),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="portal.job",
                        verbose_name="任务",
                    ),
                ),
            ],
            options={
                "verbose_name": "导出文件",
                "verbose_name_plural": "导出文件",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ExportPart",
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
                    "export",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="portal.export",
                        verbose_name="导出文件",
                    ),
                ),
            ],
            options={
                "verbose_name": "导出文件分段",
                "verbose_name_plural": "导出文件分段",
                "ordering": ["export", "number"],
            },
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(fields=["created_at"], name="export_age"),
        ),
        migrations.AddConstraint(
            model_name="exportpart",
            constraint=models.UniqueConstraint(fields=("export", "number"), name="exportpart_once"),
        ),
        ProtectTable("Export"),
        ProtectTable("ExportPart"),
        migrations.RunSQL(FORGET_EXPORTS, "DROP FUNCTION portal_forget_exports(interval)"),
    ]
