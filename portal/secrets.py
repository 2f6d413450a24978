"""Files that hold keys: made once, outside the database, readable by their owner only."""

import os
import secrets
from pathlib import Path


def create_once(path: Path, content: str) -> None:
    """Write `content` to `path` unless the file exists, with mode 0600.

    The file appears complete or not at all (written aside, then linked); when several processes
    start at once the first one wins.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = _written_aside(path, content)
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def replace(path: Path, content: str) -> None:
    """Put `content` in place of what `path` holds, whole or not at all."""
    _written_aside(path, content).rename(path)


def _written_aside(path: Path, content: str) -> Path:
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return aside


def read_or_create_text_key(path: Path, *, length: int = 64) -> str:
    """Return the random text key in `path`, making it at first use."""
    if not path.exists():
        create_once(path, secrets.token_urlsafe(length) + "\n")
    return path.read_text("ascii").strip()
