import uuid

import django.db.models.deletion
from django.db import migrations, models

from portal.migrating import AtOnce
from portal.rls import ProtectTable

FORGET = """
CREATE FUNCTION portal_forget_releases(kept interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM portal_releasepart p USING portal_release r
    WHERE p.file_id = r.id AND r.made_at <= now() - kept;
    WITH gone AS (DELETE FROM portal_release WHERE made_at <= now() - kept RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION portal_forget_releases(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_forget_releases(interval) TO liren_web;
"""
"""The worker deletes files with full numbers in all communities, whether they were fetched or not."""


class Migration(AtOnce):
    dependencies = [("portal", "0014_reminders")]

    operations = [
        migrations.AlterField(
            model_name="accesslog",
            name="action",
            field=models.CharField(
                choices=[
                    ("reveal", "查看完整号码"),
                    ("find", "按号码查找"),
                    ("export", "导出"),
                    ("confirm", "同意导出"),
                    ("refuse", "不同意导出"),
                    ("print", "打印"),
                    ("file", "打开文件"),
                    ("denied", "越权被拒"),
                    ("phone", "绑定手机"),
                ],
                max_length=10,
                verbose_name="操作",
            ),
        ),
        migrations.CreateModel(
            name="Release",
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
                ("user_id", models.BigIntegerField(verbose_name="申请人")),
                ("title", models.CharField(max_length=120, verbose_name="内容")),
                ("name", models.CharField(max_length=120, verbose_name="文件名")),
                ("extension", models.CharField(max_length=4, verbose_name="格式")),
                ("subject", models.CharField(max_length=100, verbose_name="对象")),
                ("ids", models.JSONField(default=list, verbose_name="记录编号")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                ("url", models.CharField(max_length=300, verbose_name="页面")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待他人确认"), ("ready", "可以下载"), ("refused", "未获同意")],
                        max_length=7,
                        verbose_name="状态",
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="申请时间")),
                ("decided_by", models.BigIntegerField(null=True, verbose_name="确认人")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                ("refusal", models.CharField(blank=True, max_length=200, verbose_name="不同意的理由")),
                ("fetched_at", models.DateTimeField(null=True, verbose_name="下载时间")),
            ],
            options={
                "verbose_name": "含完整号码的文件",
                "verbose_name_plural": "含完整号码的文件",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["community_id", "-id"], name="release_community"),
                    models.Index(fields=["made_at"], name="release_age"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="release_decided_by_somebody",
                        violation_error_message="确认人和确认时间要么都有，要么都没有",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", models.F("user_id")), _negated=True),
                            ("decided_by__isnull", True),
                            _connector="OR",
                        ),
                        name="release_decided_by_another",
                        violation_error_message="不能确认自己的申请",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleasePart",
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
                        to="portal.release",
                        verbose_name="文件",
                    ),
                ),
            ],
            options={
                "verbose_name": "含完整号码文件的分段",
                "verbose_name_plural": "含完整号码文件的分段",
                "ordering": ["file", "number"],
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("file", "number"), name="releasepart_once")],
            },
        ),
        migrations.CreateModel(
            name="SavedList",
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
                ("user_id", models.BigIntegerField(verbose_name="建立人")),
                ("register", models.CharField(max_length=60, verbose_name="台账")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="条件")),
                ("sort", models.CharField(blank=True, max_length=60, verbose_name="排序")),
                ("columns", models.JSONField(default=list, verbose_name="列")),
                ("shared", models.BooleanField(default=False, verbose_name="全社区共用")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="修改时间")),
                ("changed_by", models.BigIntegerField(verbose_name="修改人")),
                ("version", models.PositiveIntegerField(default=0, verbose_name="版本")),
            ],
            options={
                "verbose_name": "常用名单",
                "verbose_name_plural": "常用名单",
                "ordering": ["register", "name", "id"],
                "indexes": [
                    models.Index(fields=["community_id", "register", "name"], name="savedlist_register")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community_id", "user_id", "name"),
                        name="savedlist_name",
                        violation_error_message="已有同名的常用名单",
                    )
                ],
            },
        ),
        ProtectTable("Release"),
        ProtectTable("ReleasePart"),
        ProtectTable("SavedList"),
        migrations.RunSQL(FORGET, "DROP FUNCTION portal_forget_releases(interval)"),
    ]
