"""Profile of a demo community: service hours and honours."""

import datetime

from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.profile.models import Honour, ServiceHours


@demo_part(110, RunFor.NEW)
def build_profile(demo: DemoCommunity) -> None:
    community, plan = demo.community, demo.plan
    weekday = datetime.time(8), datetime.time(20)
    weekend = datetime.time(9), datetime.time(17)
    ServiceHours.objects.bulk_create(
        ServiceHours(community=community, weekday=day, opens=opens, closes=closes)
        for day in range(1, 8)
        for opens, closes in [weekday if day < 6 else weekend]
    )
    Honour.objects.bulk_create(
        Honour(community=community, title=title, level=level, year=demo.today.year - ago)
        for title, level, ago in plan.honours
    )
