"""Stored files: encrypted parts, and deletion with the row to which they belong."""

import datetime
import shutil

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from portal.access.db_scope import scope
from portal.crypto import vault
from portal.exports.models import GeneratedFile, SensitiveExport
from portal.files import deletion
from portal.files import models as files
from portal.files.models import StoredFile, StoredFilePart
from portal.files.tasks import forget_files
from portal.importing.models import ImportBatch
from portal.jobs.models import Job
from residents.form_filling.models import FormFilling

pytestmark = pytest.mark.django_db
CONTENT = bytes(range(250)) * 4


@pytest.fixture(autouse=True)
def short_parts(monkeypatch):
    monkeypatch.setattr(files, "PART_BYTES", 300)


@pytest.fixture
def make(house, cast):
    """Make a row of each kind that owns a file, in a community."""

    def build(community=house.kuocang) -> list:
        own = {"community_id": community.id, "user_id": cast["staff"].pk}
        job = Job.objects.create(**own, title="导出")
        rows = [
            GeneratedFile(**own, register="residents:person", name="居民", extension="csv", job=job),
            SensitiveExport(**own, title="居民", name="居民", extension="csv"),
            FormFilling(**own, file_name="表.xlsx"),
            ImportBatch(**own, register="residents:person", file_name="表.xlsx"),
        ]
        for row in rows:
            row.save()
            row.write_content(CONTENT)
        return rows

    return build


def test_content_comes_back_and_lies_encrypted_in_parts(make):
    for row in make():
        assert type(row).objects.get(pk=row.pk).read_content() == CONTENT
        parts = row.file.parts.all()
        assert [part.number for part in parts] == [0, 1, 2, 3]
        assert not any(CONTENT[:20] in bytes(part.content) for part in parts)


def test_every_kind_of_owner_is_tested_and_has_a_trigger(make):
    assert set(deletion.owners()) == {type(row) for row in make()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'delete_stored_file'")
        assert {table for (table,) in cursor} == {model._meta.db_table for model in deletion.owners()}


def test_a_file_is_deleted_with_its_row_and_not_alone(make, house):
    others = make(house.xizhigou)
    for row in make():
        with pytest.raises(ProtectedError):
            row.file.delete()
        with scope(communities=[house.kuocang.id], write=[house.kuocang.id]):
            type(row).objects.filter(pk=row.pk).delete()
        assert not StoredFile.objects.filter(pk=row.file_id).exists()
        assert not StoredFilePart.objects.filter(file_id=row.file_id).exists()
    assert [row.read_content() for row in others] == [CONTENT] * len(others)


def test_expired_files_are_deleted_with_their_rows(make, house):
    rows, others = make(), make(house.xizhigou)
    assert [row.until is None for row in rows] == [False, False, False, True]
    minute = datetime.timedelta(minutes=1)
    past, later = timezone.now() - minute, timezone.now() + minute
    StoredFile.objects.filter(pk__in=[row.file_id for row in rows[:3]]).update(expires_at=past)
    StoredFile.objects.filter(pk__in=[row.file_id for row in others]).update(expires_at=later)
    forget_files.func(timestamp=0)
    assert [type(row).objects.filter(pk=row.pk).exists() for row in rows] == [False, False, False, True]
    assert StoredFile.objects.count() == 1 + len(others)
    assert all(type(row).objects.filter(pk=row.pk).not_expired().exists() for row in others)


def test_another_community_reads_no_part(make, house):
    row = make()[0]
    with scope(communities=[house.xizhigou.id]):
        assert not StoredFile.objects.exists()
        assert not StoredFilePart.objects.exists()
    with scope(communities=[house.kuocang.id]):
        assert StoredFilePart.objects.filter(file=row.file).exists()


def test_parts_of_two_files_cannot_be_swapped(make):
    first, second = make()[:2]
    number_two = second.file.parts.get(number=2)
    StoredFilePart.objects.filter(file=first.file, number=2).update(content=number_two.content)
    with pytest.raises(vault.SecretUnreadable):
        first.read_content()


def test_key_rotation_and_damage(make, settings, tmp_path, capsys):
    shutil.copytree(settings.DATA_KEYS_DIR, tmp_path, dirs_exist_ok=True)  # the house has encrypted rows
    settings.DATA_KEYS_DIR = tmp_path
    row = make()[3]
    call_command("rotate_keys")
    parts = StoredFilePart.objects.order_by("id")
    assert {vault.key_id_of(bytes(part.content)) for part in parts} == {2}
    assert row.read_content() == CONTENT
    call_command("check_secrets")
    broken = parts.last()
    StoredFilePart.objects.filter(pk=broken.pk).update(content=bytes(broken.content)[:-1] + b"x")
    with pytest.raises(CommandError, match="共有 1 条读不出来"):
        call_command("check_secrets")
    assert f"表 portal_storedfilepart，编号 {broken.pk}" in capsys.readouterr().err


def test_a_row_that_cannot_be_saved_leaves_no_file(house):
    with pytest.raises(IntegrityError), transaction.atomic():
        GeneratedFile(community_id=house.kuocang.id, user_id=None, job_id=1).save()
    assert not StoredFile.objects.exists()
