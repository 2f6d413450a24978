"""Launch of Liren: set-up, the embedded PostgreSQL, and the processes of `make run`.

This file and `setup.py` run under the system's Python before anything is installed: standard library only.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
DEFAULT_PORT = "8000"
UNFINISHED_RESTORE = "restore.unfinished"
"""File in the data folder that exists while a restore is running or after it was interrupted."""
ADDRESS = "address"
"""File in the data folder with the URL of the portal that runs on it, or ran last."""


class LaunchError(Exception):
    """Liren cannot start. The text is one Chinese sentence for the operator, shown without a traceback."""


def state_folder() -> Path:
    """Data folder of this installation (LIREN_VAR, default `var/`), readable by its owner only.

    The absolute path is put into the environment, so that every process started from here uses the same.
    """
    var = Path(os.environ.get("LIREN_VAR") or ROOT / "var").absolute()
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LaunchError(f"无法建立数据目录 {var}（{error.strerror}）。") from error
    if not os.access(var, os.W_OK):
        raise LaunchError(f"数据目录 {var} 不可写，请用建立它的用户启动。")
    os.environ["LIREN_VAR"] = str(var)
    return var


def portal_address(var: Path) -> str:
    """URL of the portal: from the environment, or else the one under which it was last started."""
    port = os.environ.get("PORT")
    recorded = ""
    if not port and (var / ADDRESS).is_file():
        recorded = (var / ADDRESS).read_text(encoding="utf-8", errors="replace").strip()
    return os.environ.get("LIREN_URL") or recorded or f"http://{HOST}:{port or DEFAULT_PORT}"


def refuse_unfinished(var: Path) -> None:
    """Raise LaunchError if a restore was interrupted, since the data is incomplete."""
    if (var / UNFINISHED_RESTORE).exists():
        raise LaunchError(f"{var} 里的恢复没有完成，数据不完整，请重新执行 manage.py restore。")
