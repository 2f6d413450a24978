"""The duty posts of a community by building (定岗定责一览): what is covered, uncovered and neglected."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from django.utils.safestring import SafeString

from community.places.models import Building
from partybuilding.duties.models import Cover, DutyPost
from partybuilding.duties.registers import holders_by_post
from portal.access.permissions import Permission as P
from portal.access.querysets import rows

ELSEWHERE = "不在楼幢的岗位"


@dataclass(slots=True)
class BoardLine:
    """A building with its posts; the last line has those that stand at no building."""

    name: str
    posts: list[tuple[DutyPost, str]] = field(default_factory=list)
    """Each with the names of those who look after it."""

    @property
    def counts(self) -> Counter:
        return Counter(post.cover for post, _ in self.posts)


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
    """The board of the posts that this user may see, of one kind where it is given. Three queries."""
    posts = rows(DutyPost, access, P.BRANCH, community).active()
    if kind:
        posts = posts.filter(kind=kind)
    posts = list(
        posts.with_cover().select_related("building", "stairwell").order_by(*DutyPost._meta.ordering)
    )
    claims = holders_by_post([post.pk for post in posts])
    by_building: dict[int | None, BoardLine] = {}
    without = []
    # Names of buildings stand on every post, so whoever sees the posts may see them.
    buildings = Building._default_manager.of(community).order_by("sort", "id")
    for pk, label, use in buildings.values_list("pk", "label", "use"):
        by_building[pk] = BoardLine(label)
        if use == Building.Use.RESIDENTIAL:
            without.append(pk)
    by_building[None] = BoardLine(ELSEWHERE)
    for post in posts:
        names = "、".join(claim.member.person.name for claim in claims[post.pk])
        by_building[post.building_id].posts.append((post, names))
    lines = [line for line in by_building.values() if line.posts]
    narrowed = kind or access.bodies(P.BRANCH, community.id) is not None
    missing = [] if narrowed else [by_building[pk].name for pk in without if not by_building[pk].posts]
    return Board(lines, missing)


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


def _posts(posts: Iterable[tuple[DutyPost, str]], list_url: str) -> str:
    return "".join([_post(post, names, list_url) for post, names in posts])


def _post(post: DutyPost, names: str, list_url: str) -> str:
    cover = Cover(post.cover)
    where = post.place or (post.stairwell.name if post.stairwell else "") or "全幢"
    last = f"，最近签到{post.last_check_in}" if post.last_check_in else ""
    title = f"{_KIND_LABELS[post.kind]}，{cover.label}{last}"
    holder = f"<small>{escape(names)}</small>" if names else ""
    return (
        f'<a class="duty duty-{cover.value}" href="{list_url}{post.uuid}/" title="{escape(title)}">'
        f"<i>{_KIND_LETTERS[post.kind]}</i>{escape(where)}{holder}<b>{cover.letter}</b></a>"
    )
