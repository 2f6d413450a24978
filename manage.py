#!/usr/bin/env python3
"""Django's commands with the database they need: `.venv/bin/python manage.py <command>`."""

import os
import signal
import sys

from portal.launch.state import LaunchError, require_keys, state_path
from portal.launch.variables import check_variables, require_owner

WITHOUT_DATABASE = {
    *("help", "version", "--version", "check", "makemigrations"),
    *("collectstatic", "findstatic", "backup_key"),
}
# These make tables or see the rows of every community; all others run with the rights of the web process.
AS_OWNER = {
    "migrate",
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
        from django.core.management import execute_from_command_line

        from portal.launch import own_database
        from portal.launch.postgres import embedded_server
    except ModuleNotFoundError as error:
        raise LaunchError(
            "尚未安装运行环境，请先执行 make run，再用 .venv/bin/python manage.py 执行命令。"
        ) from error
    # As an exception, so that the embedded server is left in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    check_variables()
    asks_database = command not in WITHOUT_DATABASE or "--database" in sys.argv  # of `check`
    alone = not asks_database or {"-h", "--help"} & set(sys.argv)
    if command in AS_OWNER and not alone:
        require_owner()
    var = state_path()
    os.environ["LIREN_VAR"] = str(var)
    if alone:
        execute_from_command_line(sys.argv)
        return
    # Only a restore begins with a folder of its own; with any other command LIREN_VAR is wrong or missing.
    if command == "restore":
        require_keys(var)
    with embedded_server(var, may_begin=command == "restore") as database:
        execute_from_command_line(sys.argv)
        if command == "restore":
            own_database.record(var, database.owner, embedded=database.server is not None)


if __name__ == "__main__":
    try:
        main()
    except LaunchError as problem:
        sys.exit(str(problem))
