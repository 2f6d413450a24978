import uuid

from django.db import models

from portal.access.querysets import ScopedQuerySet


class SavedListQuerySet(ScopedQuerySet):
    def usable_by(self, user_id: int):
        """Own lists and shared ones."""
        return self.filter(models.Q(user_id=user_id) | models.Q(shared=True))


class SavedList(models.Model):
    """Saved list (常用名单): named filters, columns and sort of a register; never the rows themselves."""

    uuid = models.UUIDField("编号", default=uuid.uuid4, editable=False, unique=True)
    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("建立人")
    register = models.CharField("台账", max_length=60)
    """The register's label, `<app>:<noun>`."""
    name = models.CharField("名称", max_length=60)
    query = models.CharField("条件", max_length=2_000, blank=True)
    """Query string with search words and filters."""
    sort = models.CharField("排序", max_length=60, blank=True)
    """`name` or `-name` of a column; empty for the register's default order."""
    columns = models.JSONField("列", default=list)
    """Names of the columns in their order; empty for the register's default."""
    shared = models.BooleanField("全社区共用", default=False)
    made_at = models.DateTimeField("建立时间", auto_now_add=True)
    changed_at = models.DateTimeField("修改时间", auto_now=True)
    changed_by = models.BigIntegerField("修改人")
    version = models.PositiveIntegerField("版本", default=0)

    objects = SavedListQuerySet.as_manager()
    stored_label = "portal.SavedList"

    class Meta:
        verbose_name = "常用名单"
        verbose_name_plural = "常用名单"
        ordering = ["register", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community_id", "user_id", "name"],
                name="savedlist_name",
                violation_error_message="已有同名的常用名单",
            )
        ]
        indexes = [models.Index(fields=["community_id", "register", "name"], name="savedlist_register")]

    def __str__(self):
        return self.name
