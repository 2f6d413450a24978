from django.db import models

from portal.access.querysets import ScopedQuerySet


class OwnLinks(models.Model):
    """Pins (收藏) and recently opened pages of a user in one community, each newest first.

    What is stored is the key of a page or row (`portal.menu.own_links`), never its name, which is personal data where
    the row is a person.
    """

    row_security = None  # `.sql`: of the user, in the communities of the scope

    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("用户")
    pins = models.JSONField("收藏", default=list)
    recent = models.JSONField("最近打开", default=list)
    used_at = models.DateTimeField("使用时间", auto_now=True)

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.OwnLinks"

    class Meta:
        verbose_name = "收藏和最近打开"
        verbose_name_plural = "收藏和最近打开"
        ordering = ["user_id", "community_id"]
        constraints = [
            # One row a user and community, whoever writes first; also the index for a page's query.
            models.UniqueConstraint(fields=["user_id", "community_id"], name="ownlinks_once"),
        ]
        # The nightly deletion.
        indexes = [models.Index(fields=["used_at"], name="ownlinks_age")]
