"""Publicity media of a demo community (宣传阵地)."""

import datetime

from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.media.models import Medium
from community.places.demo import Territory

_DAYS_UP = datetime.timedelta(days=30)
"""How long the posters stay up from today."""


@demo_part(150, RunFor.NEW)
def build_media(demo: DemoCommunity) -> None:
    """A panel in every stairwell, slogans on the walls, the rest along the roads."""
    plan, kinds = demo.plan, Medium.Kind
    stairwells = demo.get(Territory).stairwells if plan.media else []
    media = [Medium(kind=kinds.PANEL, stairwell=stairwell) for stairwell in stairwells]
    for kind, count in plan.media.items():
        poster = (
            {} if kind == kinds.BOARD else {"content": "冬季消防安全常识", "until": demo.today + _DAYS_UP}
        )
        media += [
            Medium(kind=kind, place=f"{plan.roads[n % len(plan.roads)]}{8 * n + 6}号旁", **poster)
            for n in range(count)
        ]
    media += [
        Medium(kind=kinds.SLOGAN, place=f"{plan.roads[n % len(plan.roads)]}围墙第{n + 1}段", length_m=metres)
        for n, metres in enumerate(plan.slogans)
    ]
    for medium in media:
        medium.community = demo.community
    Medium.objects.bulk_create(media)
