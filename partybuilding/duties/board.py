"""The duty posts of a community by building (定岗定责一览): what is covered, uncovered and neglected."""

import datetime
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple

from django.utils import timezone
from django.utils.safestring import SafeString

from community.dated_rules.rules import value_of
from community.places.models import Building
from partybuilding.duties.models import Cover, DutyClaim, DutyPost, cover_of
from partybuilding.duties.rules import NEGLECT_MONTHS
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.values.months import months_later

ELSEWHERE = "不在楼幢的岗位"


class BoardPost(NamedTuple):
    """A post as the board shows it. No row: a thousand of them, with their relations, take most of the time of the page."""

    uuid: uuid.UUID
    kind: str
    place: str
    stairwell: str | None
    last_check_in: datetime.date | None
    cover: Cover
    names: str
    """Of those who look after it."""


@dataclass(slots=True)
class BoardLine:
    """A building with its posts; the last line has those that stand at no building."""

    name: str
    posts: list[BoardPost] = field(default_factory=list)

    @property
    def counts(self) -> Counter:
        return Counter(post.cover for post in self.posts)


@dataclass(slots=True)
class Board:
    lines: list[BoardLine]
    without: list[str]
    """Residential buildings without any post in use."""

    @property
    def counts(self) -> Counter:
        return sum((line.counts for line in self.lines), Counter())

    @property
    def legend(self) -> list[tuple[Cover, int]]:
        counts = self.counts
        return [(each, counts[each]) for each in (Cover.COVERED, Cover.UNCOVERED, Cover.NEGLECTED)]

    @property
    def total(self) -> int:
        return sum(len(line.posts) for line in self.lines)


def duty_board(access, community, kind: str = "") -> Board:
    """The board of the posts that this user may see, of one kind where it is given. Four queries."""
    posts = rows(DutyPost, access, P.BRANCH, community).active()
    if kind:
        posts = posts.filter(kind=kind)
    posts = posts.with_last_check_in().order_by(*DutyPost._meta.ordering)
    columns = ("pk", "uuid", "kind", "place", "stairwell__name", "last_check_in", "building_id")
    claims = _claims_by_post(access, community)
    today = timezone.localdate()
    cutoff = months_later(today, -value_of(community, NEGLECT_MONTHS, today))
    by_building: dict[int | None, BoardLine] = {}
    without = []
    # Names of buildings stand on every post, so whoever sees the posts may see them.
    buildings = Building._default_manager.of(community).order_by("sort", "id")
    for pk, label, use in buildings.values_list("pk", "label", "use"):
        by_building[pk] = BoardLine(label)
        if use == Building.Use.RESIDENTIAL:
            without.append(pk)
    by_building[None] = BoardLine(ELSEWHERE)
    for pk, *values, last, building in posts.values_list(*columns):
        since, names = claims.get(pk, (None, []))
        post = BoardPost(*values, last, cover_of(since, last, cutoff), "、".join(names))
        by_building[building].posts.append(post)
    lines = [line for line in by_building.values() if line.posts]
    narrowed = kind or access.bodies(P.BRANCH, community.id) is not None
    missing = [] if narrowed else [by_building[pk].name for pk in without if not by_building[pk].posts]
    return Board(lines, missing)


def _claims_by_post(access, community) -> dict[int, tuple[datetime.date, list[str]]]:
    """Post id → when the first of today's claims began, and the names of who looks after it, in that order."""
    claims = rows(DutyClaim, access, P.BRANCH, community).current().order_by("start", "id")
    by_post = {}
    for post, start, name in claims.values_list("post_id", "start", "member__person__name"):
        by_post.setdefault(post, (start, []))[1].append(name)
    return by_post


def board_markup(board: Board, list_url: str) -> SafeString:
    """The `<tr>` elements of the board. Not a template, which takes too long for a thousand posts."""
    return SafeString("\n".join([_line(line, list_url) for line in board.lines]))


def _line(line: BoardLine, list_url: str) -> str:
    counts = line.counts
    numbers = "".join([f"<td>{counts[each] or ''}</td>" for each in _SHOWN])
    return (
        f'<tr><th scope="row">{escape(line.name)}</th>{numbers}<td>{_posts(line.posts, list_url)}</td></tr>'
    )


_SHOWN = (Cover.COVERED, Cover.UNCOVERED, Cover.NEGLECTED)
_KIND_LETTERS = {kind.value: kind.letter for kind in DutyPost.Kind}
_KIND_LABELS = dict(DutyPost.Kind.choices)


def _posts(posts: Iterable[BoardPost], list_url: str) -> str:
    return "".join([_post(post, list_url) for post in posts])


def _post(post: BoardPost, list_url: str) -> str:
    where = post.place or post.stairwell or "全幢"
    last = f"，最近签到{post.last_check_in}" if post.last_check_in else ""
    title = f"{_KIND_LABELS[post.kind]}，{post.cover.label}{last}"
    holder = f"<small>{escape(post.names)}</small>" if post.names else ""
    return (
        f'<a class="duty duty-{post.cover.value}" href="{list_url}{post.uuid}/" title="{escape(title)}">'
        f"<i>{_KIND_LETTERS[post.kind]}</i>{escape(where)}{holder}<b>{post.cover.letter}</b></a>"
    )
