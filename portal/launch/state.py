"""Launch of Liren: set-up, the embedded PostgreSQL, and the processes of `make run`.

This file and `setup.py` run under the system's Python before anything is installed: standard library only.
"""

import errno
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
DEFAULT_PORT = "8000"
UNFINISHED_RESTORE = "restore.unfinished"
"""File in the data folder that exists while a restore is running or after it was interrupted."""
RUN_LOCK = "run.lock"
"""File in the data folder that the first start or restore makes, locked while one goes on."""
ADDRESS = "address"
"""File in the data folder with the URL of the portal that runs on it, or ran last."""


class LaunchError(Exception):
    """Liren cannot start. The text is one Chinese sentence for the operator, shown without a traceback."""


def state_path() -> Path:
    """Path of this installation's data folder (LIREN_VAR, default `var/`), whether or not it exists."""
    return Path(os.environ.get("LIREN_VAR") or ROOT / "var").absolute()


def state_folder() -> Path:
    """Data folder of this installation, made if it is missing, readable by its owner only.

    The absolute path is put into the environment, so that every process started from here uses the same.
    """
    var = state_path()
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LaunchError(f"无法建立数据目录 {var}（{cause_of(error)}）。") from error
    if not os.access(var, os.W_OK):
        raise LaunchError(f"数据目录 {var} 不可写，请用建立它的用户启动。")
    os.environ["LIREN_VAR"] = str(var)
    return var


def require_begun(var: Path) -> None:
    """Refuse a folder on which nothing was ever started: most likely LIREN_VAR is wrong or missing."""
    if not (var / RUN_LOCK).is_file():
        raise LaunchError(
            f"数据目录 {var} 里没有里仁的数据，没有作任何改动。请核对 LIREN_VAR；新装的请先执行 make run。"
        )


def require_keys(var: Path) -> None:
    """Refuse to restore into a folder without keys: no backup can be read there, and LIREN_VAR may be wrong."""
    keys = var / "keys" / "data_keys.json"
    if not keys.is_file():
        raise LaunchError(
            f"数据目录 {var} 里没有密钥，没有作任何改动。请核对 LIREN_VAR，并先把原来的密钥文件放到 {keys}。"
        )


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


def cause_of(error: OSError) -> str:
    """What the operator can do something about, in Chinese, or else the system's own words."""
    causes = {
        errno.ENOSPC: "磁盘空间不足",
        errno.EDQUOT: "磁盘配额已用完",
        errno.EACCES: "没有权限，请用安装时的用户启动",
        errno.EPERM: "没有权限，请用安装时的用户启动",
        errno.EROFS: "磁盘是只读的",
    }
    return causes.get(error.errno) or error.strerror or str(error)
