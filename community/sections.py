"""The parts of a month's bulletin that come from the committee's own registers: heads and publicity media."""

import datetime
from collections import Counter
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from community.models import Area, HeadAppointment, Medium
from community.months import month_after, month_word
from community.reports import profile_of
from portal.access import Access, CommunityRef
from portal.offers import BulletinSection, Number
from portal.registers import Panel


def sections(community, month: datetime.date) -> Iterator[BulletinSection]:
    """Who took up or left a post, and what hangs on the boards anew."""
    yield _heads(community, month)
    yield from _media(community, month)


def rows_behind(access: Access, community: CommunityRef, month: datetime.date, key: str) -> Iterator[Panel]:
    """The rows behind a number of these sections."""
    if key == "community.media":
        changed = _changed_media(community, month)
        yield Panel(
            f"{month_word(month)}新张贴或更换的宣传内容：{len(changed)}处",
            ("类别", "位置", "张贴内容", "张贴至"),
            [
                (medium.get_kind_display(), _place(medium), medium.content, medium.until or "")
                for medium in changed
            ],
            empty="没有更换",
        )
    elif key in ("community.heads.began", "community.heads.ended"):
        word = "任职" if key.endswith("began") else "离任"
        lines = [line[:2] + line[3:] for line in _head_lines(community, month) if line[2] == word]
        yield Panel(f"{month_word(month)}{word}：{len(lines)}人", ("姓名", "职务", "日期", "任免文件"), lines)


def _url(community, month: datetime.date, key: str) -> str:
    kwargs = {"community": community.code, "month": month, "key": f"community.{key}"}
    return reverse("community:bulletin_rows", kwargs=kwargs)


# Posts


def _head_lines(community, month: datetime.date) -> list[tuple]:
    """Name, post, what happened, day and document of each change, in the order of the days."""
    within = (month, month_after(month) - datetime.timedelta(days=1))
    found = HeadAppointment.objects.of(community).filter(Q(start__range=within) | Q(end__range=within))
    profile = profile_of(community)
    lines = []
    for appointment in found.select_related("person", "stairwell", "area"):
        for word, day in (("任职", appointment.start), ("离任", appointment.end)):
            if day and within[0] <= day <= within[1]:
                post = _post(appointment, profile)
                lines.append((appointment.person.name, post, word, day, appointment.document))
    return sorted(lines, key=lambda line: (line[3], line[1], line[0]))


def _post(appointment: HeadAppointment, profile) -> str:
    if appointment.stairwell:
        return f"{appointment.stairwell.label}楼道长"
    name = appointment.area.name
    if appointment.area.kind != Area.Kind.GROUP:
        return f"{name}负责人"
    return f"{name.removesuffix(profile.group_word)}{profile.group_word}长"


def _heads(community, month: datetime.date) -> BulletinSection:
    """Heads of stairwells, groups and areas, written out: they act in their function."""
    lines = _head_lines(community, month)
    counts = Counter(line[2] for line in lines)
    said = f"本月楼道长和小组长任职{counts['任职']}人，离任{counts['离任']}人。" if lines else ""
    return BulletinSection(
        key="community.heads",
        title="人员变动",
        order=50,
        header=("姓名", "职务", "变动", "日期"),
        rows=tuple((name, post, word, f"{day:%-m月%-d日}") for name, post, word, day, _ in lines),
        sentences=(said or "本月楼道长和小组长没有变动。",),
        numbers=(
            Number("任职", counts["任职"], "人", _url(community, month, "heads.began")),
            Number("离任", counts["离任"], "人", _url(community, month, "heads.ended")),
        ),
    )


# Publicity media


def _changed_media(community, month: datetime.date) -> list:
    """Media that show something else at the month's end than before it, as they were then.

    Asked of the history, so that a later change does not alter what the month was.
    """
    before, after = (_at_end_of(community, day) for day in (month, month_after(month)))
    return [
        medium
        for key, medium in after.items()
        if medium.content and medium.content != (before[key].content if key in before else "")
    ]


def _at_end_of(community, after: datetime.date) -> dict[int, object]:
    """Each medium's row as it was before the day `after`; those deleted by then left out."""
    events = Medium.pgh_event_model.objects.of(community).filter(pgh_created_at__date__lt=after)
    newest = events.order_by("id", "-pgh_id").distinct("id").select_related("stairwell")
    return {event.id: event for event in newest if event.pgh_label != "delete"}


def _place(medium) -> str:
    return f"{medium.stairwell.label if medium.stairwell else ''}{medium.place}"


def _media(community, month: datetime.date) -> Iterator[BulletinSection]:
    changed = _changed_media(community, month)
    if not changed:
        return
    counts = Counter(medium.kind for medium in changed)
    yield BulletinSection(
        key="community.media",
        title="宣传阵地",
        order=60,
        header=("类别", "新张贴或更换"),
        rows=tuple((kind.label, f"{counts[kind]}") for kind in Medium.Kind if counts[kind]),
        sentences=(f"本月新张贴或更换宣传内容{len(changed)}处。",),
        numbers=(Number("新张贴或更换", len(changed), "处", _url(community, month, "media")),),
    )
