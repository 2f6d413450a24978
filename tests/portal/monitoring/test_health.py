"""Health checks for monitors, and the deployment page for the administrator."""

import datetime
import logging
import uuid

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from portal.access.table_grants import missing_rights
from portal.backup.models import Backup
from portal.crypto import key_check, vault
from portal.jobs.models import Job
from portal.monitoring import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def _backup(days_ago: int) -> None:
    Backup.objects.create(file_name="夜间.liren", size=1, tables=1, rows=1, files=0, is_encrypted=True)
    Backup.objects.update(made_at=timezone.now() - datetime.timedelta(days=days_ago))


def test_liveness_is_public(client):
    answer = client.get("/healthz/live", headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "what": {}})


def test_ready_when_every_required_check_passes(client, worker):
    _backup(days_ago=8)  # overdue, which is no reason to take the portal out
    answer = client.get("/healthz/ready", headers={"host": "10.0.0.7"})
    assert answer.status_code == 200
    assert answer.json()["what"] == {
        "database": True,
        "space": True,
        "migrations": True,
        "keys": True,
        "worker": True,
        "backup": False,
    }


@pytest.mark.parametrize("missing", ["worker", "keys", "space", "migrations", "declarations"])
def test_failed_checks_are_named_and_not_logged(
    client, worker, missing, settings, tmp_path, monkeypatch, caplog
):
    with connection.cursor() as cursor:
        if missing == "worker":
            cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'")
        if missing == "migrations":
            cursor.execute("DELETE FROM django_migrations WHERE app = 'axes'")
        if missing == "declarations":  # grants, functions and triggers are those of another version
            cursor.execute(
                "CREATE OR REPLACE FUNCTION portal_installed_fingerprint() RETURNS text LANGUAGE sql"
                " AS $$SELECT 'old'$$"
            )
    if missing == "keys":
        settings.DATA_KEYS_DIR = tmp_path
    monkeypatch.setattr(health, "LEAST_FREE", 2**62 if missing == "space" else 1)
    logging.getLogger("django.request").addHandler(caplog.handler)
    try:
        answer = client.get("/healthz/ready")
    finally:
        logging.getLogger("django.request").removeHandler(caplog.handler)
    assert answer.status_code == 503
    results = answer.json()["what"]
    failed = "migrations" if missing == "declarations" else missing
    assert [name for name, ok in results.items() if not ok] == [failed, "backup"]
    assert caplog.records == []


def test_without_the_database_other_checks_are_skipped(client, monkeypatch):
    def away(self):
        raise OperationalError

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", away)
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "what": {"database": False, "space": True}}


def test_wrong_and_missing_keys_have_different_messages(settings, tmp_path):
    stored_canaries = key_check.read_canaries(using="default")
    assert not key_check.key_problem(stored_canaries)
    settings.DATA_KEYS_DIR = tmp_path
    assert str(key_check.key_problem(stored_canaries)).startswith("密钥不对：缺少编号 1 的数据密钥和检索密钥")
    assert not (tmp_path / "data_keys.json").exists()
    vault.key_ids()  # makes others
    assert "编号 1 的数据密钥和检索密钥与数据库中的数据不符" in str(key_check.key_problem(stored_canaries))


def test_new_key_is_current_and_has_a_key_check(settings, tmp_path):
    settings.DATA_KEYS_DIR = tmp_path
    row = uuid.uuid4()
    old = vault.encrypt("一", "t.c", row)
    assert vault.add_key() == 2
    key_check.write_canaries(using="default")
    new = vault.encrypt("二", "t.c", row)
    assert (vault.key_id_of(old), vault.key_id_of(new)) == (1, 2)
    assert (vault.decrypt(old, "t.c", row), vault.decrypt(new, "t.c", row)) == ("一", "二")
    assert "2" in key_check.read_canaries(using="default")


def test_key_added_by_another_process_is_found(settings, tmp_path):
    settings.DATA_KEYS_DIR = tmp_path
    row = uuid.uuid4()
    vault.encrypt("一", "t.c", row)
    stale = vault._keys(tmp_path)
    vault.add_key()
    key_check.write_canaries(using="default")
    other_value = vault.encrypt("二", "t.c", row)
    for ask in (lambda: vault.decrypt(other_value, "t.c", row) == "二", lambda: 2 in vault.key_ids()):
        vault._keys(tmp_path)[0].clear()
        vault._keys(tmp_path)[0].update(stale[0])
        assert ask()


def test_missing_role_rights_are_reported():
    assert missing_rights(using="default") == []
    with connection.cursor() as cursor:
        cursor.execute("REVOKE SELECT ON community_person FROM liren_app")
        cursor.execute("REVOKE DELETE ON django_session FROM liren_web")
    assert missing_rights(using="default") == [
        "角色 liren_web 缺少表 django_session 的 DELETE 权限",
        "角色 liren_app 缺少表 community_person 的 SELECT 权限",
    ]


def test_deployment_page_tells_the_administrator_what_to_do(client, cast, house, worker):
    _backup(days_ago=8)
    Job.objects.create(
        community_id=house.kuocang.id,
        user_id=cast["staff"].id,
        title="导入 花名册.xlsx",
        state="failed",
        finished_at=timezone.now(),
    )
    client.force_login(cast["admin"])
    answer = client.get(reverse("community:home"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("portal:deployment")
    page = answer.content.decode()
    assert "备份：上次备份在 8 天前" in page
    assert "近 7 天 1 件" in page
    assert "夜间.liren" in page
    assert "花名册" not in page
