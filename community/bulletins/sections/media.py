"""Bulletin section on publicity media put up or changed."""

import datetime
from collections import Counter
from collections.abc import Iterator

from django.utils import timezone

from community.bulletins import section_basis
from community.bulletins.sections.heads import HEADS
from community.media.models import Medium
from portal.access.user_access import Access, CommunityRef
from portal.hooks.bulletin import BulletinNumber, BulletinSection
from portal.registers.panels import Panel
from portal.values.months import month_after, month_before, month_word

MEDIA = "community.media"
"""Key of the section and of its number."""


def sections(community, month: datetime.date) -> Iterator[BulletinSection]:
    """The section on publicity media, if any changed."""
    yield from _media_section(community, month)


def drill_down_rows(
    access: Access, community: CommunityRef, month: datetime.date, key: str
) -> Iterator[Panel]:
    """The media that the number of this section counts."""
    if key != MEDIA:
        return
    media = _changed_media(community, month)
    yield Panel(
        f"{month_word(month)}新张贴或更换的宣传内容：{len(media)}处",
        ("类别", "位置", "张贴内容", "张贴至"),
        [
            (medium.get_kind_display(), _place_label(medium), medium.content, medium.until or "")
            for medium in media
        ],
        empty="没有更换",
    )


def _changed_media(community, month: datetime.date) -> list:
    """Media whose content at the month's end differs from before the month, as they were then.

    Computed from the history, so that later changes do not alter the month.
    """
    before, after = (
        _rows_before(community, at)
        for at in (_changes_since(community, month), _midnight(month_after(month)))
    )
    return [
        medium
        for key, medium in after.items()
        if medium.content and medium.content != (before[key].content if key in before else "")
    ]


def _changes_since(community, month: datetime.date) -> datetime.datetime:
    """Moment from which the month's changes count: that of the previous bulletin, if it was computed before its month ended."""
    before = section_basis.published_figures(community, HEADS).get(month_before(month), {})
    moment = datetime.datetime.fromisoformat(before["at"]) if "at" in before else _midnight(month)
    return min(moment, _midnight(month))


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def _rows_before(community, moment: datetime.datetime) -> dict[int, object]:
    """Medium id → its row as of that moment, without deleted ones."""
    events = Medium.pgh_event_model.objects.of(community).filter(pgh_created_at__lt=moment)
    newest = events.order_by("id", "-pgh_id").distinct("id").select_related("stairwell")
    return {event.id: event for event in newest if event.pgh_label != "delete"}


def _place_label(medium) -> str:
    return f"{medium.stairwell.label if medium.stairwell else ''}{medium.place}"


def _media_section(community, month: datetime.date) -> Iterator[BulletinSection]:
    changed = _changed_media(community, month)
    if not changed:
        return
    counts = Counter(medium.kind for medium in changed)
    yield BulletinSection(
        key=MEDIA,
        title="宣传阵地",
        order=60,
        header=("类别", "新张贴或更换"),
        rows=tuple((kind.label, f"{counts[kind]}") for kind in Medium.Kind if counts[kind]),
        sentences=(f"本月新张贴或更换宣传内容{len(changed)}处。",),
        numbers=(BulletinNumber("新张贴或更换", len(changed), "处", rows=MEDIA),),
    )
