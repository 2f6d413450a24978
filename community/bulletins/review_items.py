"""Review items of a bulletin, and the marks of the supervision committee on each (逐项审核).

Items are the parts of a snapshot, tables with a key of their own (the aid list) and the reason of a correction. A new
kind of part becomes an item without further code.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from community.bulletins.models.bulletin import Bulletin
from community.bulletins.models.review import BulletinMark
from community.bulletins.snapshot import tables_in


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A review item. `part` is the key of the part beside which it is shown."""

    key: str
    title: str
    digest: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class ItemReview:
    """An item with its marks; `outdated` are marks on an earlier content."""

    item: ReviewItem
    marks: tuple[BulletinMark, ...]
    outdated: tuple[BulletinMark, ...]
    is_unchanged: bool
    """Whether a mark from before the last submission still counts, because the content is unchanged."""

    @property
    def is_disagreed(self) -> bool:
        """Whether any member disagrees, whoever else agrees."""
        return any(not mark.is_agreed for mark in self.marks)

    @property
    def is_agreed(self) -> bool:
        return bool(self.marks) and not self.is_disagreed

    def mark_of(self, user) -> BulletinMark | None:
        """This member's mark on the current content."""
        return next((mark for mark in self.marks if mark.marked_by_id == user.pk), None)


def items_of(bulletin: Bulletin, snapshot: dict) -> list[ReviewItem]:
    """Review items of the bulletin's `snapshot`, in reading order."""
    return list(_items(bulletin, snapshot))


def _items(bulletin: Bulletin, snapshot: dict) -> Iterator[ReviewItem]:
    correction = bulletin.open_correction
    if correction:
        yield ReviewItem("reason", "更正原因", _digest(correction.reason))
    for part in snapshot["parts"]:
        tables = [table for table in part["tables"] if not table.get("key")]
        yield ReviewItem(
            part["key"], part["title"], _digest(_readable_content({**part, "tables": tables})), part["key"]
        )
        for table in part["tables"]:
            if table.get("key"):
                yield ReviewItem(
                    table["key"], table["caption"], _digest(_table_content(bulletin, table)), part["key"]
                )


def _table_content(bulletin: Bulletin, table: dict) -> object:
    """Content of a table for its digest. The aid list is compared by person, since masked names may coincide."""
    if table["key"] != "aid":
        return table
    return [(recipient.person_id, recipient.aid, recipient.amount) for recipient in bulletin.recipients]


def _readable_content(part: dict) -> dict:
    """Readable content of a part for its digest: without keys, and with a chart's table instead of its drawing."""
    tables = [{name: table[name] for name in ("caption", "header", "rows")} for table in tables_in(part)]
    return {
        "title": part["title"],
        "paragraphs": part["paragraphs"],
        "tables": tables,
        "files": [(file["name"], file["sha256"]) for file in part.get("files", ())],
    }


def _digest(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def item_reviews(bulletin: Bulletin, snapshot: dict) -> list[ItemReview]:
    """Every item with its marks."""
    by_item: dict[str, list[BulletinMark]] = {}
    for mark in bulletin.marks.select_related("marked_by"):
        by_item.setdefault(mark.item, []).append(mark)
    reviews = []
    for item in items_of(bulletin, snapshot):
        marks = by_item.get(item.key, [])
        current = tuple(mark for mark in marks if mark.digest == item.digest)
        outdated = tuple(mark for mark in marks if mark.digest != item.digest)
        before = bulletin.submitted_at is not None and any(
            m.marked_at < bulletin.submitted_at for m in current
        )
        reviews.append(ItemReview(item, current, outdated, before))
    return reviews


def is_same_content(snapshot: dict, published: dict) -> bool:
    """Whether both snapshots have the same readable content."""
    return [_readable_content(part) for part in snapshot["parts"]] == [
        _readable_content(part) for part in published["parts"]
    ]
