from django.conf import settings
from django.db import models

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked

SEALED_COLUMN = "residents_personmerge.sealed"


class PersonMergeQuerySet(ScopedQuerySet):
    def not_undone(self):
        """Merges not undone."""
        return self.filter(undone_at__isnull=True)


@tracked(exclude=("sealed",))
class PersonMerge(CommunityRow):
    """A merge of two duplicate person records (合并重复人员), with what undoing it needs.

    The removed record is deleted, so that no query has to exclude it; its values are stored here. When the kept
    record is merged into a third, `kept` follows like every other foreign key.
    """

    kept = ScopedForeignKey("community.Person", related_name="+", verbose_name="保留的居民", db_index=False)
    removed_id = models.BigIntegerField("并入的记录", editable=False)
    """Its primary key, used by its history and restored on undo."""
    removed_uuid = models.UUIDField("并入的编号", editable=False)
    removed_name = models.CharField("并入的姓名", max_length=60)
    values = models.JSONField("并入记录的内容", editable=False)
    """Column → value of the removed record, without the ID number."""
    written = models.JSONField("写入保留记录的内容", editable=False)
    """Column of the kept record → [before, after]."""
    moved = models.JSONField("转到保留记录的内容", editable=False)
    """Reference (`portal.database.foreign_keys`) → keys of the rows that were moved."""
    ended = models.JSONField("终止的内容", editable=False)
    """[model, key, column → [before, after]] of rows ended because both had one."""
    aside = models.JSONField("没有采用的内容", editable=False)
    """[model, column → value] of rows deleted in favour of an equivalent one."""
    sealed = models.BinaryField("证件号码（加密）", null=True, editable=False)
    """ID number of the removed record, and of the kept one if it was replaced."""
    event = ScopedForeignKey(
        "residents.PopulationEvent", related_name="+", verbose_name="变动登记", db_index=False
    )
    note = models.CharField("说明", max_length=100, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="办理人"
    )
    at = models.DateTimeField("合并时间", auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="撤销人",
    )
    undone_at = models.DateTimeField("撤销时间", null=True)

    objects = PersonMergeQuerySet.as_manager()

    field_classes = {
        "secret": ("sealed",),
        "restricted": ("values", "written", "aside"),
        "personal": (
            "kept removed_id removed_uuid removed_name moved ended event note by at undone_by undone_at"
        ).split(),
    }
    stored_label = "residents.PersonMerge"

    class Meta:
        verbose_name = "合并记录"
        verbose_name_plural = "合并记录"
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True, undone_by__isnull=True)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="personmerge_undone_pair",
            ),
            models.UniqueConstraint(
                fields=["community", "removed_id"],
                condition=models.Q(undone_at__isnull=True),
                name="personmerge_once",
                violation_error_message="此人已经合并",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-at", "-id"], name="personmerge_newest"),
            # The history of whoever stayed, and the way from an old address.
            models.Index(fields=["community", "kept"], name="personmerge_kept"),
            models.Index(fields=["community", "removed_uuid"], name="personmerge_removed"),
            # The check that nothing is left when events of an undone import go.
            models.Index(fields=["community", "event"], name="personmerge_event"),
        ]

    def __str__(self):
        return f"{self.removed_name}并入{self.kept.name}"

    @property
    def state(self) -> str:
        return "已撤销" if self.undone_at else ""

    @property
    def action(self) -> str:
        """By which history names every row that the merge wrote."""
        return f"merge {self.uuid}"
