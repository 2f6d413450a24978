"""Bookings of venues."""

import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from community.communities.models import CommunityRow
from community.venues.models.venue import Venue, VenueClosure
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked


class VenueBookingQuerySet(ScopedQuerySet):
    def confirmed(self):
        return self.filter(state=VenueBooking.State.CONFIRMED)

    def requested(self):
        return self.filter(state=VenueBooking.State.REQUESTED)

    def open(self):
        """Confirmed, or waiting for it."""
        return self.filter(state__in=VenueBooking.OPEN)

    def overlapping(self, starts_at: datetime.datetime, ends_at: datetime.datetime):
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def on_days(self, first: datetime.date, last: datetime.date):
        """Bookings that touch these days."""
        return self.overlapping(midnight(first), midnight(last + datetime.timedelta(days=1)))

    def in_closures(self):
        """Bookings that stand although their venue is closed on that day."""
        closures = VenueClosure._default_manager.filter(
            community_id=models.OuterRef("community_id"),
            venue_id=models.OuterRef("venue_id"),
            start__lte=models.OuterRef("starts_at__date"),
            end__gte=models.OuterRef("starts_at__date"),
        )
        return self.open().filter(models.Exists(closures))


def midnight(day: datetime.date) -> datetime.datetime:
    """The first moment of a local day."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


@tracked(exclude=("name", "phone", "code_hash"))
class VenueBooking(CommunityRow):
    """A booking of a venue (预约): asked for and then confirmed or declined, or entered by the office as confirmed.

    The database keeps two confirmed bookings of a venue from overlapping. The booking of an activity is written with the
    activity, by a trigger (`community/activities/activities.sql`), and by nothing else.
    """

    row_security = RowSecurity(public_when="state = 'confirmed'")
    """The public reads when a venue is taken; `venues.sql` grants no other columns."""

    class State(models.TextChoices):
        REQUESTED = "requested", "待确认"
        CONFIRMED = "confirmed", "已确认"
        DECLINED = "declined", "未同意"
        WITHDRAWN = "withdrawn", "已撤回"
        CANCELLED = "cancelled", "已取消"

    OPEN = (State.REQUESTED, State.CONFIRMED)

    class UsedBy(models.TextChoices):
        """Who uses the venue."""

        OWN = "own", "社区"
        ACTIVITY = "activity", "会议活动"
        UNIT = "unit", "单位"
        RESIDENT = "resident", "居民"

    venue = ScopedForeignKey(Venue, related_name="bookings", verbose_name="场地", db_index=False)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    title = models.CharField("用途", max_length=80)
    used_by = models.CharField("使用人", max_length=8, choices=UsedBy)
    unit = ScopedForeignKey(
        "community.Unit",
        null=True,
        blank=True,
        related_name="venue_bookings",
        verbose_name="使用单位",
        db_index=False,
    )
    name = models.CharField("姓名", max_length=40, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)
    state = models.CharField("状态", max_length=9, choices=State)
    asked_at = models.DateTimeField("申请时间", null=True, blank=True)
    """Empty for what the office entered by itself."""
    answer = models.CharField("答复", max_length=200, blank=True)
    cancelled_because = models.CharField("取消原因", max_length=200, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="经办人",
    )
    decided_at = models.DateTimeField("办理时间", null=True, blank=True)
    series = models.UUIDField("系列", null=True, blank=True)
    """Of bookings that were made together, on many days."""
    closure = ScopedForeignKey(
        VenueClosure,
        null=True,
        blank=True,
        related_name="cancelled_bookings",
        verbose_name="暂停开放",
        db_index=False,
    )
    """The closure with which it was cancelled or declined; with its end it comes back."""
    code_hash = models.BinaryField("查询码摘要", null=True, blank=True)
    """Keyed hash of the tracking code of a request from the public page."""

    objects = VenueBookingQuerySet.as_manager()

    field_classes = {
        "public": "venue starts_at ends_at used_by unit state series closure".split(),
        "personal": ("title name asked_at answer cancelled_because decided_by decided_at code_hash").split(),
        "restricted": ("phone",),
    }
    stored_label = "community.VenueBooking"
    named_by = ("venue",)

    class Meta:
        verbose_name = "场地预约"
        verbose_name_plural = "场地预约"
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="venuebooking_order",
                violation_error_message="结束时间应晚于开始时间",
            ),
            # Ranges of one venue instead of the venue itself: GiST compares numbers by an extension only, ranges without.
            ExclusionConstraint(
                name="venuebooking_no_overlap",
                expressions=[
                    (
                        Func(
                            "venue",
                            "venue",
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.EQUAL,
                    ),
                    (
                        Func("starts_at", "ends_at", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state="confirmed"),
                violation_error_message="这个场地在这段时间刚刚被预约，请换一个时间",
            ),
            models.CheckConstraint(
                condition=Q(used_by="unit", unit__isnull=False) | ~Q(used_by="unit") & Q(unit__isnull=True),
                name="venuebooking_unit",
                violation_error_message="单位使用的请选择使用单位，其他的不选",
            ),
            models.CheckConstraint(
                condition=Q(used_by="resident") | Q(name="", phone=""),
                name="venuebooking_resident",
                violation_error_message="姓名和电话只在居民使用时填写",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled") & ~Q(cancelled_because="")
                | ~Q(state="cancelled") & Q(cancelled_because=""),
                name="venuebooking_cancelled_with_reason",
                violation_error_message="取消预约时请写明原因",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(answer=""),
                name="venuebooking_declined_with_words",
                violation_error_message="不同意时请写明原因",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="venuebooking_decided_pair",
            ),
            models.UniqueConstraint(fields=["code_hash", "community"], name="venuebooking_code"),
        ]
        indexes = [
            # The list, and the statistics of a period.
            models.Index(fields=["community", "-starts_at", "-id"], name="venuebooking_order_of_list"),
            # The week of a venue, and what a new booking clashes with.
            models.Index(fields=["community", "venue", "starts_at"], name="venuebooking_of_venue"),
            models.Index(
                fields=["community", "asked_at"],
                condition=Q(state="requested"),
                name="venuebooking_requested",
            ),
            models.Index(
                fields=["community", "series"],
                condition=Q(series__isnull=False),
                name="venuebooking_of_series",
            ),
            # What a unit used: the unit's page.
            models.Index(
                fields=["community", "unit"], condition=Q(unit__isnull=False), name="venuebooking_of_unit"
            ),
        ]

    def __str__(self):
        return f"{self.venue} {self.when}"

    @property
    def when(self) -> str:
        """Day and times, as in lists."""
        starts, ends = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        until = f"{ends:%H:%M}" if ends.date() == starts.date() else f"{ends:%Y-%m-%d %H:%M}"
        return f"{starts:%Y-%m-%d %H:%M}–{until}"

    @property
    def day(self) -> datetime.date:
        return timezone.localdate(self.starts_at)

    @property
    def hours(self) -> float:
        return (self.ends_at - self.starts_at).total_seconds() / 3600

    @property
    def is_past(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def is_of_activity(self) -> bool:
        return self.used_by == self.UsedBy.ACTIVITY
