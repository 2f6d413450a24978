"""Transfers of the relation of party members (组织关系转接)."""

from django.db import models
from django.utils import timezone

from community.communities.models import CommunityRow
from partybuilding.members.choices import Direction
from partybuilding.members.models.member import Member
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked


class TransferQuerySet(ScopedQuerySet):
    def waiting(self):
        """Letters whose receipt has not come."""
        return self.filter(direction=Direction.OUT, receipt_on__isnull=True, cancelled_on__isnull=True)


@tracked()
class Transfer(CommunityRow):
    """A transfer of somebody's relation (组织关系转接): out with a letter, in, or between two branches here."""

    member = ScopedForeignKey(Member, related_name="transfers", verbose_name="党员", db_index=False)
    direction = models.CharField("方向", max_length=8, choices=Direction)
    from_branch = ScopedForeignKey(
        "community.Body", null=True, blank=True, related_name="+", verbose_name="转出支部", db_index=False
    )
    to_branch = ScopedForeignKey(
        "community.Body", null=True, blank=True, related_name="+", verbose_name="转入支部", db_index=False
    )
    other = models.CharField("对方党组织", max_length=80, blank=True)
    on = models.DateField("办理日期", default=timezone.localdate)
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    serial = models.PositiveIntegerField("介绍信编号", null=True, blank=True)
    """Number of the letter within the year, without gaps."""
    valid_until = models.DateField("有效期至", null=True, blank=True)
    dues_until = models.DateField("党费交至", null=True, blank=True)
    """First day of the last month that is paid."""
    reason = models.CharField("转接原因", max_length=100, blank=True)
    receipt_on = models.DateField("回执日期", null=True, blank=True)
    """When the other organisation confirmed that it took the member over."""
    cancelled_on = models.DateField("撤回日期", null=True, blank=True)
    cancelled_because = models.CharField("撤回原因", max_length=100, blank=True)

    objects = TransferQuerySet.as_manager()

    body_path = "member__branch"
    field_classes = {
        "personal": (
            "member direction from_branch to_branch other on year serial valid_until dues_until reason receipt_on cancelled_on"
            " cancelled_because"
        ).split()
    }
    stored_label = "partybuilding.Transfer"
    named_by = ("member__person",)

    class Meta:
        verbose_name = "组织关系转接"
        verbose_name_plural = "组织关系转接"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "community"],
                condition=models.Q(
                    direction=Direction.OUT, receipt_on__isnull=True, cancelled_on__isnull=True
                ),
                name="transfer_open_once",
                violation_error_message="已经开出介绍信，还没有收到回执；请先登记回执或撤回",
            ),
            models.UniqueConstraint(
                fields=["year", "serial", "community"],
                name="transfer_serial",
                violation_error_message="介绍信编号重复，请重新提交",
            ),
            models.CheckConstraint(
                condition=models.Q(year__isnull=True, serial__isnull=True)
                | models.Q(year__isnull=False, serial__isnull=False),
                name="transfer_number",
                violation_error_message="介绍信的年度和编号应同时填写",
            ),
            models.CheckConstraint(
                condition=models.Q(receipt_on__isnull=True)
                | models.Q(cancelled_on__isnull=True, receipt_on__gte=models.F("on")),
                name="transfer_receipt",
                violation_error_message="回执日期不能早于开具介绍信的日期",
            ),
        ]
        indexes = [models.Index(fields=["community", "member"], name="transfer_member")]

    def __str__(self):
        return f"{self.member} {self.get_direction_display()}"

    @property
    def number(self) -> str:
        """Number of the letter as it is printed."""
        return f"〔{self.year}〕第{self.serial:03d}号" if self.serial else ""

    @property
    def from_words(self) -> str:
        """Where the member comes from: a branch here, or another organisation."""
        return str(self.from_branch or self.other)

    @property
    def to_words(self) -> str:
        """Where the member goes: a branch here, or another organisation."""
        return str(self.to_branch or self.other)

    @property
    def progress(self) -> str:
        if self.cancelled_on:
            return "已撤回"
        if not self.is_open:
            return "已办结"
        return "逾期未回执" if self.valid_until < timezone.localdate() else "待回执"

    @property
    def is_open(self) -> bool:
        """Whether the receipt is still waited for."""
        return self.direction == Direction.OUT and not self.receipt_on and not self.cancelled_on
