import uuid

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from portal.database.batched_migration import BatchedMigration


class Migration(BatchedMigration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("password", models.CharField(max_length=128)),
                ("last_login", models.DateTimeField(blank=True, null=True)),
                ("username", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("is_active", models.BooleanField(default=True)),
                ("is_demo", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("password_by_community", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="AidRecipientEvent",
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
                ("bulletin", models.BigIntegerField(db_column="bulletin_id", db_index=True)),
                ("person", models.BigIntegerField(db_column="person_id", db_index=True)),
                ("aid", models.CharField(max_length=40)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=10)),
            ],
        ),
        migrations.CreateModel(
            name="AreaEvent",
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
                ("kind", models.CharField(max_length=5)),
                ("parent", models.BigIntegerField(db_column="parent_id", db_index=True, null=True)),
                ("number", models.PositiveSmallIntegerField(default=1)),
                ("name", models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name="BuildingEvent",
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
                ("label", models.CharField(max_length=30)),
                ("key", models.CharField(max_length=20)),
                ("sort", models.CharField(default="", max_length=30)),
                ("estate", models.CharField(blank=True, max_length=40)),
                ("use", models.CharField(default="residential", max_length=11)),
                ("floors", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("address", models.CharField(blank=True, max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name="BulletinBoardEvent",
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
                ("bulletin", models.BigIntegerField(db_column="bulletin_id", db_index=True)),
                ("kind", models.CharField(max_length=11)),
                ("text", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="BulletinCorrectionEvent",
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
                ("bulletin", models.BigIntegerField(db_column="bulletin_id", db_index=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("reason", models.CharField(max_length=200)),
                ("started_by", models.BigIntegerField(db_column="started_by_id", db_index=True)),
                ("started_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BulletinEvent",
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
                ("month", models.DateField()),
                ("state", models.CharField(default="draft", max_length=9)),
                (
                    "submitted_by",
                    models.BigIntegerField(db_column="submitted_by_id", db_index=True, null=True),
                ),
                ("submitted_at", models.DateTimeField(null=True)),
                ("reviewed_by", models.BigIntegerField(db_column="reviewed_by_id", db_index=True, null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("remark", models.CharField(blank=True, max_length=300)),
                ("sections", models.JSONField(blank=True, default=list)),
            ],
        ),
        migrations.CreateModel(
            name="BulletinFileEvent",
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
                ("bulletin", models.BigIntegerField(db_column="bulletin_id", db_index=True)),
                ("name", models.CharField(max_length=120)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("findings", models.JSONField(blank=True, default=list)),
                ("added_by", models.BigIntegerField(db_column="added_by_id", db_index=True)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="BulletinMarkEvent",
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
                ("bulletin", models.BigIntegerField(db_column="bulletin_id", db_index=True)),
                ("item", models.CharField(max_length=100)),
                ("digest", models.CharField(max_length=64)),
                ("is_agreed", models.BooleanField()),
                ("remark", models.CharField(blank=True, max_length=300)),
                ("marked_by", models.BigIntegerField(db_column="marked_by_id", db_index=True)),
                ("marked_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BulletinPhotoEvent",
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
                ("bulletin_version", models.BigIntegerField(db_column="bulletin_version_id", db_index=True)),
                ("medium", models.BigIntegerField(db_column="medium_id", db_index=True, null=True)),
                ("place", models.CharField(max_length=100)),
                ("posted_on", models.DateField()),
                ("taken_down_on", models.DateField(blank=True, null=True)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("added_by", models.BigIntegerField(db_column="added_by_id", db_index=True)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Community",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("code", models.SlugField(max_length=30, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("statistics_code", models.CharField(blank=True, max_length=12)),
                ("area_km2", models.DecimalField(blank=True, decimal_places=3, max_digits=8, null=True)),
                ("founded_on", models.DateField(blank=True, null=True)),
                (
                    "office_land_m2",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True),
                ),
                (
                    "office_floor_m2",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True),
                ),
                ("address", models.CharField(blank=True, max_length=120)),
                ("hotline", models.CharField(blank=True, max_length=40)),
                ("introduction", models.TextField(blank=True)),
                ("area_word", models.CharField(default="片区", max_length=10)),
                ("group_word", models.CharField(default="居民小组", max_length=10)),
                ("building_words", models.CharField(default="幢 栋 号楼 座 弄", max_length=60)),
                ("stairwell_words", models.CharField(default="单元 梯 门", max_length=60)),
                ("opened_on", models.DateField(default=django.utils.timezone.localdate)),
                ("fresh_days", models.PositiveSmallIntegerField(default=90)),
                ("is_demo", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="CommunityEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField()),
                ("pgh_id", models.BigAutoField(primary_key=True)),
                ("pgh_obj", models.BigIntegerField(db_column="pgh_obj_id", db_index=True)),
                ("pgh_context", models.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("code", models.SlugField(db_index=False, max_length=30)),
                ("name", models.CharField(max_length=60)),
                ("street", models.BigIntegerField(db_column="street_id", db_index=True)),
                ("statistics_code", models.CharField(blank=True, max_length=12)),
                ("area_km2", models.DecimalField(blank=True, decimal_places=3, max_digits=8, null=True)),
                ("founded_on", models.DateField(blank=True, null=True)),
                (
                    "office_land_m2",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True),
                ),
                (
                    "office_floor_m2",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True),
                ),
                ("address", models.CharField(blank=True, max_length=120)),
                ("hotline", models.CharField(blank=True, max_length=40)),
                ("introduction", models.TextField(blank=True)),
                ("area_word", models.CharField(default="片区", max_length=10)),
                ("group_word", models.CharField(default="居民小组", max_length=10)),
                ("building_words", models.CharField(default="幢 栋 号楼 座 弄", max_length=60)),
                ("stairwell_words", models.CharField(default="单元 梯 门", max_length=60)),
                ("opened_on", models.DateField(default=django.utils.timezone.localdate)),
                ("fresh_days", models.PositiveSmallIntegerField(default=90)),
                ("is_demo", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="HeadAppointmentEvent",
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
                ("area", models.BigIntegerField(db_column="area_id", db_index=True, null=True)),
                ("stairwell", models.BigIntegerField(db_column="stairwell_id", db_index=True, null=True)),
                ("start", models.DateField()),
                ("end", models.DateField(blank=True, null=True)),
                ("document", models.CharField(blank=True, max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="HonourEvent",
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
                ("title", models.CharField(max_length=80)),
                ("level", models.CharField(max_length=8)),
                ("year", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="MediumEvent",
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
                ("kind", models.CharField(max_length=9)),
                ("stairwell", models.BigIntegerField(db_column="stairwell_id", db_index=True, null=True)),
                ("place", models.CharField(blank=True, max_length=60)),
                ("length_m", models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                ("content", models.CharField(blank=True, max_length=120)),
                ("until", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ObjectionEvent",
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
                ("notice", models.BigIntegerField(db_column="notice_id", db_index=True)),
                ("text", models.TextField(max_length=2000)),
                ("objected_at", models.DateTimeField()),
                ("handed_by", models.BigIntegerField(db_column="handed_by_id", db_index=True, null=True)),
                ("handed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PersonEvent",
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
                ("name", models.CharField(max_length=60)),
                ("former_name", models.CharField(blank=True, max_length=60)),
                ("name_key", models.CharField(default="", max_length=200)),
                ("initials", models.CharField(default="", max_length=30)),
                ("sex", models.CharField(blank=True, max_length=1)),
                ("birth_date", models.DateField(blank=True, null=True)),
                ("birth_precision", models.CharField(blank=True, max_length=1)),
                ("died_on", models.DateField(blank=True, null=True)),
                ("id_kind", models.CharField(blank=True, max_length=20)),
                ("id_hash", models.BinaryField(max_length=32, null=True)),
                ("id_mask", models.CharField(blank=True, max_length=40)),
                ("phone", models.CharField(blank=True, max_length=60)),
                ("ethnic", models.CharField(blank=True, max_length=10)),
                ("registered_place", models.CharField(blank=True, max_length=120)),
                ("education", models.CharField(blank=True, max_length=2)),
                ("marital", models.CharField(blank=True, max_length=2)),
                ("employment", models.CharField(blank=True, max_length=2)),
                ("workplace", models.CharField(blank=True, max_length=80)),
                ("political", models.CharField(blank=True, max_length=2)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("place_label", models.CharField(blank=True, default="", max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="ServiceHoursEvent",
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
                ("weekday", models.PositiveSmallIntegerField()),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
            ],
        ),
        migrations.CreateModel(
            name="StairwellEvent",
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
                ("area", models.BigIntegerField(db_column="area_id", db_index=True, null=True)),
                ("name", models.CharField(blank=True, max_length=20)),
                ("key", models.CharField(blank=True, max_length=10)),
                ("label", models.CharField(default="", max_length=60)),
                ("sort", models.CharField(default="", max_length=50)),
            ],
        ),
        migrations.CreateModel(
            name="Street",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("code", models.CharField(max_length=9, unique=True)),
                ("name", models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name="TaskEvent",
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
                ("title", models.CharField(max_length=120)),
                ("text", models.CharField(blank=True, max_length=1000)),
                ("due", models.DateField(blank=True, null=True)),
                ("owner", models.BigIntegerField(db_column="owner_id", db_index=True, null=True)),
                ("given_by", models.BigIntegerField(db_column="given_by_id", db_index=True)),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("source_label", models.CharField(blank=True, max_length=120)),
                ("source_url", models.CharField(blank=True, max_length=300)),
                ("required_right", models.CharField(default="tasks", max_length=40)),
                ("state", models.CharField(default="open", max_length=8)),
                ("result", models.CharField(blank=True, max_length=500)),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("closed_by", models.BigIntegerField(db_column="closed_by_id", db_index=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="UnitEvent",
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
                ("name", models.CharField(max_length=80)),
                ("uscc", models.CharField(blank=True, max_length=18)),
                ("kind", models.CharField(max_length=10)),
                ("contact", models.CharField(blank=True, max_length=40)),
                ("phone", models.CharField(blank=True, max_length=60)),
                ("address", models.CharField(blank=True, max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="VenueEvent",
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
                ("name", models.CharField(max_length=60)),
                ("kind", models.CharField(default="other", max_length=10)),
                ("floor_m2", models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Bulletin",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("month", models.DateField()),
                ("state", models.CharField(default="draft", max_length=9)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("remark", models.CharField(blank=True, max_length=300)),
                ("sections", models.JSONField(blank=True, default=list)),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submitted_by",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("community", "month"), name="bulletin_month_once"),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="bulletin_month_first"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("submitted_at__isnull", True), ("submitted_by__isnull", True)),
                            models.Q(("submitted_at__isnull", False), ("submitted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="bulletin_submitted_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reviewed_at__isnull", True), ("reviewed_by__isnull", True)),
                            models.Q(("reviewed_at__isnull", False), ("reviewed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="bulletin_reviewed_pair",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulletinVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("month", models.DateField()),
                ("number", models.PositiveSmallIntegerField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("published_at", models.DateTimeField()),
                ("snapshot", models.JSONField()),
                ("pdf", models.FileField(upload_to="")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "bulletin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.bulletin",
                    ),
                ),
                (
                    "published_by",
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
        ),
        migrations.CreateModel(
            name="BulletinRemark",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("text", models.CharField(max_length=500)),
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
                    "bulletin_version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.bulletinversion",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Building",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("label", models.CharField(max_length=30)),
                ("key", models.CharField(max_length=20)),
                ("sort", models.CharField(default="", max_length=30)),
                ("estate", models.CharField(blank=True, max_length=40)),
                ("use", models.CharField(default="residential", max_length=11)),
                ("floors", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("address", models.CharField(blank=True, max_length=100)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["community", "sort", "id"], name="building_order")],
                "constraints": [
                    models.UniqueConstraint(fields=("community", "estate", "key"), name="building_key_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Area",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("kind", models.CharField(max_length=5)),
                ("number", models.PositiveSmallIntegerField(default=1)),
                ("name", models.CharField(max_length=40)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.area",
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
                "indexes": [models.Index(fields=["community", "parent", "number"], name="area_below")],
                "constraints": [
                    models.UniqueConstraint(fields=("community", "kind", "name"), name="area_name_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "group"), ("parent__isnull", True), _connector="OR"),
                        name="area_has_no_parent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DatedRule",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("key", models.CharField(max_length=40)),
                ("value", models.PositiveSmallIntegerField()),
                ("start", models.DateField()),
                ("source", models.CharField(max_length=200)),
                ("set_at", models.DateTimeField(auto_now_add=True)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["community", "key", "-start", "-id"], name="datedrule_in_force")
                ],
            },
        ),
        migrations.CreateModel(
            name="DisclosureWaiver",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("where", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=20)),
                ("masked", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=200)),
                ("granted_at", models.DateTimeField()),
                (
                    "bulletin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.bulletin",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community", "bulletin", "where", "kind", "masked", "digest"),
                        name="disclosurewaiver_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="disclosurewaiver_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Honour",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("title", models.CharField(max_length=80)),
                ("level", models.CharField(max_length=8)),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("community", "title", "year"), name="honour_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Medium",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("kind", models.CharField(max_length=9)),
                ("place", models.CharField(blank=True, max_length=60)),
                ("length_m", models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True)),
                ("content", models.CharField(blank=True, max_length=120)),
                ("until", models.DateField(blank=True, null=True)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BulletinPhoto",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("place", models.CharField(max_length=100)),
                ("posted_on", models.DateField()),
                ("taken_down_on", models.DateField(blank=True, null=True)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bulletin_version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.bulletinversion",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "medium",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="community.medium",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community", "bulletin_version", "sha256"), name="bulletinphoto_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_down_on__isnull", True),
                            ("taken_down_on__gte", models.F("posted_on")),
                            _connector="OR",
                        ),
                        name="bulletinphoto_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("name", models.CharField(blank=True, max_length=60)),
                ("contact", models.CharField(blank=True, max_length=100)),
                ("text", models.TextField(max_length=2000)),
                ("code_hash", models.BinaryField()),
                ("objected_at", models.DateTimeField()),
                ("handed_at", models.DateTimeField(null=True)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
                (
                    "handed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("name", models.CharField(max_length=60)),
                ("former_name", models.CharField(blank=True, max_length=60)),
                ("name_key", models.CharField(default="", max_length=200)),
                ("initials", models.CharField(default="", max_length=30)),
                ("sex", models.CharField(blank=True, max_length=1)),
                ("birth_date", models.DateField(blank=True, null=True)),
                ("birth_precision", models.CharField(blank=True, max_length=1)),
                ("died_on", models.DateField(blank=True, null=True)),
                ("id_kind", models.CharField(blank=True, max_length=20)),
                ("id_cipher", models.BinaryField(null=True)),
                ("id_hash", models.BinaryField(max_length=32, null=True)),
                ("id_mask", models.CharField(blank=True, max_length=40)),
                ("phone", models.CharField(blank=True, max_length=60)),
                ("ethnic", models.CharField(blank=True, max_length=10)),
                ("registered_place", models.CharField(blank=True, max_length=120)),
                ("education", models.CharField(blank=True, max_length=2)),
                ("marital", models.CharField(blank=True, max_length=2)),
                ("employment", models.CharField(blank=True, max_length=2)),
                ("workplace", models.CharField(blank=True, max_length=80)),
                ("political", models.CharField(blank=True, max_length=2)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("place_label", models.CharField(blank=True, default="", max_length=80)),
                (
                    "haystack",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower(
                            django.db.models.functions.text.Concat(
                                "name",
                                models.Value(" "),
                                "former_name",
                                models.Value(" "),
                                models.Func(
                                    "name_key", models.Value(" "), models.Value(""), function="REPLACE"
                                ),
                                models.Value(" "),
                                "initials",
                                models.Value(" "),
                                "phone",
                                models.Value(" "),
                                "place_label",
                            )
                        ),
                        output_field=models.CharField(max_length=500),
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
                "indexes": [
                    models.Index(
                        fields=["community", "name_key", "id"], include=("haystack",), name="person_search"
                    ),
                    models.Index(fields=["community", "birth_date"], name="person_birth"),
                    models.Index(
                        condition=models.Q(("place_label", ""), _negated=True),
                        fields=["community"],
                        name="person_lives_here",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("community", "id_hash"), name="person_id_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("id_cipher__isnull", True), ("id_hash__isnull", True), ("id_mask", "")),
                            models.Q(
                                ("id_cipher__isnull", False),
                                ("id_hash__isnull", False),
                                models.Q(("id_mask", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="person_id_complete",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("birth_date__isnull", True), ("birth_precision", "")),
                            models.Q(
                                ("birth_date__isnull", False),
                                models.Q(("birth_precision", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="person_birth_precision",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AidRecipient",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("aid", models.CharField(max_length=40)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=10)),
                (
                    "bulletin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.bulletin",
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
                        fields=("community", "bulletin", "person", "aid"), name="aidrecipient_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="user",
            name="person",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="community.person"
            ),
        ),
        migrations.CreateModel(
            name="Phone",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("issued_at", models.DateTimeField(auto_now_add=True)),
                ("link_hash", models.CharField(max_length=64, unique=True)),
                ("link_until", models.DateTimeField()),
                ("token_hash", models.CharField(max_length=64, null=True, unique=True)),
                ("pin", models.CharField(blank=True, max_length=128)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("bound_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_because", models.CharField(blank=True, max_length=8)),
                (
                    "community",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="community.community"),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("bound_at__isnull", True),
                                ("pin", ""),
                                ("token_hash__isnull", True),
                                ("until__isnull", True),
                            ),
                            models.Q(
                                ("bound_at__isnull", False),
                                ("token_hash__isnull", False),
                                ("until__isnull", False),
                                models.Q(("pin", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="phone_bound_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_because", "")),
                            models.Q(
                                ("ended_at__isnull", False), models.Q(("ended_because", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="phone_ended_why",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("bound_at__isnull", False), ("ended_at__isnull", True)),
                        fields=("community", "user"),
                        name="phone_bound_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicNotice",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("title", models.CharField(max_length=120)),
                ("posted_on", models.DateField()),
                ("until", models.DateField()),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("posted_on"))), name="publicnotice_order"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ObjectionAnswer",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("gist", models.CharField(max_length=200)),
                ("text", models.TextField(max_length=2000)),
                ("answered_at", models.DateTimeField()),
                (
                    "answered_by",
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
                    "objection",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.objection",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.publicnotice",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["community", "notice"], name="objectionanswer_of_notice")],
                "constraints": [
                    models.UniqueConstraint(fields=("community", "objection"), name="objectionanswer_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="objection",
            name="notice",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="community.publicnotice",
            ),
        ),
        migrations.AddField(
            model_name="bulletinversion",
            name="notice",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="community.publicnotice",
            ),
        ),
        migrations.CreateModel(
            name="RemarkAnswer",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("text", models.CharField(blank=True, max_length=500)),
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
                    "remark",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.bulletinremark",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("community", "remark"), name="remarkanswer_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceHours",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("weekday", models.PositiveSmallIntegerField()),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
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
                        fields=("community", "weekday", "opens"), name="servicehours_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes__gt", models.F("opens"))), name="servicehours_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SetupLink",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("office", models.CharField(default="community", max_length=10)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("ended_because", models.CharField(blank=True, max_length=8)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                (
                    "issued_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
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
            name="Stairwell",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("name", models.CharField(blank=True, max_length=20)),
                ("key", models.CharField(blank=True, max_length=10)),
                ("label", models.CharField(default="", max_length=60)),
                ("sort", models.CharField(default="", max_length=50)),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.area",
                    ),
                ),
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["community", "sort", "id"], name="stairwell_order"),
                    models.Index(fields=["community", "area"], name="stairwell_area"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("community", "building", "key"), name="stairwell_key_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="medium",
            name="stairwell",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="community.stairwell",
            ),
        ),
        migrations.CreateModel(
            name="HeadAppointment",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("start", models.DateField()),
                ("end", models.DateField(blank=True, null=True)),
                ("document", models.CharField(blank=True, max_length=80)),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.area",
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
                "indexes": [models.Index(fields=["community", "person"], name="headappointment_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("area__isnull", True), ("stairwell__isnull", True), _connector="XOR"
                        ),
                        name="headappointment_one_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start__isnull", True),
                            ("end__isnull", True),
                            ("end__gte", models.F("start")),
                            _connector="OR",
                        ),
                        name="headappointment_order",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end__isnull", True), ("stairwell__isnull", False)),
                        fields=("community", "stairwell"),
                        name="headappointment_stairwell_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("area__isnull", False), ("end__isnull", True)),
                        fields=("community", "area"),
                        name="headappointment_area_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleAssignment",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("role", models.CharField(max_length=20)),
                ("start", models.DateField(default=django.utils.timezone.localdate)),
                ("end", models.DateField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("by_appointment", models.BooleanField(db_default=False, default=False)),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="community.area",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.community",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "stairwell",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="community.stairwell",
                    ),
                ),
                (
                    "street",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.street",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end__isnull", True), ("end__gte", models.F("start")), _connector="OR"
                        ),
                        name="roleassignment_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("role__in", ["street"]),
                                ("area__isnull", True),
                                ("community__isnull", True),
                                ("stairwell__isnull", True),
                                ("street__isnull", False),
                            ),
                            models.Q(
                                (
                                    "role__in",
                                    [
                                        "director",
                                        "staff",
                                        "civil",
                                        "finance",
                                        "party",
                                        "security",
                                        "supervisor",
                                        "branch",
                                        "patrol",
                                        "health",
                                        "rehabilitation",
                                        "petitions",
                                        "mediator",
                                    ],
                                ),
                                ("area__isnull", True),
                                ("community__isnull", False),
                                ("stairwell__isnull", True),
                                ("street__isnull", True),
                            ),
                            models.Q(
                                ("role__in", ["head"]),
                                ("community__isnull", False),
                                ("street__isnull", True),
                                models.Q(
                                    models.Q(
                                        ("area__isnull", True), ("stairwell__isnull", True), _connector="XOR"
                                    ),
                                    models.Q(
                                        ("area__isnull", True),
                                        ("stairwell__isnull", True),
                                        models.Q(
                                            ("end__isnull", False),
                                            ("ended_at__isnull", False),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            models.Q(
                                ("role__in", ["admin"]),
                                ("area__isnull", True),
                                ("community__isnull", True),
                                ("stairwell__isnull", True),
                                ("street__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="roleassignment_place",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="community",
            name="street",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="community.street"),
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("title", models.CharField(max_length=120)),
                ("text", models.CharField(blank=True, max_length=1000)),
                ("due", models.DateField(blank=True, null=True)),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("source_label", models.CharField(blank=True, max_length=120)),
                ("source_url", models.CharField(blank=True, max_length=300)),
                ("required_right", models.CharField(default="tasks", max_length=40)),
                ("state", models.CharField(default="open", max_length=8)),
                ("result", models.CharField(blank=True, max_length=500)),
                ("closed_on", models.DateField(blank=True, null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
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
                    "given_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
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
                    models.Index(fields=["community", "-closed_on", "due", "id"], name="task_order"),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["community", "owner", "due"],
                        name="task_open_of_owner",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_by__isnull", True),
                                ("closed_on__isnull", True),
                                ("result", ""),
                                ("state", "open"),
                            ),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("closed_by__isnull", False),
                                ("closed_on__isnull", False),
                                models.Q(("result", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="task_closed_with_result",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("name", models.CharField(max_length=80)),
                ("uscc", models.CharField(blank=True, max_length=18)),
                ("kind", models.CharField(max_length=10)),
                ("contact", models.CharField(blank=True, max_length=40)),
                ("phone", models.CharField(blank=True, max_length=60)),
                ("address", models.CharField(blank=True, max_length=120)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["community", "kind", "name"], name="unit_by_kind")],
                "constraints": [
                    models.UniqueConstraint(fields=("community", "name"), name="unit_name_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("uscc", ""), _negated=True),
                        fields=("community", "uscc"),
                        name="unit_uscc_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Venue",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("name", models.CharField(max_length=60)),
                ("kind", models.CharField(default="other", max_length=10)),
                ("floor_m2", models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="community.community"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("community", "name"), name="venue_once")],
            },
        ),
        migrations.CreateModel(
            name="BulletinReading",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
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
                    "bulletin_version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.bulletinversion",
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
                        fields=("community", "bulletin_version", "by"), name="bulletinreading_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BulletinMark",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("item", models.CharField(max_length=100)),
                ("digest", models.CharField(max_length=64)),
                ("is_agreed", models.BooleanField()),
                ("remark", models.CharField(blank=True, max_length=300)),
                ("marked_at", models.DateTimeField()),
                (
                    "bulletin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.bulletin",
                    ),
                ),
                (
                    "marked_by",
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
                        fields=("community", "bulletin", "item", "marked_by"), name="bulletinmark_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_agreed", True), models.Q(("remark", ""), _negated=True), _connector="OR"
                        ),
                        name="bulletinmark_remark",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulletinFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("name", models.CharField(max_length=120)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("findings", models.JSONField(blank=True, default=list)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bulletin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.bulletin",
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
                        fields=("community", "bulletin", "name"), name="bulletinfile_name_once"
                    ),
                    models.UniqueConstraint(
                        fields=("community", "bulletin", "sha256"), name="bulletinfile_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulletinEditor",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "bulletin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.bulletin",
                    ),
                ),
                (
                    "user",
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
                        fields=("community", "bulletin", "user"), name="bulletineditor_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BulletinCorrection",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("number", models.PositiveSmallIntegerField()),
                ("reason", models.CharField(max_length=200)),
                ("started_at", models.DateTimeField()),
                ("before", models.JSONField(default=dict)),
                (
                    "bulletin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.bulletin",
                    ),
                ),
                (
                    "started_by",
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
                        fields=("community", "bulletin", "number"), name="bulletincorrection_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 2), models.Q(("reason", ""), _negated=True)),
                        name="bulletincorrection_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulletinBoard",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("kind", models.CharField(max_length=11)),
                ("text", models.TextField(blank=True)),
                (
                    "bulletin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.bulletin",
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
                        fields=("community", "bulletin", "kind"), name="bulletinboard_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BulletinBasis",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField(default=1)),
                ("key", models.CharField(max_length=60)),
                ("is_published", models.BooleanField(default=False)),
                ("figures", models.JSONField(default=dict)),
                ("counted", models.JSONField(default=dict)),
                (
                    "bulletin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="community.bulletin",
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
                        fields=("community", "bulletin", "key", "is_published"), name="bulletinbasis_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="objection",
            index=models.Index(fields=["community", "notice"], name="objection_of_notice"),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.UniqueConstraint(fields=("code_hash", "community"), name="objection_code"),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="objection_text"
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("handed_at__isnull", True), ("handed_by__isnull", True)),
                    models.Q(("handed_at__isnull", False), ("handed_by__isnull", False)),
                    _connector="OR",
                ),
                name="objection_handed_pair",
            ),
        ),
        migrations.AddIndex(
            model_name="bulletinversion",
            index=models.Index(fields=["community", "-month", "-number"], name="bulletinversion_newest"),
        ),
        migrations.AddConstraint(
            model_name="bulletinversion",
            constraint=models.UniqueConstraint(
                fields=("community", "bulletin", "number"), name="bulletinversion_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletinversion",
            constraint=models.UniqueConstraint(fields=("community", "notice"), name="bulletinversion_notice"),
        ),
        migrations.AddConstraint(
            model_name="medium",
            constraint=models.UniqueConstraint(
                fields=("community", "kind", "stairwell", "place"), name="medium_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="medium",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stairwell__isnull", False), models.Q(("place", ""), _negated=True), _connector="OR"
                ),
                name="medium_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="medium",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "slogan"), ("length_m__gt", 0), ("length_m__isnull", False)),
                    models.Q(models.Q(("kind", "slogan"), _negated=True), ("length_m__isnull", True)),
                    _connector="OR",
                ),
                name="medium_slogan_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="medium",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True), models.Q(("content", ""), _negated=True), _connector="OR"
                ),
                name="medium_until",
            ),
        ),
    ]
