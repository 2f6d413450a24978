"""Activities of the demo that take place in a venue of the community, and hold it."""

import datetime

from django.utils import timezone

from community.activities.models import Activity
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.venues.models import Venue
from community.venues.slots import Slot, problem

_PLANS = (
    ("lecture", "防火安全讲座", -25),
    ("culture", "重阳节文艺演出", -12),
    ("deliberation", "停车管理议事会", 6),
    ("culture", "迎新年联欢会", 20),
)
"""Kind, title, days from today."""


@demo_part(447, RunFor.SHOWCASE)
def plan_activities(demo: DemoCommunity) -> None:
    """Four activities in the activity room, on the next morning on which it is free."""
    venue = Venue.objects.of(demo.community).filter(kind=Venue.Kind.ACTIVITY).first()
    if venue is None:
        return
    for kind, title, days in _PLANS:
        slot = _free(venue, demo.today + datetime.timedelta(days=days))
        Activity.objects.create(
            community=demo.community,
            kind=kind,
            title=title,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            venue=venue,
            state=Activity.State.HELD if slot.ends_at <= timezone.now() else Activity.State.PLANNED,
        )


def _free(venue: Venue, day: datetime.date) -> Slot:
    """The first morning from a day on that is free."""
    while True:
        slot = Slot.on(day, datetime.time(9), datetime.time(11))
        if not problem(venue, slot):
            return slot
        day += datetime.timedelta(days=1)
