"""Key files: created once, outside the database, readable by their owner only."""

import os
import secrets
from pathlib import Path


def create_once(path: Path, content: str) -> None:
    """Atomically create the file at `path` with `content` and mode 0600, unless it exists.

    The file is written under a temporary name and then linked; of several concurrent processes the first one wins.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = _write_temporary(path, content)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def replace(path: Path, content: str) -> None:
    """Atomically replace the file at `path` by `content`."""
    _write_temporary(path, content).rename(path)


def _write_temporary(path: Path, content: str) -> Path:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return temporary
