"""The bodies of a community as a tree (组织体系): who heads each, what else they do, vacancies and the end of the term."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone

from community.bodies.models import Body, PostHolder
from community.bodies.panels import other_posts
from community.bodies.registers import BodyRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows


@dataclass
class BodyNode:
    """A body with its heads, each with the other posts that they hold, and the bodies below it."""

    name: str
    url: str
    heads: list[tuple[str, str]]
    vacancies: int
    term_ends_on: datetime.date | None
    is_over: bool
    below: list["BodyNode"] = field(default_factory=list)


def bodies_tree(access, community) -> list[BodyNode]:
    """The current bodies without one above them, in the order of their kinds. Three queries."""
    today = timezone.localdate()
    bodies = rows(Body, access, P.PLACES_VIEW, community).current(today).with_vacancies(today)
    bodies = list(bodies.order_by("rank", "name"))
    heads = _heads(access, community)
    list_url = BodyRegister().url("list", community)
    nodes = {
        body.pk: BodyNode(
            body.label,
            f"{list_url}{body.uuid}/",
            heads[body.pk],
            max(body.vacancies, 0),
            body.term_ends_on,
            body.term_ends_on is not None and body.term_ends_on <= today,
        )
        for body in bodies
    }
    top = []
    for body in bodies:
        above = nodes.get(body.parent_id)
        (above.below if above else top).append(nodes[body.pk])
    return top


def _heads(access, community) -> dict[int, list[tuple[str, str]]]:
    """Body id → name of each head, and their other posts in words."""
    holders = rows(PostHolder, access, P.PLACES_VIEW, community).current().filter(post__is_head=True)
    holders = list(holders.select_related("person", "post").order_by("post__order", "start", "id"))
    posts = other_posts(access, community, [holder.person_id for holder in holders])
    heads = defaultdict(list)
    for holder in holders:
        others = [
            f"{each.post.body.label}{each.post.title}"
            for each in posts[holder.person_id]
            if each.post_id != holder.post_id
        ]
        heads[holder.post.body_id].append((f"{holder.post.title}{holder.person.name}", "、".join(others)))
    return heads
