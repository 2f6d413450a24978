from django.db import models


class ListPreference(models.Model):
    """List preference of a user for a register: columns and page size, in all their communities."""

    user_id = models.BigIntegerField("用户")
    register = models.CharField("台账", max_length=60)
    """The register's label, `<app>:<noun>`."""
    columns = models.JSONField("列", default=list)
    """Names of the chosen columns; empty for the register's default."""
    page_size = models.PositiveSmallIntegerField("每页条数", null=True)
    stored_label = "portal.ListPreference"

    class Meta:
        verbose_name = "列表设置"
        verbose_name_plural = "列表设置"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user_id", "register"], name="listpreference_of_user"),
        ]
