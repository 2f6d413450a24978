"""Bulletin section on heads who took up or left a post."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from community.bulletins import section_basis
from community.communities.profile import profile_of
from community.places.models import Area, HeadAppointment
from portal.access.user_access import Access, CommunityRef
from portal.hooks.bulletin import BulletinNumber, BulletinSection, SectionBasis
from portal.registers.panels import Panel
from portal.registers.row_links import RowLinks
from portal.values.months import month_after, month_word


def sections(community, month: datetime.date) -> Iterator[BulletinSection]:
    """The section on heads who took up or left a post."""
    yield _heads_section(community, month)


def drill_down_rows(
    access: Access, community: CommunityRef, month: datetime.date, key: str
) -> Iterator[Panel]:
    """The appointments that a number of this section counts."""
    if key not in _HEAD_WORDS:
        return
    links = RowLinks(access, community)
    word, is_late = _HEAD_WORDS[key]
    lines = [line for line in _head_lines(community, month) if line.word == word and line.is_late == is_late]
    yield Panel(
        f"{month_word(month)}{'补登' if is_late else ''}{word}：{len(lines)}人",
        ("姓名", "职务", "日期", "任免文件"),
        [
            (
                links.link(line.appointment.person, line.name),
                links.link(line.appointment, line.post),
                line.day,
                line.document,
            )
            for line in lines
        ],
    )


@dataclass(frozen=True, slots=True)
class HeadLine:
    """One line of the section: somebody took up or left a post. `is_late`: the month of `day` was published without it."""

    appointment: HeadAppointment
    key: str
    name: str
    post: str
    word: str
    day: datetime.date
    document: str
    is_late: bool


HEADS = "community.heads"
_HEAD_WORDS = {
    f"{HEADS}.began": ("任职", False),
    f"{HEADS}.ended": ("离任", False),
    f"{HEADS}.late_began": ("任职", True),
    f"{HEADS}.late_ended": ("离任", True),
}
"""Key of a number → kind of change, and whether it is late."""


def _head_lines(community, month: datetime.date) -> list[HeadLine]:
    """Changes that the month lists, by date."""
    listing = section_basis.listings(community, HEADS, month, ["lines"])["lines"]
    within = (listing.first_day, month_after(month) - datetime.timedelta(days=1))
    changed = HeadAppointment.objects.of(community).filter(Q(start__range=within) | Q(end__range=within))
    profile = profile_of(community)
    lines = []
    for appointment in changed.select_related("person", "stairwell", "area"):
        for word, day in (("任职", appointment.start), ("离任", appointment.end)):
            key = f"{appointment.pk} {word}"
            if day and within[0] <= day <= within[1] and listing.is_listed(key, day):
                lines.append(
                    HeadLine(
                        appointment,
                        key,
                        appointment.person.name,
                        _post_title(appointment, profile),
                        word,
                        day,
                        appointment.document,
                        is_late=day < month,
                    )
                )
    return sorted(lines, key=lambda line: (line.day, line.post, line.name))


def _post_title(appointment: HeadAppointment, profile) -> str:
    if appointment.stairwell:
        return f"{appointment.stairwell.label}楼道长"
    name = appointment.area.name
    if appointment.area.kind != Area.Kind.GROUP:
        return f"{name}负责人"
    return f"{name.removesuffix(profile.group_word)}{profile.group_word}长"


def _heads_section(community, month: datetime.date) -> BulletinSection:
    """The section, with full names: heads act in a public function."""
    lines = _head_lines(community, month)
    counts = Counter((line.word, line.is_late) for line in lines)
    sentence = "本月楼道长和小组长没有变动。"
    if counts["任职", False] or counts["离任", False]:
        sentence = f"本月楼道长和小组长任职{counts['任职', False]}人，离任{counts['离任', False]}人。"
    if counts["任职", True] or counts["离任", True]:
        sentence += f"补登以前月份已公开后登记的任职{counts['任职', True]}人，离任{counts['离任', True]}人。"
    return BulletinSection(
        key=HEADS,
        title="人员变动",
        order=50,
        header=("姓名", "职务", "变动", "日期"),
        rows=tuple(
            (
                line.name,
                line.post,
                f"{line.word}{'（补登）' if line.is_late else ''}",
                str(line.day),
            )
            for line in lines
        ),
        sentences=(sentence,),
        numbers=tuple(
            BulletinNumber(
                f"{'补登' if is_late else ''}{word}",
                counts[word, is_late],
                "人",
                rows=key,
            )
            for key, (word, is_late) in _HEAD_WORDS.items()
            if counts[word, is_late] or not is_late
        ),
        basis=SectionBasis(
            figures={"at": timezone.now().isoformat()}, counted={"lines": [line.key for line in lines]}
        ),
    )
