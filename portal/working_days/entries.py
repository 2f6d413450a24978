"""Reading the administrator's entries; the tables belong to the deployment and have no scope."""

import datetime

from portal.working_days.models import DeadlineUpdate, SpecialDay


def all_entries() -> list[SpecialDay]:
    """All days that the administrator set, in order."""
    return list(SpecialDay.objects.all())


def entry_of(day: datetime.date, *, besides: SpecialDay | None = None) -> SpecialDay | None:
    """The entry of a day, if it is not the one named."""
    entries = SpecialDay.objects.filter(day=day)
    return (entries.exclude(pk=besides.pk) if besides else entries).first()


def last_update() -> DeadlineUpdate | None:
    """The newest run of the job that reckons deadlines anew."""
    return DeadlineUpdate.objects.first()
