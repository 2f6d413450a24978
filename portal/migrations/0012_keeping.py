import uuid

from django.db import migrations, models

COUNT = """
CREATE FUNCTION portal_failed_jobs(since timestamptz) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*) FROM portal_job WHERE state = 'failed' AND finished_at >= since
$$;
REVOKE ALL ON FUNCTION portal_failed_jobs(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_failed_jobs(timestamptz) TO liren_web;
"""
"""The administrator sees no rows of communities; the function answers a number only."""


class Migration(migrations.Migration):
    dependencies = [("portal", "0011_import_choices")]

    operations = [
        migrations.CreateModel(
            name="Backup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="备份时间")),
                ("file_name", models.CharField(max_length=255, verbose_name="文件名")),
                ("size", models.BigIntegerField(verbose_name="大小")),
                ("tables", models.PositiveIntegerField(verbose_name="表")),
                ("rows", models.BigIntegerField(verbose_name="行数")),
                ("files", models.PositiveIntegerField(verbose_name="文件数")),
                ("is_encrypted", models.BooleanField(verbose_name="已加密")),
            ],
            options={"verbose_name": "备份记录", "verbose_name_plural": "备份记录", "ordering": ["-id"]},
        ),
        migrations.CreateModel(
            name="KeyCanary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=10, unique=True, verbose_name="密钥")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="编号")),
                ("value", models.BinaryField(verbose_name="核对值")),
            ],
            options={"verbose_name": "密钥核对值", "verbose_name_plural": "密钥核对值", "ordering": ["id"]},
        ),
        migrations.RunSQL(COUNT, "DROP FUNCTION portal_failed_jobs(timestamptz)"),
    ]
