"""Tracking codes (查询码): somebody without an account reads the state of their objection.

Only a keyed hash is stored.
"""

import secrets
import unicodedata

from portal.crypto.vault import blind_index

ALPHABET = "23456789ABCDEFGHJKMNPQRTUVWXYZ"
"""Thirty characters that are not confused with one another on paper."""
LENGTH = 12


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def format_code(code: str) -> str:
    """Format a code for display: K7QM-2XRD-9TPB."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def code_hash(typed: str) -> bytes:
    """Hash of a typed code; hyphens, blanks, case and full width are normalised."""
    code = "".join(char for char in unicodedata.normalize("NFKC", typed).upper() if char.isalnum())
    return blind_index(code, "tracking_code")
