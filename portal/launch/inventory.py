"""Inventories of installed files, to detect later that some are missing or truncated.

Standard library only: set-up uses it before anything is installed. Files added later are ignored.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from portal.launch.state import LaunchError

IGNORED_FOLDER = "__pycache__"
"""Folder that Python writes and removes at any time; ignored."""


def write_inventory(folder: Path, listing: Path, *, content: bool = False) -> None:
    """Write the inventory of `folder`: file sizes, or hashes of the content where there are few files."""
    states = {name: _state(folder / name, content) for name in _names(folder) if folder / name != listing}
    listing.write_text(json.dumps(states))


def is_intact(folder: Path, listing: Path, *, content: bool = False) -> bool:
    """Whether every file of the inventory is unchanged in `folder`. False if the inventory is missing or damaged."""
    try:
        states = json.loads(listing.read_text())
        return all(_state(folder / name, content) == state for name, state in states.items())
    except (OSError, ValueError, AttributeError):
        return False


def remove(path: Path) -> None:
    """Remove a file or folder if it exists."""
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
            elif entry.name != IGNORED_FOLDER:
                yield from _names(folder, f"{inside}{entry.name}/")


def _state(path: Path, content: bool) -> int | str:
    if content:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return path.lstat().st_size
