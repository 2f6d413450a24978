"""Attach uploaded photos to a row, all or none."""

from collections.abc import Sequence

from portal.attachments import store
from portal.attachments.kinds import picture_kind

MOST_PHOTOS = 3


def keep_photos(row, photos: Sequence[bytes], by) -> None:
    """Attach uploaded photos to `row`. Raises portal.attachments.kinds.FileRefused."""
    attachments = []
    try:
        for number, content in enumerate(photos[:MOST_PHOTOS], 1):
            attachments.append(store.add(row, f"照片{number}.{picture_kind(content)}", content, by=by))
    except BaseException:
        # Rows are rolled back with the transaction; files are not.
        store.discard(attachments)
        raise
