import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from portal.database.batched_migration import BatchedMigration


class Migration(BatchedMigration):
    initial = True

    dependencies = [
        ("community", "0001_foundation"),
        ("portal", "0001_foundation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CareChildEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True)),
                ("kind", models.CharField(max_length=9)),
                ("guardian", models.CharField(blank=True, max_length=60)),
                ("guardian_relation", models.CharField(blank=True, max_length=20)),
                ("guardian_phone", models.CharField(blank=True, max_length=60)),
                ("carer", models.CharField(blank=True, max_length=60)),
                ("school", models.CharField(blank=True, max_length=80)),
                ("allowance", models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                ("due", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CareDismissalEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True)),
                ("rule", models.CharField(max_length=6)),
                ("care", models.CharField(blank=True, max_length=12)),
                ("occasion", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(max_length=120)),
                ("by", models.BigIntegerField(db_column="by_id", db_index=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="ChangeReportEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("stairwell", models.BigIntegerField(db_column="stairwell_id", db_index=True)),
                ("dwelling", models.BigIntegerField(db_column="dwelling_id", db_index=True)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True, null=True)),
                ("people", models.JSONField(blank=True, default=list)),
                ("what", models.CharField(max_length=10)),
                ("on", models.DateField()),
                ("on_precision", models.CharField(db_default="d", default="d", max_length=1)),
                ("name", models.CharField(blank=True, max_length=60)),
                ("sex", models.CharField(blank=True, max_length=1)),
                ("birth_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("relation_word", models.CharField(blank=True, max_length=20)),
                ("phone", models.CharField(blank=True, max_length=60)),
                ("id_mask", models.CharField(blank=True, max_length=40)),
                ("other_address", models.CharField(blank=True, max_length=120)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("before", models.JSONField(default=dict)),
                ("state", models.CharField(default="pending", max_length=8)),
                ("proposer", models.BigIntegerField(db_column="proposer_id", db_index=True)),
                ("reported_at", models.DateTimeField(auto_now_add=True)),
                ("reviewer", models.BigIntegerField(db_column="reviewer_id", db_index=True, null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("replaces", models.BigIntegerField(db_column="replaces_id", db_index=True, null=True)),
                ("token", models.UUIDField(default=uuid.uuid4)),
            ],
        ),
        migrations.CreateModel(
            name="CorrectionRequestEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True)),
                ("wrong", models.CharField(max_length=300)),
                ("wanted", models.CharField(max_length=300)),
                ("asked_by", models.CharField(default="self", max_length=8)),
                ("asker_name", models.CharField(blank=True, max_length=60)),
                ("channel", models.CharField(default="counter", max_length=7)),
                ("received_on", models.DateField()),
                ("due", models.DateField()),
                ("taken_by", models.BigIntegerField(db_column="taken_by_id", db_index=True)),
                ("taken_at", models.DateTimeField(auto_now_add=True)),
                ("state", models.CharField(default="open", max_length=7)),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("event", models.BigIntegerField(db_column="event_id", db_index=True, null=True)),
                ("decided_by", models.BigIntegerField(db_column="decided_by_id", db_index=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="DisabilityEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True)),
                ("certificate_hash", models.BinaryField(max_length=32, null=True)),
                ("certificate_mask", models.CharField(blank=True, max_length=40)),
                ("kind", models.CharField(max_length=1)),
                ("grade", models.CharField(max_length=1)),
                ("guardian", models.CharField(blank=True, max_length=60)),
                ("phone", models.CharField(blank=True, max_length=60)),
                ("living_subsidy", models.BooleanField(default=False)),
                ("nursing_subsidy", models.BooleanField(default=False)),
                ("issued", models.DateField(blank=True, null=True)),
                ("due", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="DwellingEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("building", models.BigIntegerField(db_column="building_id", db_index=True)),
                ("stairwell", models.BigIntegerField(db_column="stairwell_id", db_index=True, null=True)),
                ("floor", models.SmallIntegerField(blank=True, null=True)),
                ("room", models.CharField(max_length=20)),
                ("label", models.CharField(max_length=80)),
                ("sort", models.CharField(default="", max_length=90)),
                ("use", models.CharField(default="self", max_length=8)),
                ("area_m2", models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                ("owner", models.BigIntegerField(db_column="owner_id", db_index=True, null=True)),
                ("owner_name", models.CharField(blank=True, max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name="ElderEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True)),
                ("allowance", models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                ("bank_card_hash", models.BinaryField(max_length=32, null=True)),
                ("bank_card_mask", models.CharField(blank=True, max_length=40)),
                ("checked_on", models.DateField(blank=True, null=True)),
                ("due", models.DateField(blank=True, null=True)),
                ("alone_as_told", models.BooleanField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="FollowUpEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("record", models.BigIntegerField(db_column="record_id", db_index=True)),
                ("on", models.DateField()),
                ("must_measure", models.BooleanField(default=False)),
                ("measured", models.BooleanField(default=False)),
                ("next_due", models.DateField(blank=True, null=True)),
                ("by", models.BigIntegerField(db_column="by_id", db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="FormMatchEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("fingerprint", models.CharField(max_length=64)),
                ("title", models.CharField(max_length=120)),
                ("headers", models.JSONField(default=list)),
                ("fields", models.JSONField(default=list)),
                (
                    "confirmed_by",
                    models.BigIntegerField(db_column="confirmed_by_id", db_index=True, null=True),
                ),
                ("confirmed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="HealthNoticeEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("kind", models.CharField(max_length=10)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True)),
                ("noticed_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("noticed_by", models.BigIntegerField(db_column="noticed_by_id", db_index=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("sent_to", models.CharField(blank=True, max_length=80)),
                ("sent_by", models.BigIntegerField(db_column="sent_by_id", db_index=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="HealthRecordEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True)),
                ("opened_on", models.DateField()),
                ("next_due", models.DateField(blank=True, null=True)),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("ended_why", models.CharField(blank=True, max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name="HouseholdEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("kind", models.CharField(max_length=10)),
                ("dwelling", models.BigIntegerField(db_column="dwelling_id", db_index=True, null=True)),
                ("number", models.CharField(blank=True, max_length=30)),
                ("annulled", models.BooleanField(db_default=False, default=False)),
            ],
        ),
        migrations.CreateModel(
            name="IssueReviewEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("finding", models.CharField(max_length=60)),
                ("subject", models.CharField(max_length=60)),
                ("row_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=120)),
                ("mark", models.CharField(max_length=80)),
                ("reason", models.CharField(max_length=200)),
                ("by", models.BigIntegerField(db_column="by_id", db_index=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="LowIncomeEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("household", models.BigIntegerField(db_column="household_id", db_index=True)),
                ("applicant", models.BigIntegerField(db_column="applicant_id", db_index=True)),
                ("area", models.CharField(default="urban", max_length=5)),
                ("certificate", models.CharField(blank=True, max_length=30)),
                ("level", models.CharField(blank=True, max_length=1)),
                ("covered", models.PositiveSmallIntegerField(default=1)),
                ("key_people", models.PositiveSmallIntegerField(default=0)),
                ("disabled_people", models.PositiveSmallIntegerField(default=0)),
                ("family_amount", models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                ("key_60", models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                ("key_100", models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                ("disabled_amount", models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                ("due", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MaternalEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True)),
                ("service", models.CharField(max_length=9)),
                ("provider", models.CharField(blank=True, max_length=80)),
                ("consented_on", models.DateField()),
                ("due", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PersonMergeEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("kept", models.BigIntegerField(db_column="kept_id", db_index=True)),
                ("removed_id", models.BigIntegerField()),
                ("removed_uuid", models.UUIDField()),
                ("removed_name", models.CharField(max_length=60)),
                ("values", models.JSONField()),
                ("written", models.JSONField()),
                ("moved", models.JSONField()),
                ("ended", models.JSONField()),
                ("aside", models.JSONField()),
                ("event", models.BigIntegerField(db_column="event_id", db_index=True)),
                ("note", models.CharField(blank=True, max_length=100)),
                ("by", models.BigIntegerField(db_column="by_id", db_index=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("undone_by", models.BigIntegerField(db_column="undone_by_id", db_index=True, null=True)),
                ("undone_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PopulationEventEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("what", models.CharField(max_length=10)),
                ("kind", models.CharField(blank=True, max_length=10)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True)),
                ("residence", models.BigIntegerField(db_column="residence_id", db_index=True, null=True)),
                ("former", models.BigIntegerField(db_column="former_id", db_index=True, null=True)),
                ("on", models.DateField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("by", models.BigIntegerField(db_column="by_id", db_index=True, null=True)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("group", models.UUIDField(null=True)),
                ("changes", models.JSONField(null=True)),
                ("undone_by", models.BigIntegerField(db_column="undone_by_id", db_index=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ResidenceEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True)),
                ("household", models.BigIntegerField(db_column="household_id", db_index=True)),
                ("kind", models.CharField(max_length=10)),
                ("relation_class", models.CharField(blank=True, max_length=2)),
                ("relation_word", models.CharField(blank=True, max_length=20)),
                ("is_head", models.BooleanField(default=False)),
                ("start", models.DateField(blank=True, null=True)),
                ("start_precision", models.CharField(blank=True, max_length=1)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_precision", models.CharField(blank=True, max_length=1)),
                ("other_address", models.CharField(blank=True, max_length=120)),
                ("annulled", models.BooleanField(db_default=False, default=False)),
            ],
        ),
        migrations.CreateModel(
            name="RetireeEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True)),
                ("kind", models.CharField(default="enterprise", max_length=10)),
                ("former_unit", models.CharField(blank=True, max_length=80)),
                ("retired_on", models.DateField(blank=True, null=True)),
                ("checked_on", models.DateField(blank=True, null=True)),
                ("due", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SpecialCareEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True)),
                ("kind", models.CharField(max_length=12)),
                ("certificate", models.CharField(blank=True, max_length=30)),
                ("grade", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("allowance", models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                ("due", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="UnemployedEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True)),
                ("cause", models.CharField(default="unemployed", max_length=10)),
                ("former_unit", models.CharField(blank=True, max_length=80)),
                ("certificate", models.CharField(blank=True, max_length=30)),
                ("wish", models.CharField(blank=True, max_length=100)),
                ("result", models.CharField(blank=True, max_length=8)),
                ("result_on", models.DateField(blank=True, null=True)),
                ("workplace", models.CharField(blank=True, max_length=80)),
                ("placed_by", models.CharField(blank=True, max_length=60)),
                ("due", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="VerificationEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("dwelling", models.BigIntegerField(db_column="dwelling_id", db_index=True)),
                ("stairwell", models.BigIntegerField(db_column="stairwell_id", db_index=True, null=True)),
                ("by", models.BigIntegerField(db_column="by_id", db_index=True)),
                (
                    "on_behalf_of",
                    models.BigIntegerField(db_column="on_behalf_of_id", db_index=True, null=True),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="VisitEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("community", models.BigIntegerField(db_column="community_id", db_index=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True, null=True)),
                ("household", models.BigIntegerField(db_column="household_id", db_index=True, null=True)),
                ("category", models.CharField(default="general", max_length=12)),
                ("planned_on", models.DateField()),
                ("worker", models.BigIntegerField(db_column="worker_id", db_index=True)),
                ("state", models.CharField(default="planned", max_length=9)),
                ("done_on", models.DateField(blank=True, null=True)),
                ("found", models.CharField(blank=True, max_length=1000)),
                ("need", models.CharField(blank=True, max_length=1000)),
                ("reason", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Dwelling",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("floor", models.SmallIntegerField(blank=True, null=True)),
                ("room", models.CharField(max_length=20)),
                ("label", models.CharField(max_length=80)),
                ("sort", models.CharField(default="", max_length=90)),
                ("use", models.CharField(default="self", max_length=8)),
                ("area_m2", models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                ("owner_name", models.CharField(blank=True, max_length=60)),
                (
                    "building",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.building",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
                (
                    "stairwell",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.stairwell",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community", "sort", "id"], name="dwelling_order"),
                    models.Index(fields=["community", "stairwell", "sort"], name="dwelling_of_stairwell"),
                    models.Index(
                        condition=models.Q(("owner__isnull", False)),
                        fields=["community", "owner"],
                        name="dwelling_of_owner",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community", "building", "stairwell", "room"),
                        name="dwelling_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChangeReport",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("people", models.JSONField(blank=True, default=list)),
                ("what", models.CharField(max_length=10)),
                ("on", models.DateField()),
                ("on_precision", models.CharField(db_default="d", default="d", max_length=1)),
                ("name", models.CharField(blank=True, max_length=60)),
                ("sex", models.CharField(blank=True, max_length=1)),
                ("birth_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("relation_word", models.CharField(blank=True, max_length=20)),
                ("phone", models.CharField(blank=True, max_length=60)),
                ("sealed", models.BinaryField(null=True)),
                ("id_mask", models.CharField(blank=True, max_length=40)),
                ("other_address", models.CharField(blank=True, max_length=120)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("before", models.JSONField(default=dict)),
                ("state", models.CharField(default="pending", max_length=8)),
                ("reported_at", models.DateTimeField(auto_now_add=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("seen_at", models.DateTimeField(null=True)),
                ("token", models.UUIDField(default=uuid.uuid4)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
                (
                    "proposer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="residents.changereport",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stairwell",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.stairwell",
                    ),
                ),
                (
                    "dwelling",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="residents.dwelling",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community", "state", "reported_at"], name="changereport_waiting"),
                    models.Index(
                        fields=["community", "stairwell", "-reported_at"], name="changereport_of_stairwell"
                    ),
                    models.Index(fields=["community", "dwelling"], name="changereport_dwelling"),
                    models.Index(
                        condition=models.Q(("person__isnull", False)),
                        fields=["community", "person"],
                        name="changereport_person",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("community", "token"), name="changereport_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("replaces__isnull", False)),
                        fields=("community", "replaces"),
                        name="changereport_replaced_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reviewed_at__isnull", True), ("reviewer__isnull", True)),
                            models.Q(("reviewed_at__isnull", False), ("reviewer__isnull", False)),
                            _connector="OR",
                        ),
                        name="changereport_reviewed_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["returned", "rejected"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="changereport_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("on_precision__in", ["d", "m"])), name="changereport_day_or_month"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Elder",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("allowance", models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                ("bank_card_cipher", models.BinaryField(null=True)),
                ("bank_card_hash", models.BinaryField(max_length=32, null=True)),
                ("bank_card_mask", models.CharField(blank=True, max_length=40)),
                ("checked_on", models.DateField(blank=True, null=True)),
                ("due", models.DateField(blank=True, null=True)),
                ("alone_as_told", models.BooleanField(blank=True, null=True)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["community", "person"], name="elder_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start__isnull", True),
                            ("end__isnull", True),
                            ("end__gte", models.F("start")),
                            _connector="OR",
                        ),
                        name="elder_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_reason", ""), ("end__isnull", False), _connector="OR"),
                        name="elder_end_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end__isnull", True)),
                        fields=("community", "person"),
                        name="elder_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("bank_card_cipher__isnull", True),
                                ("bank_card_hash__isnull", True),
                                ("bank_card_mask", ""),
                            ),
                            models.Q(
                                ("bank_card_cipher__isnull", False),
                                ("bank_card_hash__isnull", False),
                                models.Q(("bank_card_mask", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="elder_bank_card_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allowance__isnull", True), ("allowance__gte", 0), _connector="OR"
                        ),
                        name="elder_allowance",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormFilling",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("file_name", models.CharField(max_length=200)),
                ("form", models.JSONField(default=dict)),
                ("sheet", models.CharField(blank=True, max_length=100)),
                ("fields", models.JSONField(default=list)),
                ("heads", models.JSONField(default=list)),
                ("blanks", models.JSONField(default=dict)),
                ("how", models.CharField(blank=True, max_length=6)),
                ("query", models.CharField(blank=True, max_length=2000)),
                ("whole", models.BooleanField(default=False)),
                ("chosen", models.JSONField(default=dict)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
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
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FormMatch",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("fingerprint", models.CharField(max_length=64)),
                ("title", models.CharField(max_length=120)),
                ("headers", models.JSONField(default=list)),
                ("fields", models.JSONField(default=list)),
                ("confirmed_at", models.DateTimeField()),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("community", "fingerprint"), name="formmatch_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="HealthNotice",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("sealed", models.BinaryField()),
                ("kind", models.CharField(max_length=10)),
                ("noticed_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("sent_to", models.CharField(blank=True, max_length=80)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "noticed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community", "-noticed_at", "-id"], name="healthnotice_order"),
                    models.Index(
                        condition=models.Q(("sent_at__isnull", True)),
                        fields=["community", "due_at"],
                        name="healthnotice_open",
                    ),
                    models.Index(fields=["community", "person"], name="healthnotice_person"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "death")),
                        fields=("community", "person"),
                        name="healthnotice_death_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", True), ("sent_by__isnull", True), ("sent_to", "")),
                            models.Q(
                                ("sent_at__isnull", False),
                                ("sent_by__isnull", False),
                                models.Q(("sent_to", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="healthnotice_sent_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sent_at__isnull", True),
                            ("sent_at__gte", models.F("noticed_at")),
                            _connector="OR",
                        ),
                        name="healthnotice_sent_after",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gt", models.F("noticed_at"))),
                        name="healthnotice_due_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HealthRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("sealed", models.BinaryField()),
                ("opened_on", models.DateField()),
                ("next_due", models.DateField(blank=True, null=True)),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("ended_why", models.CharField(blank=True, max_length=100)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_on__isnull", True)),
                        fields=["community", "next_due", "id"],
                        name="healthrecord_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("community", "person"), name="healthrecord_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_on__isnull", True), ("ended_why", "")),
                            models.Q(
                                ("ended_on__isnull", False),
                                ("next_due__isnull", True),
                                models.Q(("ended_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="healthrecord_ended_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("sealed", models.BinaryField()),
                ("on", models.DateField()),
                ("must_measure", models.BooleanField(default=False)),
                ("measured", models.BooleanField(default=False)),
                ("next_due", models.DateField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="residents.healthrecord",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("community", "record", "on"), name="followup_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("must_measure", False), ("measured", True), _connector="OR"),
                        name="followup_first_pressure",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_due__isnull", True), ("next_due__gt", models.F("on")), _connector="OR"
                        ),
                        name="followup_next_later",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Household",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("kind", models.CharField(max_length=10)),
                ("number", models.CharField(blank=True, max_length=30)),
                ("annulled", models.BooleanField(db_default=False, default=False)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "dwelling",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="residents.dwelling",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community", "dwelling", "kind"], name="household_at_dwelling")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "registered"), ("dwelling__isnull", False), _connector="OR"
                        ),
                        name="household_living_at_dwelling",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(models.Q(("number", ""), _negated=True), ("annulled", False)),
                        fields=("community", "kind", "number"),
                        name="household_number_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdNumberIssue",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("person_version", models.PositiveIntegerField()),
                ("other_version", models.PositiveIntegerField(null=True)),
                ("kind", models.CharField(max_length=10)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community", "person", "kind"], name="idnumberissue_person"),
                    models.Index(
                        condition=models.Q(("other__isnull", False)),
                        fields=["community", "other"],
                        name="idnumberissue_other",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IssueReview",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("finding", models.CharField(max_length=60)),
                ("subject", models.CharField(max_length=60)),
                ("row_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=120)),
                ("mark", models.CharField(max_length=80)),
                ("reason", models.CharField(max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community", "finding", "row_id", "mark"), name="issuereview_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="issuereview_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LowIncome",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("area", models.CharField(default="urban", max_length=5)),
                ("certificate", models.CharField(blank=True, max_length=30)),
                ("level", models.CharField(blank=True, max_length=1)),
                ("covered", models.PositiveSmallIntegerField(default=1)),
                ("key_people", models.PositiveSmallIntegerField(default=0)),
                ("disabled_people", models.PositiveSmallIntegerField(default=0)),
                ("family_amount", models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                ("key_60", models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                ("key_100", models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                ("disabled_amount", models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                ("due", models.DateField(blank=True, null=True)),
                (
                    "applicant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="residents.household",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community", "household"], name="lowincome_of_household"),
                    models.Index(fields=["community", "applicant"], name="lowincome_of_applicant"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start__isnull", True),
                            ("end__isnull", True),
                            ("end__gte", models.F("start")),
                            _connector="OR",
                        ),
                        name="lowincome_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_reason", ""), ("end__isnull", False), _connector="OR"),
                        name="lowincome_end_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end__isnull", True)),
                        fields=("community", "household"),
                        name="lowincome_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("covered__gte", 1),
                            ("disabled_people__lte", models.F("covered")),
                            ("key_people__lte", models.F("covered")),
                        ),
                        name="lowincome_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("family_amount__isnull", True), ("family_amount__gte", 0), _connector="OR"
                            ),
                            models.Q(("key_60__isnull", True), ("key_60__gte", 0), _connector="OR"),
                            models.Q(("key_100__isnull", True), ("key_100__gte", 0), _connector="OR"),
                            models.Q(
                                ("disabled_amount__isnull", True),
                                ("disabled_amount__gte", 0),
                                _connector="OR",
                            ),
                        ),
                        name="lowincome_amounts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Maternal",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("service", models.CharField(max_length=9)),
                ("provider", models.CharField(blank=True, max_length=80)),
                ("consented_on", models.DateField()),
                ("due", models.DateField(blank=True, null=True)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["community", "person"], name="maternal_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start__isnull", True),
                            ("end__isnull", True),
                            ("end__gte", models.F("start")),
                            _connector="OR",
                        ),
                        name="maternal_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_reason", ""), ("end__isnull", False), _connector="OR"),
                        name="maternal_end_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end__isnull", True)),
                        fields=("community", "person"),
                        name="maternal_open_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PastResidence",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("kind", models.CharField(max_length=10)),
                ("began", models.DateField(null=True)),
                ("began_by", models.CharField(blank=True, max_length=10)),
                ("ended", models.DateField()),
                ("ended_by", models.CharField(blank=True, max_length=10)),
                ("people", models.PositiveIntegerField()),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community", "kind", "began", "began_by", "ended", "ended_by"),
                        name="pastresidence_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PopulationEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("what", models.CharField(max_length=10)),
                ("kind", models.CharField(blank=True, max_length=10)),
                ("on", models.DateField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("group", models.UUIDField(null=True)),
                ("changes", models.JSONField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="residents.populationevent",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PersonMerge",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("removed_id", models.BigIntegerField()),
                ("removed_uuid", models.UUIDField()),
                ("removed_name", models.CharField(max_length=60)),
                ("values", models.JSONField()),
                ("written", models.JSONField()),
                ("moved", models.JSONField()),
                ("ended", models.JSONField()),
                ("aside", models.JSONField()),
                ("sealed", models.BinaryField(null=True)),
                ("note", models.CharField(blank=True, max_length=100)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="residents.populationevent",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community", "-at", "-id"], name="personmerge_newest"),
                    models.Index(fields=["community", "kept"], name="personmerge_kept"),
                    models.Index(fields=["community", "removed_uuid"], name="personmerge_removed"),
                    models.Index(fields=["community", "event"], name="personmerge_event"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undone_at__isnull", True), ("undone_by__isnull", True)),
                            models.Q(("undone_at__isnull", False), ("undone_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="personmerge_undone_pair",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("community", "removed_id"),
                        name="personmerge_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrectionRequest",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("wrong", models.CharField(max_length=300)),
                ("wanted", models.CharField(max_length=300)),
                ("asked_by", models.CharField(default="self", max_length=8)),
                ("asker_name", models.CharField(blank=True, max_length=60)),
                ("channel", models.CharField(default="counter", max_length=7)),
                ("received_on", models.DateField()),
                ("due", models.DateField()),
                ("taken_at", models.DateTimeField(auto_now_add=True)),
                ("state", models.CharField(default="open", max_length=7)),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="residents.populationevent",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community", "person"], name="correctionrequest_of_person"),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["community", "due"],
                        name="correctionrequest_open",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("asked_by", "self"), ("asker_name", "")),
                            models.Q(
                                models.Q(("asked_by", "self"), _negated=True),
                                models.Q(("asker_name", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="correctionrequest_asker",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due__gte", models.F("received_on"))),
                        name="correctionrequest_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", ""),
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("event__isnull", True),
                                ("state", "open"),
                            ),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="correctionrequest_answered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Residence",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("kind", models.CharField(max_length=10)),
                ("relation_class", models.CharField(blank=True, max_length=2)),
                ("relation_word", models.CharField(blank=True, max_length=20)),
                ("is_head", models.BooleanField(default=False)),
                ("start", models.DateField(blank=True, null=True)),
                ("start_precision", models.CharField(blank=True, max_length=1)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_precision", models.CharField(blank=True, max_length=1)),
                ("other_address", models.CharField(blank=True, max_length=120)),
                ("annulled", models.BooleanField(db_default=False, default=False)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="residents.household",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community", "household", "end"], name="residence_of_household"),
                    models.Index(fields=["community", "person"], name="residence_of_person"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("annulled", False), ("end__isnull", True)),
                        fields=("community", "person", "kind"),
                        name="residence_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("annulled", False), ("end__isnull", True), ("is_head", True)),
                        fields=("community", "household"),
                        name="residence_head_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start__isnull", True),
                            ("end__isnull", True),
                            ("end__gte", models.F("start")),
                            _connector="OR",
                        ),
                        name="residence_order",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="populationevent",
            name="former",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="residents.residence",
            ),
        ),
        migrations.AddField(
            model_name="populationevent",
            name="residence",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="residents.residence",
            ),
        ),
        migrations.CreateModel(
            name="Retiree",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("kind", models.CharField(default="enterprise", max_length=10)),
                ("former_unit", models.CharField(blank=True, max_length=80)),
                ("retired_on", models.DateField(blank=True, null=True)),
                ("checked_on", models.DateField(blank=True, null=True)),
                ("due", models.DateField(blank=True, null=True)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["community", "person"], name="retiree_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start__isnull", True),
                            ("end__isnull", True),
                            ("end__gte", models.F("start")),
                            _connector="OR",
                        ),
                        name="retiree_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_reason", ""), ("end__isnull", False), _connector="OR"),
                        name="retiree_end_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end__isnull", True)),
                        fields=("community", "person"),
                        name="retiree_open_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SpecialCare",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("kind", models.CharField(max_length=12)),
                ("certificate", models.CharField(blank=True, max_length=30)),
                ("grade", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("allowance", models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                ("due", models.DateField(blank=True, null=True)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["community", "person"], name="specialcare_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start__isnull", True),
                            ("end__isnull", True),
                            ("end__gte", models.F("start")),
                            _connector="OR",
                        ),
                        name="specialcare_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_reason", ""), ("end__isnull", False), _connector="OR"),
                        name="specialcare_end_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end__isnull", True)),
                        fields=("community", "person"),
                        name="specialcare_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("grade__isnull", True),
                            models.Q(("grade__gte", 1), ("grade__lte", 10), ("kind", "disabled")),
                            _connector="OR",
                        ),
                        name="specialcare_grade",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allowance__isnull", True), ("allowance__gte", 0), _connector="OR"
                        ),
                        name="specialcare_allowance",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unemployed",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("cause", models.CharField(default="unemployed", max_length=10)),
                ("former_unit", models.CharField(blank=True, max_length=80)),
                ("certificate", models.CharField(blank=True, max_length=30)),
                ("wish", models.CharField(blank=True, max_length=100)),
                ("result", models.CharField(blank=True, max_length=8)),
                ("result_on", models.DateField(blank=True, null=True)),
                ("workplace", models.CharField(blank=True, max_length=80)),
                ("placed_by", models.CharField(blank=True, max_length=60)),
                ("due", models.DateField(blank=True, null=True)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["community", "person"], name="unemployed_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start__isnull", True),
                            ("end__isnull", True),
                            ("end__gte", models.F("start")),
                            _connector="OR",
                        ),
                        name="unemployed_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_reason", ""), ("end__isnull", False), _connector="OR"),
                        name="unemployed_end_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end__isnull", True)),
                        fields=("community", "person"),
                        name="unemployed_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("result", ""), ("result_on__isnull", True)),
                            models.Q(models.Q(("result", ""), _negated=True), ("result_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="unemployed_result_dated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("result", ""), ("end__isnull", False), _connector="OR"),
                        name="unemployed_result_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("placed_by", ""), ("workplace", "")),
                            models.Q(("result", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="unemployed_placed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "dwelling",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="residents.dwelling",
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
                (
                    "stairwell",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.stairwell",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community", "dwelling", "-at"], name="verification_last"),
                    models.Index(fields=["community", "stairwell", "-at"], name="verification_of_stairwell"),
                    models.Index(
                        condition=models.Q(("on_behalf_of__isnull", False)),
                        fields=["community", "on_behalf_of"],
                        name="verification_on_behalf",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("community"),
                        models.F("dwelling"),
                        django.db.models.functions.datetime.TruncDate("at"),
                        name="verification_once_a_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("category", models.CharField(default="general", max_length=12)),
                ("planned_on", models.DateField()),
                ("state", models.CharField(default="planned", max_length=9)),
                ("done_on", models.DateField(blank=True, null=True)),
                ("found", models.CharField(blank=True, max_length=1000)),
                ("need", models.CharField(blank=True, max_length=1000)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="residents.household",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community", "-planned_on", "id"], name="visit_order"),
                    models.Index(
                        condition=models.Q(("state", "planned")),
                        fields=["community", "worker", "planned_on"],
                        name="visit_planned_of_worker",
                    ),
                    models.Index(
                        fields=["community", "person", "category", "-done_on"], name="visit_of_person"
                    ),
                    models.Index(
                        condition=models.Q(("household__isnull", False)),
                        fields=["community", "household", "category", "-done_on"],
                        name="visit_of_household",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("person__isnull", False), ("household__isnull", False), _connector="OR"
                        ),
                        name="visit_to_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("done_on__isnull", False),
                                ("state", "done"),
                                models.Q(("found", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "done"), _negated=True),
                                ("done_on__isnull", True),
                                ("found", ""),
                                ("need", ""),
                            ),
                            _connector="OR",
                        ),
                        name="visit_done_with_finding",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "cancelled"), models.Q(("reason", ""), _negated=True)),
                            models.Q(models.Q(("state", "cancelled"), _negated=True), ("reason", "")),
                            _connector="OR",
                        ),
                        name="visit_cancelled_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CareChild",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("kind", models.CharField(max_length=9)),
                ("guardian", models.CharField(blank=True, max_length=60)),
                ("guardian_relation", models.CharField(blank=True, max_length=20)),
                ("guardian_phone", models.CharField(blank=True, max_length=60)),
                ("carer", models.CharField(blank=True, max_length=60)),
                ("school", models.CharField(blank=True, max_length=80)),
                ("allowance", models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                ("due", models.DateField(blank=True, null=True)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["community", "person"], name="carechild_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start__isnull", True),
                            ("end__isnull", True),
                            ("end__gte", models.F("start")),
                            _connector="OR",
                        ),
                        name="carechild_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_reason", ""), ("end__isnull", False), _connector="OR"),
                        name="carechild_end_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end__isnull", True)),
                        fields=("community", "person"),
                        name="carechild_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allowance__isnull", True), ("allowance__gte", 0), _connector="OR"
                        ),
                        name="carechild_allowance",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CareDismissal",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("rule", models.CharField(max_length=6)),
                ("care", models.CharField(blank=True, max_length=12)),
                ("occasion", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(max_length=120)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community", "person", "rule", "care", "occasion"),
                        name="caredismissal_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DataQualityRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("counts", models.JSONField(default=dict)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["community", "-at"], name="dataqualityrun_newest")],
            },
        ),
        migrations.CreateModel(
            name="Disability",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField(blank=True, null=True)),
                ("end", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("certificate_cipher", models.BinaryField(null=True)),
                ("certificate_hash", models.BinaryField(max_length=32, null=True)),
                ("certificate_mask", models.CharField(blank=True, max_length=40)),
                ("kind", models.CharField(max_length=1)),
                ("grade", models.CharField(max_length=1)),
                ("guardian", models.CharField(blank=True, max_length=60)),
                ("phone", models.CharField(blank=True, max_length=60)),
                ("living_subsidy", models.BooleanField(default=False)),
                ("nursing_subsidy", models.BooleanField(default=False)),
                ("issued", models.DateField(blank=True, null=True)),
                ("due", models.DateField(blank=True, null=True)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["community", "person"], name="disability_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start__isnull", True),
                            ("end__isnull", True),
                            ("end__gte", models.F("start")),
                            _connector="OR",
                        ),
                        name="disability_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_reason", ""), ("end__isnull", False), _connector="OR"),
                        name="disability_end_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end__isnull", True)),
                        fields=("community", "person"),
                        name="disability_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("certificate_cipher__isnull", True),
                                ("certificate_hash__isnull", True),
                                ("certificate_mask", ""),
                            ),
                            models.Q(
                                ("certificate_cipher__isnull", False),
                                ("certificate_hash__isnull", False),
                                models.Q(("certificate_mask", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="disability_certificate_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("issued__isnull", True),
                            ("due__isnull", True),
                            ("due__gte", models.F("issued")),
                            _connector="OR",
                        ),
                        name="disability_valid",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="populationevent",
            index=models.Index(fields=["community", "-on", "-id"], name="populationevent_by_date"),
        ),
        migrations.AddIndex(
            model_name="populationevent",
            index=models.Index(fields=["community", "person"], name="populationevent_person"),
        ),
        migrations.AddIndex(
            model_name="populationevent",
            index=models.Index(
                condition=models.Q(("group__isnull", False)),
                fields=["community", "group"],
                name="populationevent_group",
            ),
        ),
        migrations.AddIndex(
            model_name="populationevent",
            index=models.Index(fields=["community", "residence"], name="populationevent_residence"),
        ),
        migrations.AddIndex(
            model_name="populationevent",
            index=models.Index(
                condition=models.Q(("former__isnull", False)),
                fields=["community", "former"],
                name="populationevent_former",
            ),
        ),
        migrations.AddConstraint(
            model_name="populationevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_by__isnull", False)),
                fields=("community", "undone_by"),
                name="populationevent_undone_once",
            ),
        ),
    ]
