"""What an agreement promises, and what was done of it."""

import datetime

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from community.agreements.models.agreement import Agreement
from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL


class PromiseStanding(models.TextChoices):
    """How a promise stands on a day. Stands in filters."""

    WAITING = "waiting", "协议未生效"
    OPEN = "open", "待履行"
    OVERDUE = "overdue", "逾期未履行"
    FULFILLED = "fulfilled", "已履行"
    UNFULFILLED = "unfulfilled", "未履行"
    DROPPED = "dropped", "随协议终止"


class PromiseQuerySet(ScopedQuerySet):
    def with_standing(self, day: datetime.date | None = None):
        """Annotate `standing` on a day, by default today: of an open promise it follows from the agreement and the due day."""
        day = day or timezone.localdate()
        states = Agreement.State
        return self.annotate(
            standing=Case(
                When(~Q(state=Promise.State.OPEN), then=F("state")),
                When(agreement__state=states.DRAFT, then=Value(PromiseStanding.WAITING)),
                When(agreement__state=states.ENDED, then=Value(PromiseStanding.DROPPED)),
                When(due__lt=day, then=Value(PromiseStanding.OVERDUE)),
                default=Value(PromiseStanding.OPEN),
                output_field=models.CharField(),
            )
        )

    def overdue(self, day: datetime.date):
        """Promises past their day, of agreements that were signed and have not been ended."""
        signed = [Agreement.State.IN_FORCE, Agreement.State.RENEWED]
        return self.filter(state=Promise.State.OPEN, due__lt=day, agreement__state__in=signed)


@tracked()
class Promise(CommunityRow):
    """What one side of an agreement promises (承诺事项): money, goods, a venue or a service."""

    class Side(models.TextChoices):
        UNIT = "unit", "单位"
        COMMUNITY = "community", "社区"

    class Kind(models.TextChoices):
        MONEY = "money", "资金"
        GOODS = "goods", "物资"
        VENUE = "venue", "场地"
        SERVICE = "service", "服务"

    class State(models.TextChoices):
        OPEN = "open", "待履行"
        FULFILLED = "fulfilled", "已履行"
        UNFULFILLED = "unfulfilled", "未履行"

    agreement = ScopedForeignKey(Agreement, related_name="promises", verbose_name="共建协议", db_index=False)
    side = models.CharField("承诺方", max_length=9, choices=Side, default=Side.UNIT)
    kind = models.CharField("类别", max_length=7, choices=Kind)
    text = models.CharField("承诺事项", max_length=200)
    amount = models.DecimalField(
        "金额（元）",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    quantity = models.DecimalField(
        "数量", max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    measure = models.CharField("计量单位", max_length=10, blank=True, help_text="如：次、人、件、小时")
    due = models.DateField("完成期限", null=True, blank=True, help_text="没有期限的留空，到协议结束为止")
    state = models.CharField("状态", max_length=11, choices=State, default=State.OPEN, editable=False)
    closed_on = models.DateField("履行或认定日期", null=True, blank=True, editable=False)
    reason = models.CharField("未履行原因", max_length=200, blank=True, editable=False)

    objects = PromiseQuerySet.as_manager()

    field_classes = {
        "public": ("agreement", "side", "kind", "amount", "quantity", "measure", "due", "state", "closed_on"),
        "personal": ("text", "reason"),
    }
    public_texts = {"measure": INTERNAL}
    stored_label = "community.Promise"
    named_by = ("agreement__unit",)

    class Meta:
        verbose_name = "承诺事项"
        verbose_name_plural = "承诺事项"
        ordering = ["agreement_id", "-side", "due", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__isnull=False, amount__gte=0),
                name="promise_amount",
                violation_error_message="金额不能小于0",
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__isnull=False, quantity__gte=0),
                name="promise_quantity",
                violation_error_message="数量不能小于0",
            ),
            models.CheckConstraint(
                condition=~Q(kind="money") | Q(amount__isnull=False),
                name="promise_of_money",
                violation_error_message="资金承诺请填写金额",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_on__isnull=True)
                | ~Q(state="open") & Q(closed_on__isnull=False),
                name="promise_closed_on_a_day",
                violation_error_message="已履行或未履行的承诺须有日期",
            ),
            models.CheckConstraint(
                condition=Q(state="unfulfilled") & ~Q(reason="") | ~Q(state="unfulfilled") & Q(reason=""),
                name="promise_unfulfilled_with_reason",
                violation_error_message="认定未履行时请写明原因",
            ),
        ]
        indexes = [
            # Those of an agreement.
            models.Index(fields=["community", "agreement", "side", "due"], name="promise_of_agreement"),
            # What is past its day.
            models.Index(fields=["community", "due"], condition=Q(state="open"), name="promise_open"),
            # What was fulfilled in a month.
            models.Index(fields=["community", "closed_on"], name="promise_closed"),
        ]

    def __str__(self):
        return f"{self.agreement.unit}：{self.text}"

    @property
    def size(self) -> str:
        """Amount and quantity in words; empty where neither is given."""
        parts = [
            f"{self.amount:,.2f}元" if self.amount is not None else "",
            f"{self.quantity.normalize():f}{self.measure}" if self.quantity is not None else "",
        ]
        return "，".join(filter(None, parts))


@tracked()
class Fulfilment(CommunityRow):
    """That a promise was fulfilled, in whole or in part (履行记录). The evidence is attached: photos, a receipt, a list."""

    promise = ScopedForeignKey(
        Promise, models.CASCADE, related_name="fulfilments", verbose_name="承诺事项", db_index=False
    )
    on = models.DateField("履行日期", default=timezone.localdate)
    note = models.CharField("履行情况", max_length=300)
    amount = models.DecimalField(
        "金额（元）",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    quantity = models.DecimalField(
        "数量", max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name="登记人",
        editable=False,
    )

    field_classes = {
        "public": ("promise", "on", "amount", "quantity"),
        "personal": ("note", "recorded_by"),
    }
    stored_label = "community.Fulfilment"
    named_by = ("promise__agreement__unit",)

    class Meta:
        verbose_name = "履行记录"
        verbose_name_plural = "履行记录"
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__isnull=False, amount__gte=0),
                name="fulfilment_amount",
                violation_error_message="金额不能小于0",
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__isnull=False, quantity__gte=0),
                name="fulfilment_quantity",
                violation_error_message="数量不能小于0",
            ),
        ]
        indexes = [
            # Those of a promise.
            models.Index(fields=["community", "promise", "-on"], name="fulfilment_of_promise"),
            # The list, and a month.
            models.Index(fields=["community", "-on", "-id"], name="fulfilment_order"),
        ]

    def __str__(self):
        return f"{self.promise}（{self.on}）"
