"""Health checks (运行状况): JSON for monitors, a page for the administrator.

They run as the runtime login outside any scope, which can read only tables without personal data.
"""

import datetime
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from portal.backup.models import Backup
from portal.crypto import key_check, vault
from portal.database import install

LEAST_FREE = 500 * 1024**2
"""Free bytes required for files."""
WORKER_SECONDS = 60
"""Age from which the worker's heartbeat, sent every ten seconds, counts as missing."""
BACKUP_DAYS = 7
STATEMENT_SECONDS = 2


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """Result of one check. `is_required`: if it fails, the portal is not ready."""

    name: str
    label: str
    ok: bool
    message: str
    is_required: bool = True


def checks() -> list[HealthCheck]:
    """Run all checks; without the database, those that do not need it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
            results = [check(cursor) for check in (_migrations, _keys, _worker, _backup)]
    except Error:
        return [HealthCheck("database", "数据库", False, "连接不上"), _space()]
    return [HealthCheck("database", "数据库", True, "连接正常"), _space(), *results]


def is_ready(results: list[HealthCheck]) -> bool:
    return all(check.ok for check in results if check.is_required)


def last_backups(count: int) -> list[Backup]:
    return list(Backup.objects.all()[:count])


def failed_jobs(since: datetime.datetime) -> int:
    """Number of failed jobs of all communities; only a number, since the administrator may not see their rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_failed_jobs(%s)", [since])
        return cursor.fetchone()[0]


def _space() -> HealthCheck:
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    message = f"剩余 {free / 1024**3:.1f} GB"
    return HealthCheck(
        "space", "文件存储空间", free >= LEAST_FREE, message if free >= LEAST_FREE else f"{message}，不足"
    )


@lru_cache(maxsize=1)
def _wanted_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def _migrations(cursor) -> HealthCheck:
    cursor.execute("SELECT app, name FROM django_migrations")
    missing = _wanted_migrations() - set(cursor.fetchall())
    if missing:
        return HealthCheck(
            "migrations", "数据库结构", False, f"有 {len(missing)} 个应用待更新，请重新启动里仁"
        )
    installed = install.is_installed(using=connection.alias)
    return HealthCheck(
        "migrations",
        "数据库结构",
        installed,
        "与程序一致" if installed else "权限、函数和触发器待更新，请重新启动里仁",
    )


def _keys(cursor) -> HealthCheck:
    try:
        problem = key_check.key_problem(key_check.read_canaries(using=connection.alias))
    except vault.KeysMissing as damaged:
        return HealthCheck("keys", "密钥", False, str(damaged))
    return HealthCheck("keys", "密钥", not problem, str(problem) if problem else "与数据相符")


def _worker(cursor) -> HealthCheck:
    cursor.execute(
        "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s))",
        [WORKER_SECONDS],
    )
    (alive,) = cursor.fetchone()
    return HealthCheck(
        "worker", "后台服务", alive, "在运行" if alive else f"超过 {WORKER_SECONDS} 秒没有回应"
    )


def _backup(cursor) -> HealthCheck:
    """Age of the last backup. Never required for readiness: an overdue backup must not take the portal offline."""
    last = Backup.objects.first()
    if last is None:
        return HealthCheck("backup", "备份", False, "暂无备份", is_required=False)
    age = timezone.now() - last.made_at
    message = f"上次备份在 {age.days} 天前" if age.days else "上次备份在 24 小时以内"
    return HealthCheck(
        "backup", "备份", age <= datetime.timedelta(days=BACKUP_DAYS), message, is_required=False
    )
