"""The party bodies as a tree (党组织): secretary, posts, members, vacancies and the end of the term of each."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils import timezone

from community.bodies.kinds import PARTY_KINDS, BodyKind
from community.bodies.models import Body, Post, PostHolder
from partybuilding.members.choices import State
from partybuilding.members.models import Member
from portal.access.permissions import Permission as P
from portal.access.querysets import rows

COLUMNS = 6
"""Cards beside each other on the printed sheet at most: a branch's longest name stays on three lines."""


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post with the names of its holders, and its vacant seats."""

    title: str
    is_head: bool
    names: tuple[str, ...]
    vacancies: int


@dataclass
class PartyNode:
    """A party body with its posts and members, and the bodies below it. Members are those of the bodies below, too."""

    body: Body
    url: str
    posts: list[PostLine]
    numbers: dict[str, int]
    """State → number of members, until `gather` its own ones only."""
    today: datetime.date
    below: list["PartyNode"] = field(default_factory=list)

    @property
    def is_section(self) -> bool:
        """Whether it heads a part of the chart, in which those below it stand as cards."""
        return self.body.kind in (BodyKind.PARTY_COMMITTEE, BodyKind.GENERAL_BRANCH)

    @property
    def cards(self) -> list["PartyNode"]:
        return [node for node in self.below if not node.is_section]

    @property
    def card_rows(self) -> list[list["PartyNode"]]:
        """The cards in rows of about the same length, as they are printed."""
        cards = self.cards
        rows = -(-len(cards) // COLUMNS)
        length = -(-len(cards) // rows) if rows else 0
        return [cards[first : first + length] for first in range(0, len(cards), length or 1)]

    @property
    def sections(self) -> list["PartyNode"]:
        return [node for node in self.below if node.is_section]

    @property
    def vacancies(self) -> int:
        return sum(post.vacancies for post in self.posts)

    @property
    def present(self) -> int:
        return self.numbers.get(State.NORMAL, 0)

    @property
    def away(self) -> int:
        return self.numbers.get(State.MOBILE_OUT, 0)

    @property
    def lost(self) -> int:
        return self.numbers.get(State.LOST, 0)

    @property
    def is_term_over(self) -> bool:
        return self.body.term_ends_on is not None and self.body.term_ends_on <= self.today

    def gather(self) -> dict[str, int]:
        """Add the members of those below to its own."""
        total = defaultdict(int, self.numbers)
        for node in self.below:
            for state, number in node.gather().items():
                total[state] += number
        self.numbers = dict(total)
        return self.numbers

    def walk(self) -> Iterator["PartyNode"]:
        """It and everything below it."""
        yield self
        for node in self.below:
            yield from node.walk()


def party_tree(access, community, url_of) -> list[PartyNode]:
    """The current party bodies without one above them that the user may see, the highest first. Four queries."""
    today = timezone.localdate()
    bodies = list(rows(Body, access, P.BRANCH, community).current(today).party())
    bodies.sort(key=lambda body: (PARTY_KINDS.index(body.kind), place_in_order(body.name)))
    posts, numbers = _posts(access, community, today), _numbers(access, community)
    nodes = {
        body.pk: PartyNode(body, url_of(body), posts[body.pk], numbers[body.pk], today) for body in bodies
    }
    top = []
    for body in bodies:
        above = nodes.get(body.parent_id)
        (above.below if above else top).append(nodes[body.pk])
    for node in top:
        node.gather()
    return top


_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}


def place_in_order(name: str) -> tuple:
    """Sort key of a name in which 第十二 follows 第九: each run of Chinese digits counts as its number."""
    key: list[tuple] = []
    number = None
    for character in name:
        if character == "十":
            number = (number if number else 1) * 10
        elif character in _DIGITS:
            number = (number or 0) + _DIGITS[character]
        else:
            if number is not None:
                key.append((0, number, ""))
                number = None
            key.append((1, 0, character))
    if number is not None:
        key.append((0, number, ""))
    return tuple(key)


def _posts(access, community, today: datetime.date) -> dict[int, list[PostLine]]:
    """Body id → its posts in order, each with today's holders."""
    names = defaultdict(list)
    holders = rows(PostHolder, access, P.BRANCH, community).current(today)
    for holder in holders.select_related("person").order_by("start", "id"):
        names[holder.post_id].append(holder.person.name)
    lines = defaultdict(list)
    for post in (
        rows(Post, access, P.BRANCH, community).filter(body__kind__in=PARTY_KINDS).order_by("order", "id")
    ):
        held = tuple(names[post.pk])
        lines[post.body_id].append(PostLine(post.title, post.is_head, held, max(post.seats - len(held), 0)))
    return lines


def _numbers(access, community) -> dict[int, dict[str, int]]:
    """Body id → state → number of members."""
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    members = rows(Member, access, P.BRANCH, community).members().order_by()
    for body, state, number in members.values_list("branch", "state").annotate(Count("pk")):
        numbers[body][state] = number
    return numbers
