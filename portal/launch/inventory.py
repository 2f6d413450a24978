"""Lists of the files that were put into a folder, to notice later that some are gone or cut short.

Standard library only: set-up uses it before anything is installed. Files that came later do not matter.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from . import LaunchError

LATER = "__pycache__"
"""Python writes and removes these as it likes."""


def record(folder: Path, listing: Path, *, content: bool = False) -> None:
    """Write the list of the files in `folder`: their sizes, or hashes of their content where they are few."""
    states = {name: _state(folder / name, content) for name in _names(folder) if folder / name != listing}
    listing.write_text(json.dumps(states))


def is_whole(folder: Path, listing: Path, *, content: bool = False) -> bool:
    """Whether every file of the list is in `folder` as it was. False without a list, or one that is broken itself."""
    try:
        states = json.loads(listing.read_text())
        return all(_state(folder / name, content) == state for name, state in states.items())
    except (OSError, ValueError, AttributeError):
        return False


def remove(path: Path) -> None:
    """Have nothing under this name, whatever it was."""
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise LaunchError(f"{path} 不完整，又不能删除（{error.strerror}），请用安装时的用户启动。") from error


def _names(folder: Path, inside: str = "") -> Iterator[str]:
    with os.scandir(folder / inside) as entries:
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                yield f"{inside}{entry.name}"
            elif entry.name != LATER:
                yield from _names(folder, f"{inside}{entry.name}/")


def _state(path: Path, content: bool) -> int | str:
    if content:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return path.lstat().st_size
