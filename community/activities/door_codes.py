"""Codes at the door of an activity (签到码): whoever is in the room reads it, types or scans it, and is checked in."""

import uuid

from community.objections.tracking_codes import ALPHABET, readings
from portal.crypto.vault import blind_index

LENGTH = 6


def door_code(activity: uuid.UUID) -> str:
    """Code of the activity with this uuid, a keyed hash of it: nobody can guess that of another one."""
    digest = blind_index(str(activity), "activity_door")
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH])


def is_door_code(activity: uuid.UUID, typed: str) -> bool:
    """Whether a typed code is that of the activity, as it may have been misread."""
    return door_code(activity) in readings(typed)
