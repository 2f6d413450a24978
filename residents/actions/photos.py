"""Photos taken at a door: kept with the row they belong to, all of them or none."""

from collections.abc import Sequence

from portal.attachments import store
from portal.attachments.kinds import picture_kind

MOST_PHOTOS = 3


def keep_photos(row, photos: Sequence[bytes], by) -> None:
    """Attach uploaded photos to `row`. Raises portal.attachments.kinds.FileRefused."""
    kept = []
    try:
        for number, content in enumerate(photos[:MOST_PHOTOS], 1):
            kept.append(store.add(row, f"照片{number}.{picture_kind(content)}", content, by=by))
    except BaseException:
        # The rows go with the transaction; files know of none.
        store.discard(kept)
        raise
