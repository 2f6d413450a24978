"""Duty posts of the demo (定岗定责): claimed by members of the branches, some uncovered, some neglected.

27 trash bins are claimed, as in the documents.
"""

import datetime
import random
from collections import defaultdict
from itertools import cycle

from django.utils import timezone

from community.bodies.kinds import BodyKind
from community.bodies.models import Body
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.places.models import Building, Stairwell
from partybuilding.duties.models import DutyCheckIn, DutyClaim, DutyPost
from partybuilding.members.models import Member

_Kind = DutyPost.Kind
_BINS_CLAIMED, _BINS = 27, 29
_GREENS, _LEGS = 12, 8
_SINCE = 200
"""Days for which most posts have been claimed."""
_PERIOD = 100
"""Days of check-ins before today."""
_QUIET = 75
"""Days without a check-in at a neglected post."""
_EVERY = {_Kind.BIN: 4, _Kind.GREEN: 14, _Kind.STAIRWELL: 18, _Kind.PATROL: 3}
"""Days from one check-in to the next, about."""
_NOTES = ("", "", "", "桶外有散落垃圾，已清理", "已提醒分类投放", "一切正常", "楼道杂物已请住户清走")


@demo_part(620, RunFor.SHOWCASE)
def set_up_posts(demo: DemoCommunity) -> None:
    """Posts of every kind, with claims and the check-ins of the last months."""
    community = demo.community
    branches = list(Body.objects.of(community).filter(kind=BodyKind.BRANCH, unit__isnull=True).order_by("id"))
    if not branches:
        return
    # A random stream of its own: parts that follow draw the same rows as ever.
    rng = random.Random(f"duties {community.code}")  # noqa: S311 - invented people
    bodies = cycle(branches)
    posts = [_post(demo, next(bodies), **place) for place in _places(demo)]
    DutyPost.objects.bulk_create(posts)
    claims = _claims(demo, posts, rng)
    DutyClaim.objects.bulk_create(claims)
    DutyCheckIn.objects.bulk_create(_check_ins(demo, claims, rng))
    demo.demo.say(f"{community.name}：岗位{len(posts)}个，认领{len(claims)}项")


def _post(demo: DemoCommunity, body: Body, **place) -> DutyPost:
    return DutyPost(community=demo.community, body=body, note=_WORK[place["kind"]], **place)


_WORK = {
    _Kind.BIN: "每天早晚看桶，指导分类投放，保持周边干净",
    _Kind.GREEN: "认养绿地，除草浇水，劝阻毁绿种菜",
    _Kind.STAIRWELL: "包卫生、包无堆放、包无小广告和违章搭建",
    _Kind.PATROL: "每日巡查，发现问题拍照上报",
}


def _places(demo: DemoCommunity) -> list[dict]:
    roads = demo.plan.roads
    buildings = list(Building.objects.of(demo.community).residential().order_by("sort", "id"))
    places = [
        {"kind": _Kind.BIN, "building": building, "place": "旁垃圾投放点"} for building in buildings[:_BINS]
    ]
    places += [
        {"kind": _Kind.BIN, "place": f"{roads[n % len(roads)]}{n + 1}号投放点"}
        for n in range(_BINS - len(places))
    ]
    places += [
        {"kind": _Kind.GREEN, "building": building, "place": "南侧绿地"}
        for building in buildings[:: max(1, len(buildings) // _GREENS)][:_GREENS]
    ]
    stairwells = (
        Stairwell.objects.of(demo.community).filter(building__in=buildings).select_related("building")
    )
    places += [
        {"kind": _Kind.STAIRWELL, "building": stairwell.building, "stairwell": stairwell}
        for stairwell in stairwells.order_by("sort", "id")
    ]
    places += [
        {"kind": _Kind.PATROL, "place": f"{roads[n % len(roads)]}{'东' if n < len(roads) else '西'}段"}
        for n in range(_LEGS)
    ]
    return places


def _claims(demo: DemoCommunity, posts: list[DutyPost], rng: random.Random) -> list[DutyClaim]:
    """Of bins as many as the documents say; of the others every ninth stays uncovered. A patrol leg has two members."""
    by_branch = defaultdict(list)
    for member in Member.objects.of(demo.community).present().select_related("person").order_by("id"):
        by_branch[member.branch_id].append(member)
    everybody = [member for members in by_branch.values() for member in members]
    if not everybody:
        return []
    turns = {pk: cycle(members) for pk, members in by_branch.items()}
    spare = cycle(everybody)
    claims, bins = [], 0
    for number, post in enumerate(posts):
        if post.kind == _Kind.BIN:
            bins += 1
        if bins > _BINS_CLAIMED if post.kind == _Kind.BIN else number % 9 == 4:
            continue
        members = turns.get(post.body_id, spare)
        chosen = [next(members) for _ in range(2 if post.kind == _Kind.PATROL else 1)]
        for member in dict.fromkeys(chosen):
            start = demo.today - datetime.timedelta(days=_SINCE + rng.randrange(150))
            claims.append(DutyClaim(community=demo.community, post=post, member=member, start=start))
    return claims


def _check_ins(demo: DemoCommunity, claims: list[DutyClaim], rng: random.Random) -> list[DutyCheckIn]:
    """From about three months ago until yesterday; at every eleventh post the last one lies too far back."""
    check_ins = []
    midnight = timezone.make_aware(datetime.datetime.combine(demo.today, datetime.time()))
    for number, claim in enumerate(claims):
        back, every = rng.randrange(_PERIOD - 10, _PERIOD), _EVERY[claim.post.kind]
        until = _QUIET if number % 11 == 5 else 1
        while back >= until:
            at = (
                midnight
                - datetime.timedelta(days=back)
                + datetime.timedelta(minutes=rng.randrange(390, 1200))
            )
            check_ins.append(
                DutyCheckIn(
                    community=demo.community,
                    post=claim.post,
                    person=claim.member.person,
                    at=at,
                    received_at=at,
                    note=rng.choice(_NOTES),
                )
            )
            back -= max(1, every + rng.randrange(-1, 2))
    return check_ins
