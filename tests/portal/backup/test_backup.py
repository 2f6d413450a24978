"""Backup and restore: round trip, and refusal of unsuitable files or targets before anything is written."""

import base64
import errno
import os
import uuid
from pathlib import Path

import psycopg
import pytest
from django.core.files.storage import default_storage
from django.db import connection
from psycopg.conninfo import make_conninfo

from community.people.models import Person
from community.units.models import Unit
from portal.attachments import store
from portal.attachments.models import Attachment
from portal.backup import archive, catalogue
from portal.backup import restore as restoring
from portal.backup.backup import back_up
from portal.backup.errors import BackupError
from portal.backup.restore import RestoreTarget, restore
from portal.crypto import reencryption, vault
from portal.database.compatibility import OLD_BACKUP
from portal.launch.state import UNFINISHED_RESTORE, LaunchError, refuse_unfinished

PDF = b"%PDF-1.7\n%%EOF"
NUMBER = "330102199001011237"
NOWHERE = "host=/nowhere dbname=x"


@pytest.fixture
def url(db):
    """The tests' own database, by its owner's login."""
    parameters = connection.get_connection_params()
    return make_conninfo(**{name: parameters[name] for name in ("host", "port", "user", "dbname")})


@pytest.fixture
def empty(url, tmp_path):
    """A new database on the same server, and a new data folder."""
    name = f"liren_restored_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        owner.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        var = tmp_path / "新的 数据"
        var.mkdir()
        yield RestoreTarget(make_conninfo(url, dbname=name), var, var / "media")
        owner.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def family(house, cast, settings, tmp_path):
    """A house with data that a restore could lose: an encrypted number, a file, and a session."""
    settings.MEDIA_ROOT = tmp_path / "media"
    house.person.set_id("identity", NUMBER, "3301**************")
    house.person.save()
    store.add(Unit.objects.get(community=house.kuocang), "协议.pdf", PDF, by=cast["director"])
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES ('x', 'y', now())")
    return house


def _everything(url) -> dict[str, list[str]]:
    """Every row of every table as text."""
    with psycopg.connect(url) as reading:
        names = reading.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {
            name: sorted(row for (row,) in reading.execute(f'SELECT t::text FROM "{name}" AS t'))
            for (name,) in names
        }


@pytest.mark.django_db(transaction=True)
def test_backup_and_restore_round_trip(family, url, empty, settings, tmp_path, monkeypatch):
    messages = []
    archive_path = tmp_path / "夜间.liren"
    summary = back_up(url, Path(settings.MEDIA_ROOT), archive_path, say=messages.append)
    assert archive_path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    with pytest.raises(BackupError, match="已存在"):
        back_up(url, Path(settings.MEDIA_ROOT), archive_path, say=messages.append)

    # An interrupted restore is marked as incomplete, and can be repeated.
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_compare", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            restore(archive_path, empty, say=messages.append)
    with pytest.raises(LaunchError, match="恢复没有完成"):
        refuse_unfinished(empty.var)
    comparison = restore(archive_path, empty, say=messages.append)
    assert comparison.differences == []
    assert (
        (comparison.tables, comparison.rows, comparison.files)
        == (summary.tables, summary.rows, summary.files)
        == (summary.tables, summary.rows, 1)
    )
    refuse_unfinished(empty.var)
    with pytest.raises(BackupError, match="已有数据"):
        restore(archive_path, empty, say=messages.append)

    before, after = _everything(url), _everything(empty.url)
    assert before.pop("django_session")
    assert after.pop("django_session") == []
    assert after == before
    person = Person.objects.get(pk=family.person.pk)
    with psycopg.connect(empty.url) as reading:
        (cipher,) = reading.execute(
            "SELECT id_cipher FROM community_person WHERE id = %s", [person.pk]
        ).fetchone()
        assert vault.decrypt(cipher, "community_person.id_number", person.uuid) == NUMBER
    settings.MEDIA_ROOT = empty.media
    assert store.read(Attachment.objects.get()) == PDF
    _is_guarded(empty.url, family.kuocang.id)

    # The verification detects manipulated content.
    with psycopg.connect(empty.url, autocommit=True) as owner:
        owner.execute("DELETE FROM portal_attachment")
        owner.execute("UPDATE community_unit SET name = name || '（改）'")
        owner.execute("ALTER TABLE community_person NO FORCE ROW LEVEL SECURITY")
        owner.execute("DROP POLICY liren_app_select ON community_unit")
        owner.execute("REVOKE SELECT ON community_unit FROM liren_app")
        next(path for path in empty.media.rglob("*.pdf")).write_bytes(b"")
        manifest, files = restoring._examine(archive_path, None)
        catalogue.set_plain_session(owner)
        differences = restoring._compare(owner, empty, manifest, files).differences
    assert "表 portal_attachment 应有 1 行，现有 0 行" in differences
    assert "表 community_unit 的内容与备份时不同" in differences
    assert {"表 community_person 不同", "表 community_unit 不同"} <= set(differences)
    assert "行级安全策略 community_unit.liren_app_select 缺失" in differences
    assert sum(sentence.startswith("文件") for sentence in differences) == 1


