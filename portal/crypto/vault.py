"""Encryption of fields: AES-256-GCM with rotating keys, and a keyed hash (blind index) for searching.

A stored value is `version (1) | key id (1) | nonce (12) | ciphertext + tag`. The associated data binds it to its
encryption context (column) and row, so a value copied to another row cannot be decrypted there. The keys are in
`<LIREN_VAR>/keys/data_keys.json` (mode 0600): every data key ever used, by id, and one key for the blind index. They
are random, created once, and not derived from `SECRET_KEY`. `portal.crypto.key_check` checks whether they match the database.
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

from portal.crypto.key_files import create_once, replace

FILE_NAME = "data_keys.json"
VERSION = 1
_NONCE = 12


class SecretUnreadable(Exception):
    """Decryption failed: wrong key, another row's value, or damaged bytes."""

    def __init__(self):
        super().__init__("该信息无法读取，请联系系统管理员检查密钥文件。")


class KeysMissing(Exception):
    """The key file is missing or damaged while the database already holds encrypted values."""


@lru_cache(maxsize=4)
def _keys(folder: Path) -> tuple[dict[int, bytes], int, bytes]:
    """Return (data keys by id, id of the current one, index key); the file is created on first use."""
    path = folder / FILE_NAME
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
    create_once(path, json.dumps({"data": {"1": _new_key()}, "current": 1, "index": _new_key()}))


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _current_keys():
    return _keys(settings.DATA_KEYS_DIR)


def key_file() -> Path:
    """Path of the key file, which need not exist."""
    return settings.DATA_KEYS_DIR / FILE_NAME


def key_ids() -> set[int]:
    """Ids of all data keys, reread because another process may have added one. Raises KeysMissing."""
    _keys.cache_clear()
    return set(_current_keys()[0])


def current_key_id() -> int:
    """Id of the key that encrypts new values. Raises KeysMissing."""
    return _current_keys()[1]


def key_id_of(stored: bytes) -> int:
    """Id of the key that encrypted a stored value."""
    return stored[1]


def add_key() -> int:
    """Key rotation: add a data key that encrypts all new values, and return its id. Raises KeysMissing."""
    path = key_file()
    key_id = max(key_ids()) + 1
    if key_id > 255:  # a stored value has one byte for it
        raise KeysMissing(f"密钥文件 {path} 已有 255 个密钥，不能再增加。")
    stored = json.loads(path.read_text("ascii"))
    stored["data"][str(key_id)] = _new_key()
    replace(path, json.dumps(stored | {"current": key_id}))
    _keys.cache_clear()
    return key_id


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    """Cipher of a key, cached because setting it up takes as long as encrypting a number."""
    return AESGCM(key)


def encrypt_bytes(plain: bytes, column: str, row: uuid.UUID, *, key_id: int | None = None) -> bytes:
    """Encrypt `plain` for one column of one row, with the current key unless `key_id` is given."""
    data, current, _ = _current_keys()
    key_id = key_id or current
    nonce = os.urandom(_NONCE)
    sealed = _cipher(data[key_id]).encrypt(nonce, plain, _associated_data(column, row))
    return bytes([VERSION, key_id]) + nonce + sealed


def decrypt_bytes(stored: bytes, column: str, row: uuid.UUID) -> bytes:
    """Decrypt; raises SecretUnreadable on any failure and never returns raw bytes."""
    data, _, _ = _current_keys()
    stored = bytes(stored)
    if len(stored) > 1 and stored[1] not in data:
        # Another process may have added the key since this one read the file.
        _keys.cache_clear()
        data, _, _ = _current_keys()
    if len(stored) < 2 + _NONCE + 16 or stored[0] != VERSION or stored[1] not in data:
        raise SecretUnreadable
    nonce, sealed = stored[2 : 2 + _NONCE], stored[2 + _NONCE :]
    try:
        return _cipher(data[stored[1]]).decrypt(nonce, sealed, _associated_data(column, row))
    except InvalidTag as error:
        raise SecretUnreadable from error


def encrypt(plain: str, column: str, row: uuid.UUID, *, key_id: int | None = None) -> bytes:
    """Encrypt a text for one column of one row."""
    return encrypt_bytes(plain.encode(), column, row, key_id=key_id)


def decrypt(stored: bytes, column: str, row: uuid.UUID) -> str:
    """Decrypt a text; raises SecretUnreadable on any failure."""
    return decrypt_bytes(stored, column, row).decode()


def blind_index(value: str, column: str) -> bytes:
    """Blind index: keyed hash (32 bytes) by which a normalised value is found without being stored."""
    _, _, index = _current_keys()
    return hmac.new(index, f"{column}\0{value}".encode(), hashlib.sha256).digest()


def _associated_data(column: str, row: uuid.UUID) -> bytes:
    return f"{column}\0{row}".encode()
