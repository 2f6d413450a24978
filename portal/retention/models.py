from django.db import models

from portal.access.querysets import ScopedQuerySet
from portal.access.rls import RowSecurity


class PurgeLog(models.Model):
    """Purge log (清除记录): number of rows purged after their retention period, by community, category and day.

    Written by the purge functions (`portal.retention.functions`), in the same transaction.
    """

    row_security = RowSecurity(append_only=True)
    community_id = models.BigIntegerField("社区")
    subject = models.CharField("对象", max_length=100)
    """`portal.retention.data_categories.DataCategory.label`."""
    day = models.DateField("日期")
    rows = models.BigIntegerField("清除条数")
    events = models.BigIntegerField("变更记录条数")
    files = models.BigIntegerField("文件数")

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.PurgeLog"

    class Meta:
        verbose_name = "清除记录"
        verbose_name_plural = "清除记录"
        ordering = ["-day", "subject"]
        constraints = [
            models.UniqueConstraint(fields=["community_id", "subject", "day"], name="purgelog_once_a_day"),
        ]