def _is_guarded(url: str, community: int) -> None:
    """The runtime login reads nothing outside a scope, and in a scope only its own community."""
    with psycopg.connect(make_conninfo(url, user="liren_web")) as web:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), web.transaction():
            web.execute("SELECT FROM community_person")
        for visible_to, count in ((str(community), 1), ("999", 0)):
            with web.transaction(force_rollback=True):
                web.execute(
                    "SELECT set_config('role', 'liren_app', true), set_config('liren.communities', %s, true)",
                    [visible_to],
                )
                assert web.execute("SELECT count(*) FROM community_person").fetchone() == (count,)


# Refused files. They contain only what is examined before anything is written.


@pytest.fixture
def manifest(settings, tmp_path):
    """Manifest of a database whose canary the present keys can decrypt."""
    settings.DATA_KEYS_DIR = tmp_path / "keys"
    row = uuid.uuid4()
    canary = vault.encrypt("里仁", "portal_keycanary.value", row)
    return {
        "format": 1,
        "portal": "9.9",
        "migrations": [["portal", "0001_foundation"]],
        "keys": {
            "data": [1],
            "canaries": {"1": {"uuid": str(row), "value": base64.b64encode(canary).decode()}},
        },
    }


def _archive(path: Path, manifest: dict, *, recipient=None, files=()) -> Path:
    def write(stream):
        writer = archive.ArchiveWriter(stream)
        writer.add_json(archive.MANIFEST, manifest)
        for name, content in files:
            writer.add_bytes(f"{archive.FILES}{name}", content)
        writer.close()

    with path.open("wb") as file:
        if recipient is None:
            write(file)
        else:
            with archive.encrypting(file, recipient) as stream:
                write(stream)
    return path


def _refused(path: Path, tmp_path, identity=None) -> str:
    with pytest.raises(BackupError) as caught:
        restore(
            path,
            RestoreTarget(NOWHERE, tmp_path, tmp_path / "none"),
            identity=identity,
            say=lambda line: None,
        )
    assert not (tmp_path / UNFINISHED_RESTORE).exists()
    return str(caught.value)


def test_valid_file_reaches_the_database_step(manifest, tmp_path):
    assert "数据库出错" in _refused(_archive(tmp_path / "b", manifest), tmp_path)


def test_wrong_missing_and_damaged_keys_have_different_messages(manifest, tmp_path, settings):
    path = _archive(tmp_path / "b", manifest)
    settings.DATA_KEYS_DIR = tmp_path / "other"
    sentence = _refused(path, tmp_path)
    assert "缺少编号 1 的数据密钥" in sentence
    assert str(tmp_path / "other" / "data_keys.json") in sentence
    assert not (tmp_path / "other").exists()
    vault.key_ids()
    assert "编号 1 的数据密钥与数据库中的数据不符" in _refused(path, tmp_path)


def test_a_backup_of_a_newer_portal_is_refused(manifest, tmp_path):
    manifest["migrations"].append(["portal", "9999_later"])
    assert "较新的里仁（9.9" in _refused(_archive(tmp_path / "b", manifest), tmp_path)


@pytest.mark.parametrize("initial", ["0001_tables", "0001_initial"])
def test_a_backup_from_before_the_initial_migrations_is_refused(manifest, tmp_path, initial):
    manifest["migrations"] = [["portal", initial], ["portal", "0018_accounts_in_log"]]
    assert _refused(_archive(tmp_path / "b", manifest), tmp_path) == OLD_BACKUP


@pytest.mark.django_db(transaction=True)
def test_a_backup_of_an_old_database_is_refused_and_the_place_stays_empty(
    family, url, empty, settings, tmp_path
):
    target = tmp_path / "b"
    with psycopg.connect(url, autocommit=True) as owner:
        known = owner.execute("SELECT id, name FROM django_migrations WHERE app = 'portal'").fetchall()
        try:
            owner.execute("UPDATE django_migrations SET name = '0001_tables' WHERE app = 'portal'")
            back_up(url, Path(settings.MEDIA_ROOT), target, say=lambda line: None)
        finally:
            for row, name in known:
                owner.execute("UPDATE django_migrations SET name = %s WHERE id = %s", [name, row])
    with pytest.raises(BackupError) as caught:
        restore(target, empty, say=lambda line: None)
    assert str(caught.value) == OLD_BACKUP
    assert not any(empty.var.iterdir())
    with psycopg.connect(empty.url) as place:
        assert catalogue.tables(place) == []


@pytest.mark.parametrize("begin", [b"manifest.json", b"00000000", b"contents.json"])
def test_truncated_file_is_refused(manifest, tmp_path, begin):
    path = _archive(tmp_path / "b", manifest, files=[("a", b"0" * 50_000)])
    path.write_bytes(path.read_bytes().partition(begin)[0])
    assert "不完整或已损坏" in _refused(path, tmp_path)


