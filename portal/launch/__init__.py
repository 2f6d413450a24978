"""Starting Liren: set-up, the embedded PostgreSQL, the processes of `make run`.

This file and `setup.py` run under the system's Python before anything is installed: standard library only.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class LaunchError(Exception):
    """What keeps Liren from starting, as one Chinese sentence for the operator; shown without a traceback."""


def state_folder() -> Path:
    """The folder of everything this installation keeps (LIREN_VAR, default `var/`), readable by its owner only.

    The absolute path goes back into the environment, so that every process started from here agrees on it.
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
