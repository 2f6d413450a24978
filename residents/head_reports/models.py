import uuid

from django.conf import settings
from django.db import models

from community.communities.models import CommunityRow, Precision
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.crypto import vault
from portal.values.partial_dates import PartialDate

ID_COLUMN = "residents_changereport.id_number"


class ChangeReportQuerySet(ScopedQuerySet):
    def waiting(self):
        """Reports not reviewed yet, the oldest first."""
        return self.filter(state=ChangeReport.State.PENDING).order_by("reported_at", "id")

    def unseen(self, by):
        """Reviewed reports of `by` whose result `by` has not seen yet."""
        return self.filter(proposer=by, reviewed_at__isnull=False, seen_at__isnull=True)


@tracked(exclude=("sealed", "seen_at"))
class ChangeReport(CommunityRow):
    """A building head's report of a change at a door (变动上报), for review by staff."""

    row_security = RowSecurity(head="stairwell_id", head_inserts=True)

    class What(models.TextChoices):
        MOVE_IN = "move_in", "有人搬入"
        MOVE_OUT = "move_out", "有人搬走"
        DEATH = "death", "有人去世"
        BIRTH = "birth", "有孩子出生"
        MARRIAGE = "marriage", "有人结婚"
        TRANSFER = "transfer", "换了房子（本社区内）"
        SPLIT = "split", "分户"
        MERGE = "merge", "并户"
        HEAD = "head", "换户主"
        CORRECTION = "correction", "信息有误"

    class State(models.TextChoices):
        PENDING = "pending", "待审核"
        ACCEPTED = "accepted", "已采纳"
        RETURNED = "returned", "已退回"
        REJECTED = "rejected", "未予采纳"

    stairwell = ScopedForeignKey("community.Stairwell", related_name="+", verbose_name="楼道", db_index=False)
    dwelling = ScopedForeignKey(
        "residents.Dwelling", related_name="reports", verbose_name="房屋", db_index=False
    )
    person = ScopedForeignKey(
        "community.Person", null=True, blank=True, related_name="+", verbose_name="姓名", db_index=False
    )
    """Whom it is about: who left, died, married or is to be corrected, a parent of the child, the first of
    those who moved, the (new) head, a member of the household that joins another. Null for a move-in."""
    people = models.JSONField("涉及的人", default=list, blank=True, editable=False)
    """UUIDs of everybody who moved or split off, where it may be several."""
    what = models.CharField("变动", max_length=10, choices=What)
    on = models.DateField("日期")
    on_precision = models.CharField(
        "日期（精度）", max_length=1, choices=Precision, default=Precision.DAY, db_default=Precision.DAY
    )
    """A neighbour may know only the month."""
    name = models.CharField("姓名", max_length=60, blank=True)
    """As reported: of who moved in, of the child, of the spouse, the right name; else the register's name of `person`."""
    sex = models.CharField("性别", max_length=1, blank=True)
    birth_year = models.PositiveSmallIntegerField("出生年份", null=True, blank=True)
    relation_word = models.CharField("与户主关系", max_length=20, blank=True)
    phone = models.CharField("联系电话", max_length=60, blank=True)
    sealed = models.BinaryField("证件号码（加密）", null=True)
    id_mask = models.CharField("证件号码", max_length=40, blank=True)
    other_address = models.CharField("去向或来处", max_length=120, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    before = models.JSONField("上报时的登记内容", default=dict)
    """Field → register value when the report was made; a later change is a conflict."""
    state = models.CharField("状态", max_length=8, choices=State, default=State.PENDING)
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="上报人"
    )
    reported_at = models.DateTimeField("上报时间", auto_now_add=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="审核人",
    )
    reviewed_at = models.DateTimeField("审核时间", null=True)
    reason = models.CharField("审核意见", max_length=200, blank=True)
    seen_at = models.DateTimeField("结果看过的时间", null=True, editable=False)
    """When the proposer saw the result; not tracked."""
    replaces = ScopedForeignKey(
        "self", null=True, blank=True, related_name="replaced_by", verbose_name="更正自", db_index=False
    )
    """The returned report that this one corrects."""
    token = models.UUIDField("提交令牌", default=uuid.uuid4, editable=False)
    """Idempotency key made by the form."""

    objects = ChangeReportQuerySet.as_manager()

    uuids_of = {"people": "community.Person"}

    field_classes = {
        "secret": ("sealed", "id_mask"),
        "restricted": ("phone",),
        "personal": (
            "stairwell dwelling person people what on on_precision name sex birth_year relation_word other_address note before state"
            " proposer reported_at reviewer reviewed_at reason seen_at replaces token"
        ).split(),
    }
    stored_label = "residents.ChangeReport"
    named_by = ("dwelling",)

    class Meta:
        verbose_name = "变动上报"
        verbose_name_plural = "变动上报"
        ordering = ["-reported_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["community", "token"], name="changereport_once"),
            models.UniqueConstraint(
                fields=["community", "replaces"],
                condition=models.Q(replaces__isnull=False),
                name="changereport_replaced_once",
                violation_error_message="这条上报已经改正并重新提交",
            ),
            # A person who died is gone from the door once a report is accepted, so only pending ones can meet.
            models.UniqueConstraint(
                fields=["community", "person"],
                condition=models.Q(what="death", state="pending"),
                name="changereport_death_once",
                violation_error_message="这位居民去世已有人上报，正在等待审核",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewer__isnull=True, reviewed_at__isnull=True)
                | models.Q(reviewer__isnull=False, reviewed_at__isnull=False),
                name="changereport_reviewed_pair",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["returned", "rejected"]) | ~models.Q(reason=""),
                name="changereport_reason",
                violation_error_message="退回或不予采纳时请写明原因",
            ),
            models.CheckConstraint(
                condition=models.Q(on_precision__in=["d", "m"]),
                name="changereport_day_or_month",
                violation_error_message="日期请写到月或日",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "state", "reported_at"], name="changereport_waiting"),
            models.Index(fields=["community", "stairwell", "-reported_at"], name="changereport_of_stairwell"),
            # For the checks that nothing refers to deleted people and dwellings of an undone import.
            models.Index(fields=["community", "dwelling"], name="changereport_dwelling"),
            models.Index(
                fields=["community", "person"],
                condition=models.Q(person__isnull=False),
                name="changereport_person",
            ),
        ]

    def __str__(self):
        return f"{self.dwelling} {self.get_what_display()}"

    @property
    def who(self) -> str:
        """Names of the people it is about: as reported, or as registered at the time of the report."""
        if self.what == self.What.BIRTH:
            return self.name or f"{self.before['name']}的孩子"
        return "、".join(self.before.get("names", ())) or self.before.get("name") or self.name

    @property
    def when(self) -> PartialDate:
        """The day, or the month, in which it happened."""
        return PartialDate(self.on, self.on_precision)

    def set_id(self, number: str, mask: str) -> None:
        """Store an ID number encrypted for this row, until it is written to the person."""
        self.sealed = vault.encrypt(number, ID_COLUMN, self.uuid)
        self.id_mask = mask

    def read_id(self) -> str:
        """The full number, or empty when none was given. Raises vault.SecretUnreadable."""
        return vault.decrypt(self.sealed, ID_COLUMN, self.uuid) if self.sealed else ""
