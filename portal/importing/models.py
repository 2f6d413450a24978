from django.db import models

from portal.access.querysets import ScopedQuerySet
from portal.batches.models import Batch
from portal.files.models import FileOwner


class ImportBatch(FileOwner, Batch):
    """Import batch (导入批次): one uploaded spreadsheet, its stored file, and its progress into a register."""

    kind = "import"
    verb = "导入"
    draft_label = "待核对栏目"

    file_name = models.CharField("文件名", max_length=200)
    mapping = models.JSONField("对应关系", default=dict)
    report = models.JSONField("结果", default=dict)
    corrections = models.BinaryField("改正的内容（加密）", null=True)
    """Cells corrected in the browser, put over those of the file (`portal.importing.corrections`)."""

    stored_label = "portal.ImportBatch"

    class Meta(Batch.Meta):
        verbose_name = "导入批次"
        verbose_name_plural = "导入批次"


class ImportRow(models.Model):
    """Staged row of a batch: its values, changes and findings."""

    class Verdict(models.TextChoices):
        NEW = "new", "新增"
        CHANGED = "changed", "有变化"
        UNCHANGED = "unchanged", "无变化"
        DUPLICATE = "duplicate", "重复"
        ERROR = "error", "有误"

    community_id = models.BigIntegerField("社区")
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", verbose_name="批次")
    sheet = models.CharField("工作表", max_length=100)
    number = models.PositiveIntegerField("行号")
    """Row number in the spreadsheet, from 1."""
    label = models.CharField("名称", max_length=100, blank=True)
    verdict = models.CharField("判定", max_length=9, choices=Verdict)
    values = models.JSONField("取值", default=dict)
    """Cleaned values without secrets; secrets are encrypted in `sealed`."""
    sealed = models.BinaryField("加密取值", null=True)
    changes = models.JSONField("变化", default=list)
    """Changed fields as `[label, old, new]`, secrets masked."""
    findings = models.JSONField("问题", default=list)
    """`{column, value, message, severity}` in the order of the columns."""
    duplicate_group = models.PositiveIntegerField("重复组", null=True)
    """Group of duplicates of which a person chooses; their `values` also hold the side-by-side display."""
    choice = models.CharField("决定", max_length=40, blank=True)
    """Decision about a row with `duplicate_group`; see `portal.importing.protocol.APPLY`."""
    settled = models.BooleanField("已处理", default=False)
    """Whether the row has been applied; its values are deleted here then."""

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.ImportRow"

    class Meta:
        verbose_name = "导入行"
        verbose_name_plural = "导入行"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["batch", "verdict", "id"], name="importrow_verdict"),
            # The page of duplicates, and the other rows of a group that was just applied.
            models.Index(
                fields=["batch", "duplicate_group", "id"],
                condition=models.Q(duplicate_group__isnull=False),
                name="importrow_duplicates",
            ),
        ]


class ImportMapping(models.Model):
    """Column mapping (栏目对应) that a community last confirmed for a header."""

    community_id = models.BigIntegerField("社区")
    register = models.CharField("台账", max_length=60)
    fingerprint = models.CharField("表头指纹", max_length=64)
    """SHA-256 of the normalised header; the header itself is not kept."""
    fields = models.JSONField("对应关系", default=dict)
    """Field key -> column from 0."""
    confirmed_at = models.DateTimeField("确认时间")

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.ImportMapping"

    class Meta:
        verbose_name = "栏目对应"
        verbose_name_plural = "栏目对应"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community_id", "register", "fingerprint"], name="importmapping_once"
            )
        ]
