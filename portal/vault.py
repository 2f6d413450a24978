"""Secret fields: AES-256-GCM at rest, found by a keyed hash, and refused rather than shown when damaged.

A stored value is `version (1) | key id (1) | nonce (12) | ciphertext + tag`. The associated data binds it
to its column and row, so a value copied to another row cannot be read there. Keys stand in
`<LIREN_VAR>/keys/data_keys.json` (mode 0600): every data key ever used, by id, and one key for the blind
index. They are random, made once, and not derived from `SECRET_KEY`.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import uuid
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from portal.secrets import create_once

VERSION = 1
_NONCE = 12


class SecretUnreadable(Exception):
    """A stored secret cannot be read: wrong key, another row's value, or damaged bytes."""

    def __init__(self):
        super().__init__("该信息无法读取，请联系系统管理员检查密钥文件。")


class KeysMissing(Exception):
    """The key file is gone or damaged while the database already holds encrypted values."""


@lru_cache(maxsize=4)
def _keys(folder: Path) -> tuple[dict[int, bytes], int, bytes]:
    """Return (data keys by id, id of the current one, index key), making the file at first use."""
    path = folder / "data_keys.json"
    if not path.exists():
        _create(path)
    try:
        stored = json.loads(path.read_text("ascii"))
        data = {int(key_id): base64.b64decode(value) for key_id, value in stored["data"].items()}
        index = base64.b64decode(stored["index"])
        current = int(stored["current"])
        if any(len(value) != 32 for value in (*data.values(), index)) or current not in data:
            raise ValueError("key length")
    except (ValueError, KeyError, TypeError) as error:
        raise KeysMissing(f"密钥文件 {path} 已损坏，请从备份中恢复后再启动。") from error
    return data, current, index


def _create(path: Path) -> None:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    create_once(path, json.dumps({"data": {"1": key()}, "current": 1, "index": key()}))


def _current_keys():
    return _keys(settings.DATA_KEYS_DIR)


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    """Setting a key up takes as long as encrypting a number with it."""
    return AESGCM(key)


def encrypt_bytes(plain: bytes, column: str, row: uuid.UUID) -> bytes:
    """Encrypt `plain` for one column of one row."""
    data, current, _ = _current_keys()
    nonce = os.urandom(_NONCE)
    sealed = _cipher(data[current]).encrypt(nonce, plain, _bound_to(column, row))
    return bytes([VERSION, current]) + nonce + sealed


def decrypt_bytes(stored: bytes, column: str, row: uuid.UUID) -> bytes:
    """Decrypt; raises SecretUnreadable on any failure and never returns raw bytes."""
    data, _, _ = _current_keys()
    stored = bytes(stored)
    if len(stored) < 2 + _NONCE + 16 or stored[0] != VERSION or stored[1] not in data:
        raise SecretUnreadable
    nonce, sealed = stored[2 : 2 + _NONCE], stored[2 + _NONCE :]
    try:
        return _cipher(data[stored[1]]).decrypt(nonce, sealed, _bound_to(column, row))
    except InvalidTag as error:
        raise SecretUnreadable from error


def encrypt(plain: str, column: str, row: uuid.UUID) -> bytes:
    """Encrypt a text for one column of one row."""
    return encrypt_bytes(plain.encode(), column, row)


def decrypt(stored: bytes, column: str, row: uuid.UUID) -> str:
    """Read a text back; raises SecretUnreadable on any failure."""
    return decrypt_bytes(stored, column, row).decode()


def blind_index(value: str, column: str) -> bytes:
    """The keyed hash by which a normalised value is found without being stored (32 bytes)."""
    _, _, index = _current_keys()
    return hmac.new(index, f"{column}\0{value}".encode(), hashlib.sha256).digest()


def _bound_to(column: str, row: uuid.UUID) -> bytes:
    return f"{column}\0{row}".encode()
