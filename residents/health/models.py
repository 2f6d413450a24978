"""Health follow-up (健康随访): records, follow-ups and notices to the health centre.

Health data is secret: diseases, blood pressure, findings, advice and the content of a notice are one encrypted
text of each row. Only the person and the dates that the to-do needs are in plain text.
All of it is for holders of `Permission.HEALTH`; its pages are no register, so that lists, searches, exports,
saved lists and bulk changes, which follow from a declaration, never meet it.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked
from portal.crypto.sealed_rows import SealedRow


class Disease(models.TextChoices):
    """The eight chronic diseases (八种慢性病) for which a plan of follow-ups is made.

    The source speaks of "high blood pressure, diabetes and others, eight in all" without naming the rest
    (document C). Named here are those of the national plan for chronic diseases (中国防治慢性病中长期规划
    2017–2025年: cardiovascular and cerebrovascular disease, cancer, chronic respiratory disease, diabetes) and the
    two of which the national service rules (国家基本公共卫生服务规范（第三版）, 2017) ask follow-ups besides
    hypertension and type 2 diabetes: severe mental disorders and tuberculosis.
    """

    HYPERTENSION = "hypertension", "高血压"
    DIABETES = "diabetes", "糖尿病"
    CORONARY = "coronary", "冠心病"
    STROKE = "stroke", "脑卒中"
    COPD = "copd", "慢性阻塞性肺疾病"
    CANCER = "cancer", "恶性肿瘤"
    MENTAL = "mental", "重性精神疾病"
    TUBERCULOSIS = "tuberculosis", "结核病"


class EncryptedRow(SealedRow, CommunityRow):
    """A row of health data: all of its facts are sealed."""

    class Meta:
        abstract = True


class HealthRecordQuerySet(ScopedQuerySet):
    def followed(self):
        """Records with a plan: not ended, of living people."""
        return self.filter(ended_on__isnull=True, person__died_on__isnull=True)

    def due(self, day):
        """Records whose next follow-up should have been by `day`, or was never planned."""
        return self.followed().filter(Q(next_due__isnull=True) | Q(next_due__lte=day))

    def to_end(self):
        """Open records of people who died or no longer live here."""
        no_longer_here = Q(person__died_on__isnull=False) | Q(person__place_label="")
        return self.filter(no_longer_here, ended_on__isnull=True)

    def ended(self):
        return self.filter(ended_on__isnull=False)


@tracked(exclude=("sealed",))
class HealthRecord(EncryptedRow):
    """Somebody's health record (健康档案): the diseases, a note, and when the next follow-up is due.

    For people from 60 and for those with one of the eight diseases; one record per person. `sealed` holds
    `diseases` (values of `Disease`) and `note`.
    """

    person = ScopedForeignKey(
        "community.Person", related_name="+", verbose_name="姓名", db_index=False
    )  # no name on the person's side: nobody comes to it from there
    opened_on = models.DateField("建档日期")
    next_due = models.DateField("下次随访", null=True, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True, editable=False)
    ended_why = models.CharField("结束原因", max_length=100, blank=True, editable=False)

    objects = HealthRecordQuerySet.as_manager()

    field_classes = {
        "secret": ("sealed",),
        "restricted": ("person", "opened_on", "next_due", "ended_on", "ended_why"),
    }
    stored_label = "residents.HealthRecord"
    named_by = ("person",)
    encryption_contexts = {"sealed": "residents_healthrecord.sealed"}

    class Meta:
        verbose_name = "健康档案"
        verbose_name_plural = "健康档案"
        ordering = ["next_due", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "person"],
                name="healthrecord_once",
                violation_error_message="此人已有健康档案",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_why="")
                | Q(ended_on__isnull=False, next_due__isnull=True) & ~Q(ended_why=""),
                name="healthrecord_ended_with_reason",
                violation_error_message="结束随访时请写明原因，并不再安排下次随访",
            ),
        ]
        indexes = [
            # The list, and what is due.
            models.Index(
                fields=["community", "next_due", "id"],
                condition=Q(ended_on__isnull=True),
                name="healthrecord_due",
            ),
        ]

    def __str__(self):
        return f"{self.person}的健康档案"


@tracked(exclude=("sealed",))
class FollowUp(EncryptedRow):
    """One follow-up (随访) of a health record. `sealed` holds `systolic`, `diastolic` (mmHg or None), `found`, `advice`."""

    record = ScopedForeignKey(
        "residents.HealthRecord",
        models.CASCADE,
        related_name="follow_ups",
        verbose_name="健康档案",
        db_index=False,
    )
    on = models.DateField("随访日期")
    must_measure = models.BooleanField("须测血压", default=False, editable=False)
    """The first follow-up of somebody from 35 (首诊测血压); the age is a dated rule, so it is kept as it was."""
    measured = models.BooleanField("已测血压", default=False, editable=False)
    """Whether the facts hold a blood pressure, for the rule above."""
    next_due = models.DateField("下次随访", null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="随访人"
    )

    field_classes = {
        "secret": ("sealed",),
        "restricted": ("record", "on", "must_measure", "measured", "next_due", "by"),
    }
    stored_label = "residents.FollowUp"
    encryption_contexts = {"sealed": "residents_followup.sealed"}

    class Meta:
        verbose_name = "随访记录"
        verbose_name_plural = "随访记录"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "record", "on"],
                name="followup_once_a_day",
                violation_error_message="这一天已有随访记录，需要补充的请修改那一次",
            ),
            models.CheckConstraint(
                condition=Q(must_measure=False) | Q(measured=True),
                name="followup_first_pressure",
                violation_error_message="首次随访应测血压，请填写收缩压和舒张压",
            ),
            models.CheckConstraint(
                condition=Q(next_due__isnull=True) | Q(next_due__gt=models.F("on")),
                name="followup_next_later",
                violation_error_message="下次随访应在本次随访之后",
            ),
        ]

    def __str__(self):
        return f"{self.on}随访"


class HealthNoticeQuerySet(ScopedQuerySet):
    def open(self):
        """Notices not sent yet."""
        return self.filter(sent_at__isnull=True)


@tracked(exclude=("sealed",))
class HealthNotice(EncryptedRow):
    """A notice to the health centre (向社区卫生服务中心报告): of an infectious disease, or of a death.

    `due_at` is fixed by the rule of the day on which it was noticed. `sealed` holds `disease` and `text`.
    """

    class Kind(models.TextChoices):
        INFECTIOUS = "infectious", "传染病"
        DEATH = "death", "死亡"

    kind = models.CharField("类别", max_length=10, choices=Kind)
    person = ScopedForeignKey("community.Person", related_name="+", verbose_name="姓名", db_index=False)
    noticed_at = models.DateTimeField("发现时间")
    due_at = models.DateTimeField("报告期限")
    noticed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="登记人"
    )
    sent_at = models.DateTimeField("报出时间", null=True, blank=True)
    sent_to = models.CharField("报给", max_length=80, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="报告人",
    )

    objects = HealthNoticeQuerySet.as_manager()

    field_classes = {
        "secret": ("sealed",),
        "restricted": "kind person noticed_at due_at noticed_by sent_at sent_to sent_by".split(),
    }
    stored_label = "residents.HealthNotice"
    encryption_contexts = {"sealed": "residents_healthnotice.sealed"}

    class Meta:
        verbose_name = "健康报告"
        verbose_name_plural = "健康报告"
        ordering = ["-noticed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "person"],
                condition=Q(kind="death"),
                name="healthnotice_death_once",
                violation_error_message="此人已登记死亡报告",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by__isnull=True, sent_to="")
                | Q(sent_at__isnull=False, sent_by__isnull=False) & ~Q(sent_to=""),
                name="healthnotice_sent_whole",
                violation_error_message="报出时间、报告人和接报单位应一并登记",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(sent_at__gte=models.F("noticed_at")),
                name="healthnotice_sent_after",
                violation_error_message="报出时间不能早于发现时间",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=models.F("noticed_at")), name="healthnotice_due_after"
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-noticed_at", "-id"], name="healthnotice_order"),
            models.Index(
                fields=["community", "due_at"], condition=Q(sent_at__isnull=True), name="healthnotice_open"
            ),
            models.Index(fields=["community", "person"], name="healthnotice_person"),
        ]

    def __str__(self):
        return f"{self.person}的{self.get_kind_display()}报告"

    def status_label(self, now) -> str:
        """State in words: sent or not, in time or late."""
        if self.sent_at:
            return "按时报出" if self.sent_at <= self.due_at else "迟报"
        return "待报出" if now <= self.due_at else "已逾期"