def test_modified_file_is_refused(manifest, tmp_path):
    path = _archive(tmp_path / "b", manifest, files=[("a", b"0" * 50_000)])
    content = bytearray(path.read_bytes())
    content[content.index(b"00000000") + 20_000] = 49
    path.write_bytes(content)
    assert "不完整或已损坏" in _refused(path, tmp_path)


def test_path_traversal_in_file_names_is_refused(manifest, tmp_path):
    path = _archive(tmp_path / "b", manifest, files=[("../../outside", b"x")])
    assert "不合规的文件名" in _refused(path, tmp_path)


def test_an_encrypted_backup_opens_with_its_key_only(manifest, tmp_path):
    keys = {}
    for name in ("own", "other"):
        private, keys[name] = archive.new_identity()
        (tmp_path / name).write_text(private)
    path = _archive(tmp_path / "b", manifest, recipient=archive.recipient_of(keys["own"]))
    assert b"manifest" not in path.read_bytes()
    assert "请用 --identity" in _refused(path, tmp_path)
    assert "私钥与备份文件不符" in _refused(path, tmp_path, tmp_path / "other")
    assert "数据库出错" in _refused(path, tmp_path, tmp_path / "own")
    path.write_bytes(path.read_bytes()[:-100])
    assert "不完整或已损坏" in _refused(path, tmp_path, tmp_path / "own")
    with pytest.raises(BackupError, match="age 公钥"):
        archive.recipient_of("age1nothing")


# The target


def test_role_that_cannot_be_created_is_reported(url):
    roles = {
        "liren_report": {"login": True, "member_of": []},
        "liren_app": {"login": False, "member_of": []},
    }
    refused = pytest.raises(BackupError, match="缺少数据库角色 liren_report，本登录无权建立")
    with psycopg.connect(make_conninfo(url, user="liren_web"), autocommit=True) as web, refused:
        restoring._create_roles(web, roles)
    with psycopg.connect(url) as owner:
        assert "liren_report 原可登录，密码须由管理员重新设置" in restoring._create_roles(owner, roles)
        owner.rollback()


def test_existing_files_are_not_overwritten(url, empty):
    empty.media.mkdir()
    (empty.media / "旧.pdf").write_bytes(PDF)
    with psycopg.connect(empty.url) as owner, pytest.raises(BackupError, match="已有文件"):
        restoring._require_empty(owner, empty)


@pytest.mark.django_db
def test_a_full_disk_leaves_no_backup(url, tmp_path, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive.ArchiveWriter, "add_stream", full)
    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(BackupError, match="磁盘空间不足"):
        back_up(url, tmp_path / "media", folder / "b", say=lambda line: None)
    assert list(folder.iterdir()) == []


# Secrets


def test_every_encrypted_column_is_declared():
    from django.apps import apps
    from django.db import models

    declared = {
        (secret.model, secret.field) for secret in reencryption.encrypted_columns() if not secret.in_storage
    }
    binary_fields = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.BinaryField)
    }
    hashes = {
        ("Person", "id_hash"),
        ("PersonEvent", "id_hash"),
        ("Disability", "certificate_hash"),
        ("DisabilityEvent", "certificate_hash"),
        ("Elder", "bank_card_hash"),
        ("ElderEvent", "bank_card_hash"),
        ("KeyCheck", "value"),
        ("Objection", "code_hash"),
        ("Request", "code_hash"),
        ("StaffComplaint", "code_hash"),
        ("VenueBooking", "code_hash"),
        ("Donation", "code_hash"),
    }
    assert {pair for pair in binary_fields if (pair[0].__name__, pair[1]) not in hashes} == declared


@pytest.mark.django_db
def test_unreadable_values_are_reported_and_not_reencrypted(house, settings, tmp_path):
    settings.DATA_KEYS_DIR = tmp_path
    other = Person.objects.create(community=house.kuocang, name="李四", name_key="li si", initials="ls")
    for person in (house.person, other):
        person.set_id("identity", NUMBER[:-1] + ("7" if person is other else "X"), "3301**************")
        person.save()
    Person.objects.filter(pk=other.pk).update(id_cipher=house.person.id_cipher)  # another row's value
    numbers = next(secret for secret in reencryption.encrypted_columns() if secret.model is Person)
    assert reencryption.count_unreadable(numbers, lambda done: None) == (2, [other.pk])
    vault.add_key()
    history = Person.pgh_event_model.objects.count()
    assert reencryption.reencrypt(numbers, lambda done: None) == (1, 1)
    assert Person.pgh_event_model.objects.count() == history
    house.person.refresh_from_db()
    assert vault.key_id_of(bytes(house.person.id_cipher)) == 2
    assert house.person.read_id() == NUMBER[:-1] + "X"


def test_backup_includes_the_default_storage(settings):
    assert Path(default_storage.location) == Path(settings.MEDIA_ROOT).absolute()
