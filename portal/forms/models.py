from django.db import models


class Submission(models.Model):
    """Idempotency token of a submitted form, with the URL of its result.

    Written in the request's own transaction, so a second submission of the same form waits for the first and
    is then redirected to its result.
    """

    token = models.UUIDField("令牌", unique=True)
    user_id = models.BigIntegerField("用户", null=True)
    result_url = models.CharField("结果页", max_length=300, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    stored_label = "portal.Submission"

    class Meta:
        verbose_name = "提交"
        verbose_name_plural = "提交"
        ordering = ["-id"]
        indexes = [models.Index(fields=["created_at"], name="submission_age")]  # the daily clean-up
