"""Venues (场地): when they are open, when they are closed, and who has booked them."""

import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from community.communities.models import START_BEFORE_END, CommunityRow
from community.communities.public_texts import PublicTexts
from community.profile.models import ServiceHours
from portal.access.db_scope import PUBLIC
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.pii_scan.declared import Scan


class VenueQuerySet(ScopedQuerySet):
    def bookable(self):
        return self.filter(is_bookable=True)

    def shared(self):
        """Venues that units share with the community."""
        return self.filter(unit__isnull=False)


@tracked()
class Venue(PublicTexts, CommunityRow):
    """A venue (场地) with its floor area: the community's own, or shared by a unit."""

    row_security = RowSecurity(public_when="is_public")

    class Kind(models.TextChoices):
        HALL = "hall", "服务大厅"
        ACTIVITY = "activity", "活动室"
        READING = "reading", "阅览室"
        CLASSROOM = "classroom", "教室"
        FITNESS = "fitness", "健身场所"
        OUTDOOR = "outdoor", "室外场地"
        OTHER = "other", "其他"

    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=10, choices=Kind, default=Kind.OTHER)
    unit = ScopedForeignKey(
        "community.Unit",
        null=True,
        blank=True,
        related_name="venues",
        verbose_name="提供单位",
        help_text="社区自己的场地留空",
        db_index=False,
    )
    floor_m2 = models.DecimalField(
        "面积（平方米）",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    capacity = models.PositiveSmallIntegerField(
        "可容纳人数", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    directions = models.CharField(
        "怎么走", max_length=120, blank=True, help_text="如：社区服务大厅二楼，从东门进"
    )
    is_bookable = models.BooleanField("可以预约", default=False)
    is_public = models.BooleanField(
        "向居民公开", default=True, help_text="公开的场地居民能看到开放时间；可以预约的，居民能在网上申请"
    )

    objects = VenueQuerySet.as_manager()

    field_classes = {
        "public": "name kind unit floor_m2 capacity directions is_bookable is_public".split(),
    }
    public_texts = {"name": Scan.ON_SAVE, "directions": Scan.ON_SAVE}
    stored_label = "community.Venue"

    class Meta:
        verbose_name = "场地"
        verbose_name_plural = "场地"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"], name="venue_once", violation_error_message="已有同名场地"
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__isnull=False, capacity__gte=1),
                name="venue_capacity",
                violation_error_message="可容纳人数至少为1",
            ),
        ]
        # What a unit shares: the unit's page.
        indexes = [
            models.Index(fields=["community", "unit"], condition=Q(unit__isnull=False), name="venue_of_unit")
        ]

    def __str__(self):
        return self.name


@tracked()
class VenueHours(CommunityRow):
    """When a venue is open on one weekday (开放时间), in force from `start` to `end`."""

    row_security = RowSecurity(open_to=(PUBLIC,))

    venue = ScopedForeignKey(Venue, related_name="hours", verbose_name="场地", db_index=False)
    weekday = models.PositiveSmallIntegerField("星期", choices=ServiceHours.Weekday)
    opens = models.TimeField("开放")
    closes = models.TimeField("关闭", help_text="开放到半夜12点的填 23:59")
    start = models.DateField("自", null=True, blank=True, help_text="一直如此的留空")
    end = models.DateField("至", null=True, blank=True, help_text="长期有效的留空")

    field_classes = {"public": ("venue", "weekday", "opens", "closes", "start", "end")}
    stored_label = "community.VenueHours"
    named_by = ("venue",)

    class Meta:
        verbose_name = "开放时间"
        verbose_name_plural = "开放时间"
        ordering = ["venue_id", "weekday", "opens", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="venuehours_order",
                violation_error_message="关闭时间应晚于开放时间",
            ),
            models.CheckConstraint(
                condition=START_BEFORE_END,
                name="venuehours_dates",
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.UniqueConstraint(
                fields=["community", "venue", "weekday", "opens", "start"],
                nulls_distinct=False,
                name="venuehours_once",
                violation_error_message="这个场地这一天已有同一开放时间",
            ),
        ]

    def __str__(self):
        return f"{self.venue} {self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


@tracked()
class VenueClosure(PublicTexts, CommunityRow):
    """Days on which a venue is closed (暂停开放), with the reason that everybody reads."""

    row_security = RowSecurity(open_to=(PUBLIC,))

    venue = ScopedForeignKey(Venue, related_name="closures", verbose_name="场地", db_index=False)
    start = models.DateField("自")
    end = models.DateField("至")
    reason = models.CharField("原因", max_length=100, help_text="居民能看到，如：消防检修")

    field_classes = {"public": ("venue", "start", "end", "reason")}
    public_texts = {"reason": Scan.ON_SAVE}
    stored_label = "community.VenueClosure"
    named_by = ("venue",)

    class Meta:
        verbose_name = "暂停开放"
        verbose_name_plural = "暂停开放"
        ordering = ["-start", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gte=F("start")),
                name="venueclosure_dates",
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="venueclosure_reason",
                violation_error_message="请写明暂停开放的原因",
            ),
        ]
        # Closures of a venue in a period: each check of a slot, and the public page.
        indexes = [models.Index(fields=["community", "venue", "end"], name="venueclosure_of_venue")]

    def __str__(self):
        return f"{self.venue} {self.days}"

    @property
    def days(self) -> str:
        """The days in words, as in lists."""
        return f"{self.start}" if self.start == self.end else f"{self.start}至{self.end}"


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
