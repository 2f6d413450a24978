"""What the public site reads of party bodies, in the public database role."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import connection

from community.bodies.kinds import BodyKind
from partybuilding.duties.models import DutyPost
from partybuilding.public_board.models import PartyBoard

ELSEWHERE = "不在楼幢的岗位"


@dataclass(slots=True)
class PublicBody:
    """A party body: its posts with the names of those who hold them, in order. `depth`: how many bodies stand above it."""

    name: str
    kind: str
    depth: int
    posts: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DutyLine:
    """Duty posts of a building: (posts, those covered) by kind in the order of `DutyPost.Kind`, and in all."""

    building: str
    numbers: list[tuple[int, int]]

    @property
    def posts(self) -> int:
        return sum(posts for posts, _ in self.numbers)

    @property
    def covered(self) -> int:
        return sum(covered for _, covered in self.numbers)


def published_board(community) -> dict | None:
    """The published board of a community; None while it is not published."""
    boards = PartyBoard.objects.of(community).filter(is_published=True)
    introduction = boards.values_list("introduction", flat=True).first()
    if introduction is None:
        return None
    return {"introduction": introduction, "bodies": _bodies(community), "duties": _duties(community)}


def is_published(community) -> bool:
    return PartyBoard.objects.of(community).filter(is_published=True).values_list("id").exists()


def _bodies(community) -> list[PublicBody]:
    """The bodies, each below the one that stands above it."""
    bodies: dict[int, PublicBody] = {}
    below = defaultdict(list)
    parents = {}
    for pk, parent, kind, name, post, holder in _call("partybuilding_public_posts", community):
        if pk not in bodies:
            bodies[pk] = PublicBody(name, str(BodyKind(kind).label), 0)
            parents[pk] = parent
        if post is not None:
            bodies[pk].posts.setdefault(post, []).extend([holder] if holder else [])
    for pk, parent in parents.items():
        below[parent if parent in bodies else None].append(pk)
    listed = []
    waiting = [(pk, 0) for pk in reversed(below[None])]
    while waiting:
        pk, depth = waiting.pop()
        bodies[pk].depth = depth
        listed.append(bodies[pk])
        waiting += [(each, depth + 1) for each in reversed(below[pk])]
    return listed


def _duties(community) -> list[DutyLine]:
    """The buildings with duty posts, and one line for posts elsewhere."""
    kinds = list(DutyPost.Kind)
    by_building: dict[str, dict[str, tuple[int, int]]] = {}
    for building, kind, posts, covered in _call("partybuilding_public_duties", community):
        by_building.setdefault(building or ELSEWHERE, {})[kind] = (posts, covered)
    return [
        DutyLine(building, [numbers.get(kind.value, (0, 0)) for kind in kinds])
        for building, numbers in by_building.items()
    ]


def _call(function: str, community) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}(%s)", [community.id])  # noqa: S608 - a name of ours
        return cursor.fetchall()
