#!/usr/bin/env python3
"""Django's commands with the database they need: `.venv/bin/python manage.py <command>`."""

import os
import signal
import sys
from contextlib import nullcontext

from portal.launch.state import LaunchError, state_folder

WITHOUT_DATABASE = {"help", "version", "--version", "collectstatic", "findstatic", "backup_key"}
# These make tables or see the rows of every community; all others run with the rights of the web process.
AS_OWNER = {
    "migrate",
    "makemigrations",
    "showmigrations",
    "sqlmigrate",
    "load_demo",
    "create_community",
    "create_account",
    "reset_link",
    "backup",
    "restore",
    "check_secrets",
    "rotate_keys",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    # Nobody waits for a page; a busy server may take its time.
    os.environ.setdefault("LIREN_CONNECT_SECONDS", "10")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in AS_OWNER:
        os.environ["LIREN_LOGIN"] = "owner"
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line

        from portal.launch.postgres import embedded_server
    except ModuleNotFoundError as error:
        raise LaunchError(
            "尚未安装运行环境，请先执行 make run，再用 .venv/bin/python manage.py 执行命令。"
        ) from error
    # As an exception, so that the embedded server is left in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    alone = command in WITHOUT_DATABASE or {"-h", "--help"} & set(sys.argv)
    with nullcontext() if alone else embedded_server(state_folder()):
        try:
            execute_from_command_line(sys.argv)
        except ImproperlyConfigured as error:
            raise LaunchError(str(error)) from error


if __name__ == "__main__":
    try:
        main()
    except LaunchError as problem:
        sys.exit(str(problem))
