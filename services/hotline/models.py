from django.db import models

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey
from portal.audit.tracking import tracked
from services.requests.models import Request


@tracked()
class HotlineOrder(CommunityRow):
    """An order of the street's 12345 hotline (12345工单): its number, and the request that is worked on for it."""

    number = models.CharField("工单编号", max_length=40)
    request = ScopedForeignKey(
        Request, models.PROTECT, related_name="hotline_orders", verbose_name="诉求", db_index=False
    )
    batch = models.UUIDField("导入批次")
    """uuid of the `portal.importing.models.ImportBatch` that last changed it, which may be deleted meanwhile."""
    sheet = models.CharField("工作表", max_length=100)
    row = models.PositiveIntegerField("行号")
    """In the file of the batch."""

    field_classes = {"personal": ("number", "request", "batch", "sheet", "row")}
    stored_label = "services.HotlineOrder"
    log_name = "number"

    class Meta:
        verbose_name = "12345工单"
        verbose_name_plural = "12345工单"
        ordering = ["-number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "community"],
                name="hotlineorder_number",
                violation_error_message="这个工单编号已经导入",
            )
        ]
        indexes = [models.Index(fields=["community", "request"], name="hotlineorder_request")]

    def __str__(self):
        return f"12345工单{self.number}"
