"""How much of the disk the public's photos may take."""

from django.db import connection

PHOTO_QUOTA = 200 * 2**20
"""Bytes of a community's photos sent without an account: two or three of each of its requests for some years."""
SPAM_QUOTA = 50 * 2**20
"""Of these for suspected and rejected requests, so that a flood leaves room for others' photos."""


def photo_space(community, *, is_suspected: bool = False) -> int:
    """Bytes that the public's photos may still take in the community; above it a request comes in without its photos.

    Attachments count whose `user_id` is `portal.audit.access_log.NOBODY` (`flood.sql`).
    To be asked right before they are stored: others who ask wait until the end of the transaction.
    """
    space = PHOTO_QUOTA - _bytes(community, only_spam=False)
    if is_suspected:
        space = min(space, SPAM_QUOTA - _bytes(community, only_spam=True))
    return max(space, 0)


def _bytes(community, *, only_spam: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT services_public_photo_bytes(%s, %s)", [community.id, only_spam])
        return cursor.fetchone()[0]
