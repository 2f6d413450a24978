"""Filters by ranges of days over moments."""

import datetime

import pytest

from portal.jobs.models import Job
from portal.registers.filter_fields import days_condition

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 30)


@pytest.fixture
def moments(house):
    """Jobs at the edges of a day in Shanghai."""
    for title, moment in (
        ("before", "2026-11-29 23:59:59"),
        ("first", "2026-11-30 00:00:00"),
        ("last", "2026-11-30 23:59:59"),
        ("after", "2026-12-01 00:00:00"),
    ):
        job = Job.objects.create(community_id=house.kuocang.pk, user_id=1, title=title)
        Job.objects.filter(pk=job.pk).update(created_at=datetime.datetime.fromisoformat(f"{moment}+08:00"))


@pytest.mark.parametrize(
    ("days", "titles"),
    [
        (slice(DAY, DAY), ["first", "last"]),
        (slice(DAY, None), ["first", "last", "after"]),
        (slice(None, DAY), ["before", "first", "last"]),
        (slice(datetime.date.min, datetime.date.max), ["before", "first", "last", "after"]),
        (slice(datetime.date.max, None), []),
    ],
)
def test_both_days_are_included(moments, days, titles):
    jobs = Job.objects.filter(days_condition("created_at", days.start, days.stop)).order_by("created_at")
    assert list(jobs.values_list("title", flat=True)) == titles
