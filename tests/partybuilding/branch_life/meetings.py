"""Meetings of branch life for the tests."""

import datetime

from django.utils import timezone

from community.activities.models import Activity, Attendance


def hold(body, code: str, on: datetime.date, *, state: str = "held", **came: str) -> Activity:
    """A meeting of a body, with people by how it went for them: `present=[person]`."""
    starts_at = timezone.make_aware(datetime.datetime.combine(on, datetime.time(9)))
    activity = Activity.objects.create(
        community_id=body.community_id,
        body=body,
        kind=code,
        title=f"{body}会议",
        starts_at=starts_at,
        state=state,
    )
    for how, people in came.items():
        for person in people:
            Attendance.objects.create(
                community_id=body.community_id, activity=activity, person=person, state=how
            )
    return activity
