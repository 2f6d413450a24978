"""Venues with their hours, and the days on which they are closed."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

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
