import uuid

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import portal.scoping
from portal.migrating import AtOnce
from portal.rls import ProtectTable
from portal.scope import APP, PUBLIC


class Migration(AtOnce):
    dependencies = [
        ("community", "0010_bulletin_notice_and_corrections"),
    ]

    operations = [
        migrations.CreateModel(
            name="BulletinFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="编号")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                ("name", models.CharField(max_length=120, verbose_name="文件名")),
                ("size", models.PositiveIntegerField(verbose_name="大小")),
                ("sha256", models.CharField(max_length=64, verbose_name="校验值")),
                ("findings", models.JSONField(blank=True, default=list, verbose_name="检查结果")),
                ("added_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                (
                    "added_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "bulletin",
                    portal.scoping.ScopedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="community.bulletin",
                        verbose_name="每月公开",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="community.community",
                        verbose_name="社区",
                    ),
                ),
            ],
            options={
                "verbose_name": "公开附件",
                "verbose_name_plural": "公开附件",
                "ordering": ["bulletin", "id"],
            },
        ),
        migrations.CreateModel(
            name="BulletinFileEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="编号")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                ("name", models.CharField(max_length=120, verbose_name="文件名")),
                ("size", models.PositiveIntegerField(verbose_name="大小")),
                ("sha256", models.CharField(max_length=64, verbose_name="校验值")),
                ("findings", models.JSONField(blank=True, default=list, verbose_name="检查结果")),
                ("added_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                (
                    "added_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "bulletin",
                    portal.scoping.ScopedForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="community.bulletin",
                        verbose_name="每月公开",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="community.community",
                        verbose_name="社区",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        related_query_name="events",
                        to="community.bulletinfile",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BulletinPhoto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="编号")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                ("place", models.CharField(max_length=100, verbose_name="位置")),
                ("posted_on", models.DateField(verbose_name="张贴日期")),
                ("taken_down_on", models.DateField(blank=True, null=True, verbose_name="取下日期")),
                ("size", models.PositiveIntegerField(verbose_name="大小")),
                ("sha256", models.CharField(max_length=64, verbose_name="校验值")),
                ("added_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                (
                    "added_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "bulletin_version",
                    portal.scoping.ScopedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="photos",
                        to="community.bulletinversion",
                        verbose_name="公开版本",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="community.community",
                        verbose_name="社区",
                    ),
                ),
                (
                    "medium",
                    portal.scoping.ScopedForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="community.medium",
                        verbose_name="宣传阵地",
                    ),
                ),
            ],
            options={
                "verbose_name": "张贴照片",
                "verbose_name_plural": "张贴照片",
                "ordering": ["bulletin_version", "posted_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="BulletinPhotoEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="编号")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                ("place", models.CharField(max_length=100, verbose_name="位置")),
                ("posted_on", models.DateField(verbose_name="张贴日期")),
                ("taken_down_on", models.DateField(blank=True, null=True, verbose_name="取下日期")),
                ("size", models.PositiveIntegerField(verbose_name="大小")),
                ("sha256", models.CharField(max_length=64, verbose_name="校验值")),
                ("added_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                (
                    "added_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "bulletin_version",
                    portal.scoping.ScopedForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="community.bulletinversion",
                        verbose_name="公开版本",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="community.community",
                        verbose_name="社区",
                    ),
                ),
                (
                    "medium",
                    portal.scoping.ScopedForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="community.medium",
                        verbose_name="宣传阵地",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        related_query_name="events",
                        to="community.bulletinphoto",
                    ),
                ),
            ],
            options={
                "ordering": ["-pgh_id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BulletinReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="编号")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="阅读时间")),
                (
                    "bulletin_version",
                    portal.scoping.ScopedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="community.bulletinversion",
                        verbose_name="公开版本",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="阅读人",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="community.community",
                        verbose_name="社区",
                    ),
                ),
            ],
            options={
                "verbose_name": "街道阅读",
                "verbose_name_plural": "街道阅读",
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="BulletinRemark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="编号")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                ("text", models.CharField(max_length=500, verbose_name="意见")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "bulletin_version",
                    portal.scoping.ScopedForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remarks",
                        to="community.bulletinversion",
                        verbose_name="公开版本",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="街道工作人员",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="community.community",
                        verbose_name="社区",
                    ),
                ),
            ],
            options={
                "verbose_name": "街道意见",
                "verbose_name_plural": "街道意见",
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="RemarkAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="编号")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                ("text", models.CharField(blank=True, max_length=500, verbose_name="回复")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="回复人",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="community.community",
                        verbose_name="社区",
                    ),
                ),
                (
                    "remark",
                    portal.scoping.ScopedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="community.bulletinremark",
                        verbose_name="街道意见",
                    ),
                ),
            ],
            options={
                "verbose_name": "意见回复",
                "verbose_name_plural": "意见回复",
                "ordering": ["at", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="bulletinfile",
            constraint=models.UniqueConstraint(
                fields=("community", "bulletin", "name"),
                name="bulletinfile_name_once",
                violation_error_message="已有同名的附件",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletinfile",
            constraint=models.UniqueConstraint(
                fields=("community", "bulletin", "sha256"),
                name="bulletinfile_once",
                violation_error_message="这份文件已经上传过",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bulletinfile",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_bulletinfileevent" ("added_at", "added_by_id", "bulletin_id", "community_id", "findings", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "uuid", "version") SELECT new_values."added_at", new_values."added_by_id", new_values."bulletin_id", new_values."community_id", new_values."findings", new_values."id", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."sha256", new_values."size", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="69142bf761bfdb4bb8d742e721a226c64cb6f890",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a32bb",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="community_bulletinfile",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bulletinfile",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_bulletinfileevent" ("added_at", "added_by_id", "bulletin_id", "community_id", "findings", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "uuid", "version") SELECT new_values."added_at", new_values."added_by_id", new_values."bulletin_id", new_values."community_id", new_values."findings", new_values."id", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."sha256", new_values."size", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="082689d0fe14f5e9e012a4343ef662dc0e4b4b2e",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a4e59",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="community_bulletinfile",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bulletinfile",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_bulletinfileevent" ("added_at", "added_by_id", "bulletin_id", "community_id", "findings", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "uuid", "version") SELECT old_values."added_at", old_values."added_by_id", old_values."bulletin_id", old_values."community_id", old_values."findings", old_values."id", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."sha256", old_values."size", old_values."uuid", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="61501b8ed0633267410ed82996cfc93180870b3b",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_628fd",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="community_bulletinfile",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletinphoto",
            constraint=models.UniqueConstraint(
                fields=("community", "bulletin_version", "sha256"),
                name="bulletinphoto_once",
                violation_error_message="这张照片已经上传过",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletinphoto",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("taken_down_on__isnull", True),
                    ("taken_down_on__gte", models.F("posted_on")),
                    _connector="OR",
                ),
                name="bulletinphoto_order",
                violation_error_message="取下日期不能早于张贴日期",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bulletinphoto",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_bulletinphotoevent" ("added_at", "added_by_id", "bulletin_version_id", "community_id", "id", "medium_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "posted_on", "sha256", "size", "taken_down_on", "uuid", "version") SELECT new_values."added_at", new_values."added_by_id", new_values."bulletin_version_id", new_values."community_id", new_values."id", new_values."medium_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."place", new_values."posted_on", new_values."sha256", new_values."size", new_values."taken_down_on", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="028494ffc13795b6a45b6bd12660e185a0f6eec7",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_53b68",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="community_bulletinphoto",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bulletinphoto",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_bulletinphotoevent" ("added_at", "added_by_id", "bulletin_version_id", "community_id", "id", "medium_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "posted_on", "sha256", "size", "taken_down_on", "uuid", "version") SELECT new_values."added_at", new_values."added_by_id", new_values."bulletin_version_id", new_values."community_id", new_values."id", new_values."medium_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."place", new_values."posted_on", new_values."sha256", new_values."size", new_values."taken_down_on", new_values."uuid", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="0ace34d61d2d8abff2df654740b357b0afe91c57",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_277f6",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="community_bulletinphoto",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bulletinphoto",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "community_bulletinphotoevent" ("added_at", "added_by_id", "bulletin_version_id", "community_id", "id", "medium_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "posted_on", "sha256", "size", "taken_down_on", "uuid", "version") SELECT old_values."added_at", old_values."added_by_id", old_values."bulletin_version_id", old_values."community_id", old_values."id", old_values."medium_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."place", old_values."posted_on", old_values."sha256", old_values."size", old_values."taken_down_on", old_values."uuid", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="160f123922810f97f93ce65e886de1dcd69f36da",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9c551",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="community_bulletinphoto",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletinreading",
            constraint=models.UniqueConstraint(
                fields=("community", "bulletin_version", "by"), name="bulletinreading_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="remarkanswer",
            constraint=models.UniqueConstraint(
                fields=("community", "remark"),
                name="remarkanswer_once",
                violation_error_message="这条意见已经回复",
            ),
        ),
        ProtectTable("BulletinFile"),
        ProtectTable("BulletinFileEvent", append_only=True),
        ProtectTable("BulletinPhoto", open_to=(PUBLIC,), street=True),
        ProtectTable("BulletinPhotoEvent", append_only=True),
        ProtectTable("BulletinReading", append_only=True, street=True, street_writes=True),
        ProtectTable("BulletinRemark", append_only=True, street=True, street_writes=True),
        ProtectTable("RemarkAnswer", append_only=True, street=True),
        # What the street says is not written by the committee.
        migrations.RunSQL(
            f"REVOKE INSERT ON community_bulletinreading, community_bulletinremark FROM {APP}",
            migrations.RunSQL.noop,
        ),
    ]
