"""Activities (活动) and meetings of a community and its bodies, and who attends them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from community.activities.kinds import ActivityKind, codes_by_right, kind_choices, kind_of
from community.communities.models import CommunityRow
from portal.access.permissions import Permission
from portal.access.querysets import ScopedForeignKey, ScopedOneToOneField, ScopedQuerySet
from portal.access.user_access import Access
from portal.audit.tracking import tracked


class ActivityQuerySet(ScopedQuerySet):
    def visible_to(self, access: Access, permission: Permission):
        """Activities whose kind asks a right that the user holds; where it is held at bodies, those of these bodies."""
        condition = Q(pk__in=())
        for pk in access.community_ids(permission):
            for right, codes in codes_by_right().items():
                bodies = access.bodies(right, pk)
                at_body = Q() if bodies is None else Q(body__in=bodies)
                condition |= Q(community_id=pk, kind__in=codes) & at_body
        return super().visible_to(access, permission).filter(condition)

    def planned(self):
        return self.filter(state=Activity.State.PLANNED)

    def unrecorded(self, moment=None):
        """Planned activities that have begun, by default until now: what remains is to record who came."""
        return self.planned().filter(starts_at__lte=moment or timezone.now())


@tracked()
class Activity(CommunityRow):
    """A meeting or an activity (活动): planned, then held with attendance, or cancelled with a reason."""

    class State(models.TextChoices):
        PLANNED = "planned", "计划中"
        HELD = "held", "已举行"
        CANCELLED = "cancelled", "已取消"

    kind = models.CharField("类别", max_length=30, choices=kind_choices)
    body = ScopedForeignKey(
        "community.Body",
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="主办组织",
        db_index=False,
    )
    title = models.CharField("名称", max_length=80)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间", null=True, blank=True)
    venue = ScopedForeignKey(
        "community.Venue", null=True, blank=True, related_name="+", verbose_name="场地", db_index=False
    )
    booking = ScopedOneToOneField(
        "community.VenueBooking",
        null=True,
        blank=True,
        editable=False,
        related_name="activity",
        verbose_name="场地预约",
    )
    """What holds the venue; written by the database with the activity (`activities.sql`)."""
    place = models.CharField("地点", max_length=80, blank=True, help_text="不在社区场地的，写明地点")
    host = models.CharField("主持人", max_length=60, blank=True)
    recorder = models.CharField("记录人", max_length=60, blank=True)
    agenda = models.TextField("议程", max_length=2000, blank=True, help_text="一行一项")
    minutes = models.TextField("会议记录", max_length=20000, blank=True)
    state = models.CharField("状态", max_length=9, choices=State, default=State.PLANNED, editable=False)
    cancelled_because = models.CharField("取消原因", max_length=200, blank=True, editable=False)
    signup_open_until = models.DateTimeField(
        "报名截止", null=True, blank=True, help_text="需要报名的活动填写"
    )
    capacity = models.PositiveSmallIntegerField(
        "名额", null=True, blank=True, validators=[MinValueValidator(1)], help_text="不限名额的留空"
    )

    objects = ActivityQuerySet.as_manager()

    body_path = "body"
    field_classes = {
        "public": "kind body starts_at ends_at venue booking state signup_open_until capacity".split(),
        "personal": "title place host recorder agenda minutes cancelled_because".split(),
    }
    stored_label = "community.Activity"

    class Meta:
        verbose_name = "活动"
        verbose_name_plural = "活动"
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at")),
                name="activity_order",
                violation_error_message="结束时间应晚于开始时间",
            ),
            models.CheckConstraint(
                condition=Q(signup_open_until__isnull=True) | Q(signup_open_until__lte=models.F("starts_at")),
                name="activity_signup_before_start",
                violation_error_message="报名截止不能晚于开始时间",
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__isnull=False, capacity__gte=1),
                name="activity_capacity",
                violation_error_message="名额至少为1",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled") & ~Q(cancelled_because="")
                | ~Q(state="cancelled") & Q(cancelled_because=""),
                name="activity_cancelled_with_reason",
                violation_error_message="取消活动时请写明原因",
            ),
        ]
        indexes = [
            # The list, by month, and what is due.
            models.Index(fields=["community", "-starts_at", "-id"], name="activity_order_of_list"),
            # The last one of a kind of a body: what is due by its period, and the defaults of the next one.
            models.Index(fields=["community", "kind", "body", "-starts_at"], name="activity_of_kind"),
            models.Index(
                fields=["community", "starts_at"], condition=Q(state="planned"), name="activity_planned"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def declared_kind(self) -> ActivityKind:
        return kind_of(self.kind)

    @property
    def is_past(self) -> bool:
        """Whether it has begun."""
        return self.starts_at <= timezone.now()

    @property
    def where(self) -> str:
        """Venue and place in words; empty if neither is known."""
        return "".join(filter(None, (self.venue.name if self.venue else "", self.place)))


class OfActivityQuerySet(ScopedQuerySet):
    """Rows of an activity are open to whom the activity is open; `activity_path` of the model leads to it."""

    def visible_to(self, access: Access, permission: Permission):
        activities = Activity._default_manager.visible_to(access, permission)
        path = getattr(self.model, "activity_path", "activity")
        return super().visible_to(access, permission).filter(**{f"{path}__in": activities})


class AttendanceQuerySet(OfActivityQuerySet):
    def present(self):
        return self.filter(state=Attendance.State.PRESENT)

    def missed(self):
        """Of those who did not come and have not made up for it."""
        return self.filter(state__in=Attendance.MISSED)

    def listed(self):
        """Without those who are no longer expected."""
        return self.exclude(state=Attendance.State.OFF)

    def expected_after(self, moment):
        """Of people expected at activities that begin later."""
        planned = {"activity__state": Activity.State.PLANNED, "activity__starts_at__gt": moment}
        return self.filter(state=Attendance.State.EXPECTED, **planned)


@tracked()
class Attendance(CommunityRow):
    """That a person is expected at an activity, and whether they came (到会)."""

    class State(models.TextChoices):
        EXPECTED = "expected", "应到"
        PRESENT = "present", "到会"
        LEAVE = "leave", "请假"
        ABSENT = "absent", "缺席"
        MADE_UP = "made_up", "已补学"
        OFF = "off", "不再参加"

    MISSED = (State.LEAVE, State.ABSENT)
    """States of those who did not come and may make up for it."""
    RECORDED = (State.PRESENT, State.LEAVE, State.ABSENT)
    """States that the record of an activity gives to everybody."""
    NOT_IN_RECORD = (State.MADE_UP, State.OFF)
    """States that the record of an activity leaves as they are."""

    activity = ScopedForeignKey(Activity, related_name="attendances", verbose_name="活动", db_index=False)
    person = ScopedForeignKey(
        "community.Person", related_name="attendances", verbose_name="姓名", db_index=False
    )
    state = models.CharField("到会情况", max_length=8, choices=State, default=State.EXPECTED)
    reason = models.CharField("请假或缺席原因", max_length=100, blank=True)
    signed_up_at = models.DateTimeField("报名时间", null=True, blank=True, editable=False)
    """Empty for who was invited."""
    made_up_on = models.DateField("补学日期", null=True, blank=True)
    made_up_how = models.CharField("补学方式", max_length=100, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="记录人",
    )
    recorded_at = models.DateTimeField("记录时间", null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    body_path = "activity__body"
    field_classes = {
        "personal": (
            "activity person state reason signed_up_at made_up_on made_up_how recorded_by recorded_at"
        ).split()
    }
    stored_label = "community.Attendance"
    named_by = ("activity", "person")

    class Meta:
        verbose_name = "到会记录"
        verbose_name_plural = "到会记录"
        ordering = ["activity_id", "person_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "activity", "person"],
                name="attendance_once",
                violation_error_message="此人已在这次活动的名单中",
            ),
            models.CheckConstraint(
                condition=Q(state="made_up", made_up_on__isnull=False)
                | ~Q(state="made_up") & Q(made_up_on__isnull=True, made_up_how=""),
                name="attendance_made_up_on_a_day",
                violation_error_message="补学的须填写补学日期",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=True, recorded_at__isnull=True)
                | Q(recorded_by__isnull=False, recorded_at__isnull=False),
                name="attendance_recorded_by_somebody",
                violation_error_message="记录人和记录时间应同时填写",
            ),
        ]
        indexes = [
            # What a person attended: page of the person, departure, merging.
            models.Index(fields=["community", "person", "state"], name="attendance_of_person")
        ]

    def __str__(self):
        return f"{self.person} {self.activity}"


def counts_by_state(activities: Sequence[Activity]) -> Mapping[int, Mapping[str, int]]:
    """Id of each activity → number of people on its list by state, and `all` of them. One query."""
    counts: Mapping = defaultdict(lambda: defaultdict(int))
    if activities:
        lines = Attendance.objects.filter(community_id=activities[0].community_id, activity__in=activities)
        numbers = lines.listed().order_by().values_list("activity", "state").annotate(models.Count("pk"))
        for pk, state, number in numbers:
            counts[pk][state] += number
            counts[pk]["all"] += number
    return counts
