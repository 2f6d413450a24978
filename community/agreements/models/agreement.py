"""Agreements with units, and how each stands."""

import datetime

from django.db import models
from django.db.models import Case, DateField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from community.agreements.rules import NOTICE_DAYS
from community.communities.models import CommunityRow
from community.dated_rules.models import DatedRule
from community.dated_rules.rules import DEFAULTS
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL


class Standing(models.TextChoices):
    """How an agreement stands on a day: its state, and of one in force whether it is to be renewed. Stands in filters."""

    DRAFT = "draft", "草稿"
    IN_FORCE = "in_force", "生效中"
    DUE = "due", "待续签"
    EXPIRED = "expired", "已到期未续签"
    RENEWED = "renewed", "已续签"
    ENDED = "ended", "已终止"


class AgreementQuerySet(ScopedQuerySet):
    def in_force(self):
        return self.filter(state=Agreement.State.IN_FORCE)

    def current(self, day: datetime.date | None = None):
        """Agreements whose term includes `day`, by default today; also those that the next one renews later."""
        day = day or timezone.localdate()
        signed = [Agreement.State.IN_FORCE, Agreement.State.RENEWED]
        return self.filter(state__in=signed, start__lte=day, end__gte=day)

    def with_standing(self, day: datetime.date | None = None):
        """Annotate `standing` on a day, by default today. One query for several communities."""
        day = Value(day or timezone.localdate(), output_field=DateField())
        rule = DatedRule.objects.in_force(NOTICE_DAYS, day.value).filter(community=OuterRef("community"))
        days = Coalesce(Subquery(rule.values("value")[:1]), DEFAULTS[NOTICE_DAYS].value)
        return self.annotate(
            standing=Case(
                When(~Q(state=Agreement.State.IN_FORCE), then=F("state")),
                When(end__lt=day, then=Value(Standing.EXPIRED)),
                When(LessThanOrEqual(F("end"), _DaysLater(day, days)), then=Value(Standing.DUE)),
                default=Value(Standing.IN_FORCE),
                output_field=models.CharField(),
            )
        )

    def to_renew(self, day: datetime.date | None = None):
        """Agreements that are due for renewal on `day`, or expired without one."""
        return self.in_force().with_standing(day).filter(standing__in=[Standing.DUE, Standing.EXPIRED])


class _DaysLater(models.Func):
    """(day, number) → the day that many days later."""

    template = "((%(expressions)s)::date)"
    arg_joiner = "::date + "
    output_field = DateField()


@tracked()
class Agreement(CommunityRow):
    """An agreement of the community with a unit (共建协议), for a term. Whether it is due for renewal follows from its end."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        IN_FORCE = "in_force", "生效中"
        RENEWED = "renewed", "已续签"
        ENDED = "ended", "已终止"

    unit = ScopedForeignKey("community.Unit", related_name="agreements", verbose_name="单位", db_index=False)
    title = models.CharField("协议名称", max_length=80, default="党建共建协议")
    body = ScopedForeignKey(
        "community.Body",
        null=True,
        blank=True,
        related_name="agreements",
        verbose_name="社区一方",
        db_index=False,
        help_text="由党组织或其他组织签订的选择；留空为居民委员会",
    )
    start = models.DateField("开始日期")
    end = models.DateField("结束日期")
    """Last day of the term."""
    text = models.TextField("共建内容", max_length=4000, blank=True, help_text="一行一条")
    our_signer = models.CharField("社区签字人", max_length=40, blank=True)
    their_signer = models.CharField("单位签字人", max_length=40, blank=True)
    meeting = ScopedForeignKey(
        "community.Activity",
        null=True,
        blank=True,
        related_name="agreements",
        verbose_name="议定会议",
        db_index=False,
        help_text="在联席会议等会议上议定的选择",
    )
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT, editable=False)
    signed_on = models.DateField("签订日期", null=True, blank=True, editable=False)
    made_cobuilding = models.BooleanField("签订时列为共建单位", default=False, editable=False)
    """Whether the unit became a co-building unit with it: taken back with the signature."""
    predecessor = ScopedForeignKey(
        "self",
        null=True,
        blank=True,
        related_name="successors",
        verbose_name="原协议",
        db_index=False,
        editable=False,
    )
    """The agreement that this one renews."""
    ended_on = models.DateField("终止日期", null=True, blank=True, editable=False)
    ended_because = models.CharField("终止原因", max_length=200, blank=True, editable=False)

    objects = AgreementQuerySet.as_manager()

    field_classes = {
        "public": (
            "unit title body start end meeting state signed_on made_cobuilding predecessor ended_on"
        ).split(),
        "personal": ("text", "our_signer", "their_signer", "ended_because"),
    }
    public_texts = {"title": INTERNAL}
    stored_label = "community.Agreement"
    named_by = ("unit",)

    class Meta:
        verbose_name = "共建协议"
        verbose_name_plural = "共建协议"
        ordering = ["end", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gte=F("start")),
                name="agreement_order",
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.UniqueConstraint(
                fields=["community", "predecessor"],
                name="agreement_renewed_once",
                violation_error_message="原协议已有续签的协议",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", signed_on__isnull=True)
                | ~Q(state="draft") & Q(signed_on__isnull=False),
                name="agreement_signed_on_a_day",
                violation_error_message="生效的协议须有签订日期",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_on__isnull=False) & ~Q(ended_because="")
                | ~Q(state="ended") & Q(ended_on__isnull=True, ended_because=""),
                name="agreement_ended_with_reason",
                violation_error_message="终止协议时请写明日期和原因",
            ),
        ]
        indexes = [
            # The list, and what is to be renewed.
            models.Index(fields=["community", "end", "id"], name="agreement_by_end"),
            # Those of a unit, and the units with a current one.
            models.Index(fields=["community", "unit", "end"], name="agreement_of_unit"),
        ]

    def __str__(self):
        return f"{self.unit}{self.title}"

    @property
    def is_open(self) -> bool:
        """Whether promises may be added and changed."""
        return self.state in (self.State.DRAFT, self.State.IN_FORCE)

    @property
    def is_signed(self) -> bool:
        """Whether promises may be fulfilled; also of one that was renewed, where something is still open."""
        return self.state in (self.State.IN_FORCE, self.State.RENEWED)
