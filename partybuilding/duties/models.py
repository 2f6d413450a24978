"""Duty posts of party members (定岗定责), who claimed them, and their check-ins."""

import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, DateField, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.db.models.lookups import LessThan
from django.utils import timezone

from community.bodies.models import TenureQuerySet
from community.checkins.models import CheckInBase
from community.communities.models import START_BEFORE_END, CommunityRow
from community.dated_rules.models import DatedRule
from community.dated_rules.rules import DEFAULTS
from partybuilding.duties.rules import NEGLECT_MONTHS
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL


class Cover(models.TextChoices):
    """Whether somebody looks after a post. Stands in filters; the letter is shown beside the colour."""

    COVERED = "covered", "在岗"
    UNCOVERED = "uncovered", "空缺"
    NEGLECTED = "neglected", "失管"
    INACTIVE = "inactive", "停用"

    @property
    def letter(self) -> str:
        return self.label[0]


class DutyPostQuerySet(ScopedQuerySet):
    def active(self):
        return self.filter(is_active=True)

    def claimed(self, day: datetime.date | None = None):
        """Posts that somebody looks after on `day`, by default today."""
        return self.filter(Exists(DutyClaim.objects.current(day).filter(**_OF_POST)))

    def with_last_check_in(self):
        """Annotate `last_check_in`, a day."""
        last = DutyCheckIn.objects.filter(**_OF_POST).order_by("-at").values(day=TruncDate("at"))[:1]
        return self.annotate(last_check_in=Subquery(last, output_field=DateField()))

    def with_cover(self, day: datetime.date | None = None):
        """Annotate `claimed_since` (the start of the first of the claims of `day`, by default today), `last_check_in`, `cover`.

        The rule is that of `cover_of`. One query for several communities.
        """
        day = day or timezone.localdate()
        claims = DutyClaim.objects.current(day).filter(**_OF_POST).order_by("start").values("start")[:1]
        months = DatedRule.objects.in_force(NEGLECT_MONTHS, day).filter(community=OuterRef("community"))
        cutoff = _MonthsBefore(
            Value(day), Coalesce(Subquery(months.values("value")[:1]), DEFAULTS[NEGLECT_MONTHS].value)
        )
        return (
            self.with_last_check_in()
            .annotate(claimed_since=Subquery(claims, output_field=DateField()))
            .annotate(
                cover=Case(
                    When(is_active=False, then=Value(Cover.INACTIVE)),
                    When(claimed_since=None, then=Value(Cover.UNCOVERED)),
                    When(
                        LessThan(Greatest("last_check_in", "claimed_since"), cutoff),
                        then=Value(Cover.NEGLECTED),
                    ),
                    default=Value(Cover.COVERED),
                    output_field=models.CharField(),
                )
            )
        )


def cover_of(
    claimed_since: datetime.date | None, last_check_in: datetime.date | None, cutoff: datetime.date
) -> Cover:
    """The state of a post in use: neglected where neither a check-in nor the first of its present claims is as late as `cutoff`."""
    if claimed_since is None:
        return Cover.UNCOVERED
    return Cover.NEGLECTED if max(claimed_since, last_check_in or claimed_since) < cutoff else Cover.COVERED


_OF_POST = {"community": OuterRef("community"), "post": OuterRef("pk")}
"""Rows of a post: the community besides, so that the indexes, which begin with it, are used."""


class _MonthsBefore(models.Func):
    """(day, number) → the same day that many months before."""

    template = "(%(expressions)s))::date"
    arg_joiner = "::date - make_interval(months => "
    output_field = DateField()


@tracked()
class DutyPost(CommunityRow):
    """A duty post (岗位) at a place: a trash bin, a green space, a stairwell, a leg of the patrol."""

    class Kind(models.TextChoices):
        BIN = "bin", "垃圾桶看护"
        GREEN = "green", "绿地认养"
        STAIRWELL = "stairwell", "楼道三包"
        PATROL = "patrol", "日常巡逻"
        OTHER = "other", "其他"

        @property
        def letter(self) -> str:
            return {"bin": "桶", "green": "绿", "stairwell": "楼", "patrol": "巡", "other": "他"}[self.value]

    kind = models.CharField("岗位类别", max_length=9, choices=Kind)
    place = models.CharField("位置", max_length=60, blank=True, help_text="如：东门北侧1号桶")
    building = ScopedForeignKey(
        "community.Building",
        null=True,
        blank=True,
        related_name="duty_posts",
        verbose_name="楼幢",
        db_index=False,
    )
    stairwell = ScopedForeignKey(
        "community.Stairwell",
        null=True,
        blank=True,
        related_name="duty_posts",
        verbose_name="楼道",
        db_index=False,
    )
    body = ScopedForeignKey(
        "community.Body",
        null=True,
        blank=True,
        related_name="duty_posts",
        verbose_name="责任组织",
        db_index=False,
    )
    note = models.CharField("工作内容", max_length=200, blank=True)
    is_active = models.BooleanField("启用", default=True)

    objects = DutyPostQuerySet.as_manager()

    body_path = "body"
    field_classes = {"public": "kind place building stairwell body note is_active".split()}
    public_texts = {"place": INTERNAL, "note": INTERNAL}
    stored_label = "partybuilding.DutyPost"
    named_by = ("building", "stairwell")

    class Meta:
        verbose_name = "岗位"
        verbose_name_plural = "党员岗位"
        ordering = ["kind", "building__sort", "stairwell__sort", "place", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "kind", "building", "stairwell", "place"],
                nulls_distinct=False,
                name="dutypost_once",
                violation_error_message="这个位置已设有同类岗位",
            ),
            models.CheckConstraint(
                condition=Q(building__isnull=False) | ~Q(place=""),
                name="dutypost_somewhere",
                violation_error_message="请选择楼幢或楼道，或写明位置",
            ),
            models.CheckConstraint(
                condition=~Q(kind="stairwell") | Q(stairwell__isnull=False),
                name="dutypost_stairwell",
                violation_error_message="楼道三包岗位请选择楼道",
            ),
            models.CheckConstraint(
                condition=Q(stairwell__isnull=True) | Q(building__isnull=False),
                name="dutypost_building_of_stairwell",
                violation_error_message="请选择楼道所在的楼幢",
            ),
        ]
        indexes = [
            # The board, and the posts of a building.
            models.Index(fields=["community", "building"], name="dutypost_building"),
            models.Index(fields=["community", "body"], name="dutypost_body"),
        ]

    def __str__(self):
        return f"{self.where}{self.get_kind_display()}"

    def clean(self):
        super().clean()
        self.set_building()
        if self.stairwell and self.stairwell.building_id != self.building_id:
            raise ValidationError({"building": f"{self.stairwell}不在所选的楼幢，请核对。"})

    def set_building(self) -> None:
        """Set the building of the stairwell where none is given."""
        if self.stairwell and not self.building_id:
            self.building = self.stairwell.building

    @property
    def where(self) -> str:
        """Stairwell or building, and place, in words."""
        return f"{self.stairwell or self.building or ''}{self.place}"


