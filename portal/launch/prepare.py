"""Bring files and database up to the code: `python -m portal.launch.prepare`, with both database addresses set.

`python -m portal.launch.prepare static` leaves the database alone: the tests make one of their own.
One process for all of it, because starting Django is the longest part where nothing is to be done.
"""

import hashlib
import os
import secrets
import sys
from pathlib import Path

from portal.crypto.key_files import create_once
from portal.launch import inventory
from portal.launch.state import ROOT, LaunchError, state_folder


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    os.environ["LIREN_LOGIN"] = "owner"
    os.environ.setdefault("LIREN_CONNECT_SECONDS", "10")  # as for commands: nobody waits for a page
    var = state_folder()
    make_private_files(var)
    import django
    from django.core.management import call_command

    django.setup()
    only_static = sys.argv[1:] == ["static"]
    if not only_static:
        refuse_old_database()
    collect_static(var, call_command)
    if only_static:
        return
    sweep_uploads()
    check_keys()
    migrate(call_command)
    check_rights()
    load_demo(call_command)
    print_accounts()


def make_private_files(var: Path) -> None:
    """Make what the settings look for in the data folder; reading the settings alone makes nothing."""
    create_once(var / "keys" / "secret_key", secrets.token_urlsafe(64) + "\n")
    (var / "uploads").mkdir(mode=0o700, exist_ok=True)


def collect_static(var: Path, call_command) -> None:
    """Collect, hash and compress the static files if a source changed or some are missing or damaged."""
    folder, stamp, files = var / "static", var / "static.collected", var / "static.files"
    fingerprint = _static_fingerprint()
    is_current = stamp.is_file() and stamp.read_text() == fingerprint
    if is_current and inventory.is_intact(folder, files, content=True):
        return
    print("正在整理页面文件", flush=True)
    stamp.unlink(missing_ok=True)
    # Collecting starts from the existing manifest, and fails if that is damaged.
    inventory.remove(folder)
    call_command("collectstatic", interactive=False, verbosity=0)
    inventory.write_inventory(folder, files, content=True)
    stamp.write_text(fingerprint)


def _static_fingerprint() -> str:
    """Fingerprint: name, size and time of our static files, and the files that determine which others are collected."""
    files = sorted(path for path in (ROOT / "static").rglob("*") if path.is_file())
    parts = [
        f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}".encode(errors="surrogateescape")
        for path in files
    ]
    deciding = ("package-lock.json", "requirements.txt", "portal/settings.py", "portal/launch/setup.py")
    parts += [(ROOT / name).read_bytes() for name in deciding]
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def sweep_uploads() -> None:
    """Delete upload files that a killed process left; nobody uploads before the start."""
    from django.conf import settings

    for upload in settings.FILE_UPLOAD_TEMP_DIR.iterdir():
        upload.unlink()


def refuse_old_database() -> None:
    """Refuse, before anything is changed, a database from which no migration leads to this version."""
    from portal.database.compatibility import OLD_DATABASE, is_old_database

    if is_old_database(using="default"):
        raise LaunchError(OLD_DATABASE)


def migrate(call_command) -> None:
    """Migrate the tables, then install the other database objects; the latter also if no table changed."""
    from portal.database import install

    if not install.is_migrated(using="default"):
        print("正在更新数据库结构", flush=True)
        call_command("migrate", interactive=False, verbosity=0)
    install.install_if_changed(using="default")


def check_keys() -> None:
    """Refuse to start with keys other than those that encrypted the data, before more is written with them."""
    from portal.crypto import key_check
    from portal.crypto.vault import KeysMissing

    try:
        problem = key_check.key_problem(key_check.read_canaries(using="default"))
    except KeysMissing as damaged:
        raise LaunchError(str(damaged)) from damaged
    if problem:
        raise LaunchError(str(problem))


def check_rights() -> None:
    """Refuse to start if roles or their rights are missing, because every page would fail."""
    from portal.access.table_grants import missing_rights

    if missing := missing_rights(using="default"):
        more = f"（共 {len(missing)} 项）" if len(missing) > 3 else ""
        raise LaunchError(
            f"数据库不完整：{'；'.join(missing[:3])}{more}。请用 manage.py restore 从备份重新恢复。"
        )


def load_demo(call_command) -> None:
    """Load the demo into an empty database, on local addresses only, because its password is public."""
    from django.conf import settings

    if settings.ONLY_HERE and os.environ.get("DEMO") != "0":
        call_command("load_demo", if_empty=True)


def print_accounts() -> None:
    """Print who can sign in: the demo accounts, or how to create the first account."""
    from django.contrib.auth import get_user_model

    from portal.hooks.registry import Hook, call_hooks

    accounts = list(call_hooks(Hook.DEMO_ACCOUNTS))
    if accounts:
        print(f"演示账号，密码都是 {accounts[0].password}：")
        for account in accounts:
            print(f"  {account.username:<12}{account.role}：{account.tries}")
    elif not get_user_model().objects.exists():
        print("还没有账号。请用 manage.py create_account 建立第一个系统管理员和街道工作人员的账号。")
    sys.stdout.flush()


def main_or_sentence() -> None:
    """Run `main`; what the operator can do something about ends it with a sentence instead of a traceback."""
    try:
        main()
    except LaunchError as problem:
        sys.exit(str(problem))
    except Exception as problem:
        from portal.files.storage import is_full

        if not is_full(problem):
            raise
        sys.exit("磁盘空间不足，请清理后再启动。")


if __name__ == "__main__":
    main_or_sentence()
