"""Late entries (补登) of heads, reports and media appear in the next bulletin; days of the coverage window."""

import datetime

import pytest
from django.utils import timezone

from community.media.models import Medium
from community.places.models import HeadAppointment
from portal.hooks.registry import Hook, call_hooks
from portal.values.months import month_after
from residents.head_reports.models import ChangeReport
from residents.verification.models import Verification
from tests.community.bulletins.drafting import publish

pytestmark = pytest.mark.django_db

SEPTEMBER, OCTOBER, NOVEMBER = (datetime.date(2026, month, 1) for month in (9, 10, 11))


@pytest.fixture(autouse=True)
def no_pdf(quick_pdf):
    """None of these tests reads one."""


def section(community, month, key):
    (match,) = [s for s in call_hooks(Hook.BULLETIN_SECTIONS, community, month) if s.key == key]
    return match


def test_late_appointment_is_listed_once_in_the_next_bulletin(house, cast):
    publish(house.kuocang, cast, SEPTEMBER)
    publish(house.kuocang, cast, OCTOBER)
    HeadAppointment.objects.create(
        community=house.kuocang, person=house.person, area=house.group, start=datetime.date(2026, 9, 12)
    )
    november = section(house.kuocang, NOVEMBER, "community.heads")
    assert november.rows == (("张三", "第一小组居民小组长", "任职（补登）", "2026-09-12"),)
    assert "补登以前月份已公开后登记的任职1人，离任0人。" in november.sentences[0]
    publish(house.kuocang, cast, NOVEMBER)
    assert section(house.kuocang, NOVEMBER, "community.heads").rows == november.rows
    assert section(house.kuocang, month_after(NOVEMBER), "community.heads").rows == ()
    assert section(house.kuocang, OCTOBER, "community.heads").rows == (), "published months stay"


def test_report_after_the_snapshot_counts_in_the_next_month(house, cast):
    def report(day: int) -> None:
        row = ChangeReport.objects.create(
            community=house.kuocang, stairwell=house.first, dwelling=house.dwelling, what="move_in",
            on=datetime.date(2026, 10, day), name="李四", proposer=cast["head"],
        )  # fmt: skip
        at = timezone.make_aware(datetime.datetime.combine(datetime.date(2026, 10, day), datetime.time(18)))
        ChangeReport.objects.filter(pk=row.pk).update(reported_at=at)

    report(30)
    publish(house.kuocang, cast, OCTOBER)
    report(31)
    november = section(house.kuocang, NOVEMBER, "residents.reports")
    assert november.rows[0] == ("收到上报", "1")
    assert "1件是以前月份公开的数字确定以后收到的（补登）" in november.sentences[1]
    publish(house.kuocang, cast, NOVEMBER)
    assert section(house.kuocang, OCTOBER, "residents.reports").rows[0] == ("收到上报", "1")
    assert section(house.kuocang, month_after(NOVEMBER), "residents.reports").rows[0] == ("收到上报", "0")


def test_medium_changed_after_early_snapshot_counts_in_the_next_month(house, cast):
    """The bulletin is submitted before the month ends; later changes count in the next one."""
    this = timezone.localdate().replace(day=1)
    publish(house.kuocang, cast, this)
    later = timezone.now() + datetime.timedelta(seconds=1)
    medium = Medium.objects.get(community=house.kuocang)
    medium.content = "防范电信诈骗"
    medium.save()
    Medium.pgh_event_model.objects.filter(content="防范电信诈骗").update(pgh_created_at=later)
    assert section(house.kuocang, month_after(this), "community.media").rows == (("楼道宣传板", "1"),)


@pytest.mark.parametrize("day", [datetime.date(2026, 10, 1), datetime.date(2026, 10, 31)])
def test_coverage_includes_first_and_last_day_of_the_month(house, cast, day):
    at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 30)))
    Verification.objects.create(
        community=house.kuocang, dwelling=house.dwelling, stairwell=house.first, by=cast["head"], at=at
    )
    doors = section(house.kuocang, OCTOBER, "residents.doors")
    assert doors.rows[-1] == ("合计", "1", "1", "100%")
    assert doors.sentences[0].startswith("截至2026年10月31日，90日内")


@pytest.mark.parametrize(
    ("day", "fresh"),
    [
        (datetime.date(2026, 11, 1), "0"),  # the day after the month
        (datetime.date(2026, 8, 2), "1"),  # 90 days before its last day
        (datetime.date(2026, 8, 1), "0"),
    ],
)
def test_coverage_window_ends_on_the_last_day_of_the_month(house, cast, day, fresh):
    at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(0, 30)))
    Verification.objects.create(
        community=house.kuocang, dwelling=house.dwelling, stairwell=house.first, by=cast["head"], at=at
    )
    assert section(house.kuocang, OCTOBER, "residents.doors").rows[-1][2] == fresh
