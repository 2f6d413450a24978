"""Weekly service hours as a figure."""

import datetime
from decimal import Decimal

from community.profile.models import ServiceHours


def weekday_hours(community) -> Decimal | None:
    """Opening hours of the service hall per weekday, of the shortest one if they differ; None without hours."""
    open_hours: dict[int, Decimal] = {}
    for hours in ServiceHours.objects.of(community).filter(weekday__lte=ServiceHours.Weekday.FRIDAY):
        length = Decimal(_minutes(hours.closes) - _minutes(hours.opens)) / 60
        open_hours[hours.weekday] = open_hours.get(hours.weekday, Decimal(0)) + length
    return min(open_hours.values(), default=None)


def _minutes(time: datetime.time) -> int:
    return time.hour * 60 + time.minute
