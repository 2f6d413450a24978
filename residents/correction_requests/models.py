import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked


class CorrectionRequestQuerySet(ScopedQuerySet):
    def open(self):
        """Unanswered requests, the most urgent first."""
        return self.filter(state=CorrectionRequest.State.OPEN).order_by("due", "id")


@tracked()
class CorrectionRequest(CommunityRow):
    """A request to correct one's data in the register (更正申请, PIPL article 46).

    Made on paper, at the counter or by phone, and due by a date that a dated rule sets. While it is open the person
    is not purged.
    """

    class By(models.TextChoices):
        SELF = "self", "本人"
        GUARDIAN = "guardian", "监护人"
        RELATIVE = "relative", "近亲属（本人已去世）"

    class Channel(models.TextChoices):
        COUNTER = "counter", "窗口"
        PAPER = "paper", "书面"
        PHONE = "phone", "电话"

    class State(models.TextChoices):
        OPEN = "open", "待答复"
        GRANTED = "granted", "已更正"
        REFUSED = "refused", "未予更正"

    person = ScopedForeignKey(
        "community.Person", related_name="correction_requests", verbose_name="姓名", db_index=False
    )
    wrong = models.CharField("有误的内容", max_length=300)
    wanted = models.CharField("请求改为", max_length=300)
    asked_by = models.CharField("申请人", max_length=8, choices=By, default=By.SELF)
    asker_name = models.CharField("申请人姓名", max_length=60, blank=True)
    """Of a requester acting for somebody else."""
    channel = models.CharField("申请方式", max_length=7, choices=Channel, default=Channel.COUNTER)
    received_on = models.DateField("收到日期")
    due = models.DateField("答复期限")
    """Set when recorded, by the rule in force (`community.dated_rules.rules`)."""
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="登记人"
    )
    taken_at = models.DateTimeField("登记时间", auto_now_add=True)
    state = models.CharField("状态", max_length=7, choices=State, default=State.OPEN)
    answer = models.CharField("答复", max_length=500, blank=True)
    """What was corrected, or why not."""
    event = ScopedForeignKey(
        "residents.PopulationEvent",
        null=True,
        blank=True,
        related_name="+",
        verbose_name="更正登记",
        db_index=False,
    )
    """The correction event by which it was granted, if any."""
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="答复人",
    )
    decided_at = models.DateTimeField("答复时间", null=True, blank=True)

    objects = CorrectionRequestQuerySet.as_manager()

    field_classes = {
        "personal": (
            "person wrong wanted asked_by asker_name channel received_on due taken_by taken_at state answer event"
            " decided_by decided_at"
        ).split()
    }
    stored_label = "residents.CorrectionRequest"
    named_by = ("person",)

    class Meta:
        verbose_name = verbose_name_plural = "更正申请"
        ordering = ["due", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(asked_by="self", asker_name="") | ~Q(asked_by="self") & ~Q(asker_name=""),
                name="correctionrequest_asker",
                violation_error_message="由监护人或近亲属申请的，请填写申请人姓名；本人申请的不填",
            ),
            models.CheckConstraint(
                condition=Q(due__gte=models.F("received_on")),
                name="correctionrequest_due",
                violation_error_message="答复期限不能早于收到日期",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="open",
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                    answer="",
                    event__isnull=True,
                )
                | ~Q(state="open") & Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(answer=""),
                name="correctionrequest_answered",
                violation_error_message="答复时须写明更正的内容，或不予更正的原因",
            ),
        ]
        indexes = [
            # A person's page, and the check that nothing refers to a deleted person.
            models.Index(fields=["community", "person"], name="correctionrequest_of_person"),
            models.Index(
                fields=["community", "due"], condition=Q(state="open"), name="correctionrequest_open"
            ),
        ]

    def __str__(self):
        return f"{self.person}的更正申请"

    @property
    def asker(self) -> str:
        """The requester, in words."""
        word = self.get_asked_by_display()
        return f"{word.partition('（')[0]}{self.asker_name}" if self.asker_name else word

    def is_late(self, day: datetime.date) -> bool:
        return self.state == self.State.OPEN and self.due < day
