"""Tracking codes (查询码): somebody without an account reads the state of what they sent.

Only a keyed hash is stored.
"""

import secrets
import unicodedata
from itertools import islice, product

from portal.crypto.vault import blind_index

ALPHABET = "23456789ABCDEFGHJKMNPQRTUVWXYZ"
"""Thirty characters that are not confused with one another on paper."""
LENGTH = 12
LOOK_ALIKES = {"0": "QD", "O": "QD", "1": "7JT", "I": "JT7", "L": "7JT", "S": "5"}
"""Characters that no code has → those for which they may have been read, the likeliest first."""
MOST_READINGS = 9


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def format_code(code: str) -> str:
    """Format a code for display: K7QM-2XRD-9TPB."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def readings(typed: str) -> list[str]:
    """The codes that may have been meant, the likeliest first; few, so that nobody tries many at once.

    Hyphens, blanks, case and full width are normalised; a character that no code has stands for its look-alikes.
    """
    characters = [char for char in unicodedata.normalize("NFKC", typed).upper() if char.isalnum()]
    choices = (LOOK_ALIKES.get(char, char) for char in characters)
    return ["".join(chosen) for chosen in islice(product(*choices), MOST_READINGS)]


def code_hash(typed: str) -> bytes:
    """Hash of a typed code in its likeliest reading."""
    return blind_index(readings(typed)[0], "tracking_code")
