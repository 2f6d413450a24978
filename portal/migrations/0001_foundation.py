import uuid

import django.db.models.deletion
from django.db import migrations, models

from portal.database.batched_migration import BatchedMigration


class Migration(BatchedMigration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Backup",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("file_name", models.CharField(max_length=255)),
                ("size", models.BigIntegerField()),
                ("tables", models.PositiveIntegerField()),
                ("rows", models.BigIntegerField()),
                ("files", models.PositiveIntegerField()),
                ("is_encrypted", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="KeyCheck",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=10, unique=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("value", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="RateCounter",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("key", models.CharField(max_length=120, unique=True)),
                ("window_start", models.DateTimeField()),
                ("count", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="AccessLog",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("community_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("action", models.CharField(max_length=10)),
                ("subject", models.CharField(max_length=100)),
                ("ids", models.JSONField(default=list)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("request_id", models.CharField(blank=True, max_length=36)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community_id", "-id"], name="accesslog_community"),
                    models.Index(fields=["community_id", "user_id", "action", "-at"], name="accesslog_user"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("community_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("subject", models.CharField(max_length=100)),
                ("row_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=120)),
                ("stored", models.CharField(max_length=80, unique=True)),
                ("size", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("uploaded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community_id", "subject", "row_id", "digest"), name="attachment_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AttachmentEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("community_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("subject", models.CharField(max_length=100)),
                ("row_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=120)),
                ("stored", models.CharField(max_length=80)),
                ("size", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("uploaded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community_id", "subject", "row_id"], name="attachmentevent_of_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("uuid", models.UUIDField(default=uuid.uuid4, primary_key=True)),
                ("user_id", models.BigIntegerField()),
                ("path", models.CharField(max_length=300)),
                ("content", models.BinaryField()),
                ("kept_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [models.Index(fields=["kept_at"], name="draft_age")],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("community_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("subject", models.CharField(max_length=60)),
                ("row_id", models.BigIntegerField()),
                ("label", models.CharField(max_length=160)),
                ("url_name", models.CharField(max_length=60)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("state", models.CharField(max_length=40)),
                ("required_right", models.CharField(default="tasks", max_length=40)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community_id", "subject", "row_id"], name="handover_of_row")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("community_id", "uuid"), name="handover_received_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportMapping",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("community_id", models.BigIntegerField()),
                ("register", models.CharField(max_length=60)),
                ("fingerprint", models.CharField(max_length=64)),
                ("fields", models.JSONField(default=dict)),
                ("confirmed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community_id", "register", "fingerprint"), name="importmapping_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("community_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("message", models.CharField(blank=True, max_length=300)),
                ("result_url", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("heartbeat_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["community_id", "user_id", "-id"], name="job_of_user")],
            },
        ),
        migrations.CreateModel(
            name="BulkChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("community_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField(null=True)),
                ("register", models.CharField(max_length=60)),
                ("state", models.CharField(default="draft", max_length=8)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("applied_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.BigIntegerField(null=True)),
                ("chosen", models.CharField(max_length=200)),
                ("field", models.CharField(blank=True, max_length=60)),
                ("field_label", models.CharField(blank=True, max_length=60)),
                ("given", models.JSONField(null=True)),
                ("value_shown", models.CharField(blank=True, max_length=300)),
                ("counts", models.JSONField(default=dict)),
                ("columns", models.JSONField(default=list)),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to="portal.job"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community_id", "register", "-id"], name="bulkchange_register")
                ],
            },
        ),
        migrations.CreateModel(
            name="ListPreference",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("user_id", models.BigIntegerField()),
                ("register", models.CharField(max_length=60)),
                ("columns", models.JSONField(default=list)),
                ("page_size", models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user_id", "register"), name="listpreference_of_user")
                ],
            },
        ),
        migrations.CreateModel(
            name="PurgeLog",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("community_id", models.BigIntegerField()),
                ("subject", models.CharField(max_length=100)),
                ("day", models.DateField()),
                ("rows", models.BigIntegerField()),
                ("events", models.BigIntegerField()),
                ("files", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community_id", "subject", "day"), name="purgelog_once_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("community_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("key", models.CharField(max_length=200)),
                ("on", models.DateField()),
                ("kind", models.CharField(max_length=7)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("seen_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["made_at"], name="reminder_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user_id", "community_id", "key", "on", "kind"), name="reminder_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedList",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("community_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("register", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(blank=True, max_length=2000)),
                ("sort", models.CharField(blank=True, max_length=60)),
                ("columns", models.JSONField(default=list)),
                ("shared", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                ("changed_by", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community_id", "register", "name"], name="savedlist_register")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("community_id", "user_id", "name"), name="savedlist_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("community_id", models.BigIntegerField()),
                ("expires_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="storedfile_expiry")],
            },
        ),
        migrations.CreateModel(
            name="SensitiveExport",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("community_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("name", models.CharField(max_length=120)),
                ("extension", models.CharField(max_length=4)),
                ("subject", models.CharField(max_length=100)),
                ("ids", models.JSONField(default=list)),
                ("reason", models.CharField(max_length=200)),
                ("url", models.CharField(max_length=300)),
                ("state", models.CharField(max_length=7)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("decided_by", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("refusal", models.CharField(blank=True, max_length=200)),
                ("fetched_at", models.DateTimeField(null=True)),
                (
                    "file",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="portal.storedfile",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["community_id", "-id"], name="sensitiveexport_community")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="sensitiveexport_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", models.F("user_id")), _negated=True),
                            ("decided_by__isnull", True),
                            _connector="OR",
                        ),
                        name="sensitiveexport_decided_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("community_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField(null=True)),
                ("register", models.CharField(max_length=60)),
                ("state", models.CharField(default="draft", max_length=8)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("applied_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.BigIntegerField(null=True)),
                ("file_name", models.CharField(max_length=200)),
                ("mapping", models.JSONField(default=dict)),
                ("report", models.JSONField(default=dict)),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to="portal.job"
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="portal.storedfile",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community_id", "register", "-id"], name="importbatch_register")
                ],
            },
        ),
        migrations.CreateModel(
            name="GeneratedFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("community_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("register", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=120)),
                ("extension", models.CharField(max_length=4)),
                ("parameters", models.JSONField(default=dict)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("job", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to="portal.job")),
                (
                    "file",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="portal.storedfile",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StoredFilePart",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("community_id", models.BigIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                (
                    "file",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="portal.storedfile"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("file", "number"), name="storedfilepart_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("token", models.UUIDField(unique=True)),
                ("user_id", models.BigIntegerField(null=True)),
                ("result_url", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="submission_age")],
            },
        ),
        migrations.CreateModel(
            name="TodoCount",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("community_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("count", models.PositiveIntegerField()),
                ("counted_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["counted_at"], name="todocount_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("user_id", "community_id"), name="todocount_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("community_id", models.BigIntegerField()),
                ("row_id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(null=True)),
                ("verdict", models.CharField(default="chosen", max_length=7)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "batch",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="portal.bulkchange"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["batch", "verdict", "id"], name="bulkrow_verdict")],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("community_id", models.BigIntegerField()),
                ("sheet", models.CharField(max_length=100)),
                ("number", models.PositiveIntegerField()),
                ("label", models.CharField(blank=True, max_length=100)),
                ("verdict", models.CharField(max_length=9)),
                ("values", models.JSONField(default=dict)),
                ("sealed", models.BinaryField(null=True)),
                ("changes", models.JSONField(default=list)),
                ("findings", models.JSONField(default=list)),
                ("duplicate_group", models.PositiveIntegerField(null=True)),
                ("choice", models.CharField(blank=True, max_length=40)),
                ("settled", models.BooleanField(default=False)),
                (
                    "batch",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="portal.importbatch"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["batch", "verdict", "id"], name="importrow_verdict"),
                    models.Index(
                        condition=models.Q(("duplicate_group__isnull", False)),
                        fields=["batch", "duplicate_group", "id"],
                        name="importrow_duplicates",
                    ),
                ],
            },
        ),
    ]