class DutyClaimQuerySet(TenureQuerySet):
    """A claim lasts as long as the membership: of a member whose registration ended nothing need be written, nor taken back."""

    def not_over(self, day: datetime.date | None = None):
        day = day or timezone.localdate()
        ended = Q(member__ended_on__isnull=True) | Q(member__ended_on__gt=day)
        return super().not_over(day).filter(ended)


@tracked()
class DutyClaim(CommunityRow):
    """That a party member looks after a post (认领). Several members may share one."""

    post = ScopedForeignKey(DutyPost, related_name="claims", verbose_name="岗位", db_index=False)
    member = ScopedForeignKey(
        "partybuilding.Member", related_name="duty_claims", verbose_name="党员", db_index=False
    )
    start = models.DateField("认领日期", default=timezone.localdate)
    end = models.DateField("结束日期", null=True, blank=True)
    """First day on which the member no longer looks after it."""
    note = models.CharField("备注", max_length=100, blank=True)

    objects = DutyClaimQuerySet.as_manager()

    body_path = "post__body"
    field_classes = {"personal": ("post", "member", "start", "end", "note")}
    stored_label = "partybuilding.DutyClaim"
    named_by = ("member__person", "post")

    class Meta:
        verbose_name = "岗位认领"
        verbose_name_plural = "岗位认领"
        ordering = ["-start", "id"]
        constraints = [
            models.CheckConstraint(
                condition=START_BEFORE_END,
                name="dutyclaim_order",
                violation_error_message="结束日期不能早于认领日期",
            ),
            models.UniqueConstraint(
                fields=["community", "post", "member"],
                condition=Q(end__isnull=True),
                name="dutyclaim_once",
                violation_error_message="这名党员已认领该岗位，不用再登记",
            ),
        ]
        indexes = [
            # Who looks after a post, and the posts of a member.
            models.Index(fields=["community", "post", "start"], name="dutyclaim_post"),
            models.Index(fields=["community", "member", "start"], name="dutyclaim_member"),
        ]

    def __str__(self):
        return f"{self.member}认领{self.post}"

    @property
    def until(self) -> datetime.date | None:
        """First day on which it is over: its own end, or that of the membership."""
        days = [day for day in (self.end, self.member.ended_on) if day]
        return min(days) if days else None


@tracked()
class DutyCheckIn(CheckInBase, CommunityRow):
    """A check-in at a duty post (岗位签到), from the phone or recorded at the desk. Its photos are attachments."""

    row_security = RowSecurity(member="person_id")
    post = ScopedForeignKey(DutyPost, related_name="check_ins", verbose_name="岗位", db_index=False)

    body_path = "post__body"
    field_classes = {"personal": ("post", *CheckInBase.CHECK_IN_FIELDS)}
    stored_label = "partybuilding.DutyCheckIn"
    named_by = ("person", "post")

    class Meta(CheckInBase.Meta):
        abstract = False
        verbose_name = "岗位签到"
        verbose_name_plural = "岗位签到"
        indexes = [
            # The last one of a post, and those of a person in a year.
            models.Index(fields=["community", "post", "-at"], name="dutycheckin_post"),
            models.Index(fields=["community", "person", "-at"], name="dutycheckin_person"),
            models.Index(fields=["community", "-at", "-id"], name="dutycheckin_order"),
        ]

    def __str__(self):
        return f"{self.person} {self.post}"


class DutyCount(CommunityRow):
    """Number of check-ins at a post in a month whose rows were purged (到期清除后的签到次数)."""

    row_security = RowSecurity(append_only=True)
    post = ScopedForeignKey(DutyPost, related_name="past_check_ins", verbose_name="岗位", db_index=False)
    month = models.DateField("月份")
    """Its first day."""
    people = models.PositiveIntegerField("次数")

    body_path = "post__body"
    field_classes = {"public": ("post", "month", "people")}
    untracked_because = "Numbers without people, which the removal of check-ins adds to."
    stored_label = "partybuilding.DutyCount"
    named_by = ("post",)

    class Meta:
        verbose_name = "已清除签到的次数"
        verbose_name_plural = "已清除签到的次数"
        ordering = ["month", "id"]
        constraints = [
            models.UniqueConstraint(fields=["community", "post", "month"], name="dutycount_once"),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.people}次"
