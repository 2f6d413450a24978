"""How the portal is (运行状况): for monitors as JSON, for the administrator as a page.

Asked by the runtime login outside any scope, so it sees tables without personal data only.
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

from portal import canaries, vault
from portal.database import install
from portal.models import Backup

LEAST_FREE = 500 * 1024**2
"""Bytes that must be free for files."""
WORKER_SECONDS = 60
"""The worker's heart beats every ten seconds."""
BACKUP_DAYS = 7
STATEMENT_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `needed`: without it the portal is not ready."""

    name: str
    label: str
    ok: bool
    said: str
    needed: bool = True


def checks() -> list[Check]:
    """Look at everything; where the database is away, at what is left."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
            asked = [check(cursor) for check in (_migrations, _keys, _worker, _backup)]
    except Error:
        return [Check("database", "数据库", False, "连接不上"), _space()]
    return [Check("database", "数据库", True, "连接正常"), _space(), *asked]


def is_ready(found: list[Check]) -> bool:
    return all(check.ok for check in found if check.needed)


def last_backups(count: int) -> list[Backup]:
    return list(Backup.objects.all()[:count])


def failed_jobs(since: datetime.datetime) -> int:
    """How many jobs of all communities failed; a number only, since the administrator sees none of their rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_failed_jobs(%s)", [since])
        return cursor.fetchone()[0]


def _space() -> Check:
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    said = f"剩余 {free / 1024**3:.1f} GiB"
    return Check("space", "文件存储空间", free >= LEAST_FREE, said if free >= LEAST_FREE else f"{said}，不足")


@lru_cache(maxsize=1)
def _wanted_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def _migrations(cursor) -> Check:
    cursor.execute("SELECT app, name FROM django_migrations")
    missing = _wanted_migrations() - set(cursor.fetchall())
    if missing:
        return Check("migrations", "数据库结构", False, f"有 {len(missing)} 个应用待更新，请重新启动里仁")
    installed = install.is_installed(using=connection.alias)
    return Check(
        "migrations",
        "数据库结构",
        installed,
        "与程序一致" if installed else "权限、函数和触发器待更新，请重新启动里仁",
    )


def _keys(cursor) -> Check:
    try:
        trouble = canaries.trouble(canaries.read(using=connection.alias))
    except vault.KeysMissing as damaged:
        return Check("keys", "密钥", False, str(damaged))
    return Check("keys", "密钥", not trouble, str(trouble) if trouble else "与数据相符")


def _worker(cursor) -> Check:
    cursor.execute(
        "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s))",
        [WORKER_SECONDS],
    )
    (alive,) = cursor.fetchone()
    return Check("worker", "后台任务进程", alive, "在运行" if alive else f"超过 {WORKER_SECONDS} 秒没有回应")


def _backup(cursor) -> Check:
    """Overdue or not, the portal can be used: a portal that answers must not be taken out for it."""
    last = Backup.objects.first()
    if last is None:
        return Check("backup", "备份", False, "还没有备份过", needed=False)
    age = timezone.now() - last.made_at
    said = f"上次备份在 {age.days} 天前" if age.days else "上次备份在 24 小时以内"
    return Check("backup", "备份", age <= datetime.timedelta(days=BACKUP_DAYS), said, needed=False)
