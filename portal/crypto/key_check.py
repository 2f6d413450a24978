"""Key check: whether the present encryption keys are those with which the database was written.

A table of key checks holds a known text, encrypted with every data key, and its keyed hash for the index key. It is
written with the first migration and by `rotate_keys`, and read at start, by health checks and by `restore`.
"""

import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connections

from portal.crypto import vault

INDEX = "index"
_CONTEXT = "portal_keycanary.value"
_TEXT = "里仁"
_READ = "SELECT name, uuid, value FROM portal_keycheck ORDER BY id"
_WRITE = "INSERT INTO portal_keycheck (name, uuid, value) VALUES (%s, %s, %s) ON CONFLICT (name) DO NOTHING"

Canaries = Mapping[str, tuple[uuid.UUID, bytes]]
"""Name of the key → the row id to which its value is bound, and the value."""


@dataclass(frozen=True, slots=True)
class KeyProblem:
    """Missing and wrong keys, by the names of their key checks."""

    missing: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.wrong)

    def __str__(self) -> str:
        """Sentence that names the problem and where the right key file belongs."""
        parts = []
        if self.missing:
            parts.append(f"缺少{_listed(self.missing)}")
        if self.wrong:
            parts.append(f"{_listed(self.wrong)}与数据库中的数据不符")
        return f"密钥不对：{'；'.join(parts)}。请把原来的密钥文件放到 {vault.key_file()}。"


def _listed(names: tuple[str, ...]) -> str:
    ids = [name for name in names if name != INDEX]
    words = [f"编号 {'、'.join(ids)} 的数据密钥"] if ids else []
    return "和".join([*words, "检索密钥"] if INDEX in names else words)


def write_canaries(*, using: str, **kwargs) -> None:
    """Write a canary for every key that has none yet. Run by the owner, after migrations."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('portal_keycheck')")
        if cursor.fetchone()[0] is None:
            return
        cursor.execute(_READ)
        names = {name for name, _, _ in cursor.fetchall()}
        for key_id in sorted(vault.key_ids()):
            if str(key_id) not in names:
                row = uuid.uuid4()
                cursor.execute(_WRITE, [str(key_id), row, vault.encrypt(_TEXT, _CONTEXT, row, key_id=key_id)])
        if INDEX not in names:
            cursor.execute(_WRITE, [INDEX, uuid.uuid4(), vault.blind_index(_TEXT, _CONTEXT)])


def read_canaries(*, using: str) -> Canaries:
    """Canaries of a database; empty before the first migration."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('portal_keycheck')")
        if cursor.fetchone()[0] is None:
            return {}
        cursor.execute(_READ)
        return {name: (row, bytes(value)) for name, row, value in cursor.fetchall()}


def key_problem(canaries: Canaries) -> KeyProblem:
    """Compare the present keys with the key checks of a database. Raises vault.KeysMissing if their file is damaged."""
    if not vault.key_file().exists():  # the vault would create new keys
        return KeyProblem(missing=tuple(canaries))
    ids = {str(key_id) for key_id in vault.key_ids()}
    missing = tuple(name for name in canaries if name != INDEX and name not in ids)
    wrong = tuple(
        name for name, canary in canaries.items() if name not in missing and not _is_ours(name, *canary)
    )
    return KeyProblem(missing, wrong)


def _is_ours(name: str, row: uuid.UUID, value: bytes) -> bool:
    if name == INDEX:
        return hmac.compare_digest(value, vault.blind_index(_TEXT, _CONTEXT))
    try:
        return vault.decrypt(value, _CONTEXT, row) == _TEXT
    except vault.SecretUnreadable:
        return False
