import uuid

from django.db import models


class Draft(models.Model):
    """Draft (暂存) of a form: what a user typed, encrypted, until it is confirmed or a day old."""

    row_security = None  # `.sql`: of the user, whatever the community

    uuid = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    user_id = models.BigIntegerField("用户")
    path = models.CharField("页面", max_length=300)
    content = models.BinaryField("填写内容")
    kept_at = models.DateTimeField("时间", auto_now_add=True)
    stored_label = "portal.Draft"

    class Meta:
        verbose_name = "暂存"
        verbose_name_plural = "暂存"
        ordering = ["-kept_at"]
        indexes = [models.Index(fields=["kept_at"], name="draft_age")]  # the nightly clean-up
