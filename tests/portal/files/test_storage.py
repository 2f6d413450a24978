"""Private storage: atomic writes, and clean errors when the disk is full."""

import os
import tempfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client

from community.units.models import Unit
from portal.attachments import store
from portal.attachments.kinds import FileRefused
from portal.attachments.models import Attachment
from portal.files.storage import AtomicFileStorage, StorageFull, deletion_blocked
from portal.importing.models import ImportBatch
from portal.registers.registry import get_register
from tests.imports import Pages, person, roster

PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture
def storage(tmp_path):
    return AtomicFileStorage(
        tmp_path / "media", file_permissions_mode=0o600, directory_permissions_mode=0o700
    )


@pytest.fixture
def full_disk(monkeypatch):
    """Every new file is on a full disk (/dev/full)."""
    make = tempfile.mkstemp

    def on_full_disk(**options):
        descriptor, path = make(**options)
        os.close(descriptor)
        return os.open("/dev/full", os.O_WRONLY), path

    monkeypatch.setattr("portal.files.storage.tempfile.mkstemp", on_full_disk)


@pytest.fixture
def full_database(house):
    """PostgreSQL reports a full disk for every new row of these tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$"
        )
        for table in ("portal_importbatch", "portal_attachment", "community_unit"):
            cursor.execute(f"CREATE TRIGGER no_space BEFORE INSERT ON {table} EXECUTE FUNCTION no_space()")


def _files(folder) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def test_file_gets_a_unique_name(storage):
    names = [storage.save("a/信.pdf", ContentFile(content)) for content in (b"1", b"2")]
    assert names[0] == "a/信.pdf"
    assert [Path(storage.path(name)).read_bytes() for name in names] == [b"1", b"2"]
    assert len(_files(storage.location)) == 2
    assert Path(storage.path(names[0])).stat().st_mode & 0o777 == 0o600


def test_a_full_disk_leaves_no_part_of_a_file(storage, full_disk):
    with pytest.raises(StorageFull, match="磁盘空间不足"):
        storage.save("a/信.pdf", ContentFile(PDF))
    assert _files(storage.location) == []


def test_files_are_not_deleted_during_a_backup(storage):
    name = storage.save("信.pdf", ContentFile(PDF))
    with deletion_blocked(storage.location) as alone:
        assert alone
        storage.delete(name)
        assert storage.exists(name)
        with deletion_blocked(storage.location) as second:
            assert not second
    storage.delete(name)
    assert not storage.exists(name)


def test_an_attachment_leaves_no_file_when_the_database_is_full(
    house, cast, full_database, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path / "media"
    unit = Unit.objects.get(community=house.kuocang)
    with pytest.raises(FileRefused, match="磁盘空间不足"):
        store.add(unit, "协议.pdf", PDF, by=cast["director"])
    assert _files(settings.MEDIA_ROOT) == []
    assert not Attachment.objects.exists()


@pytest.mark.logs_errors
def test_an_upload_for_import_is_refused_with_its_form(client, cast, full_database):
    client.force_login(cast["staff"])
    answer = Pages(client).upload(roster(person("王五")))
    assert answer.status_code == 507
    assert "磁盘空间不足" in answer.content.decode()
    assert answer.context["form"]["token"].value()
    assert not ImportBatch.objects.exists()


@pytest.mark.logs_errors
def test_other_forms_get_an_error_page(house, cast, full_database):
    client = Client(raise_request_exception=False)
    client.force_login(cast["staff"])
    url = get_register("community:unit").url("create", house.kuocang.ref)
    form = client.get(url).context["form"]
    values = {name: form[name].value() or "" for name in form.fields} | {
        "name": "新单位",
        "kinds": ["located"],
    }
    answer = client.post(url, values)
    assert answer.status_code == 507
    assert "磁盘空间不足" in answer.content.decode()
    assert not Unit.objects.filter(name="新单位").exists()
