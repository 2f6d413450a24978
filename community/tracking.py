"""Codes by which somebody without an account reads what became of what they handed in (查询码).

The portal keeps a keyed hash only: who reads the database learns no code.
"""

import secrets
import unicodedata

from portal.vault import blind_index

ALPHABET = "23456789ABCDEFGHJKMNPQRTUVWXYZ"
"""Thirty characters, none of which is taken for another on paper."""
LENGTH = 12


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def written(code: str) -> str:
    """A code as it is shown: K7QM-2XRD-9TPB."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def code_hash(typed: str) -> bytes:
    """The hash of a code as somebody typed it: strokes, blanks, case and full-width letters make no difference."""
    code = "".join(char for char in unicodedata.normalize("NFKC", typed).upper() if char.isalnum())
    return blind_index(code, "tracking_code")
