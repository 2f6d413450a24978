from django.db import models

from portal.access.querysets import ScopedQuerySet
from portal.access.rls import RowSecurity


class AccessLog(models.Model):
    """Access log (个人信息查阅记录): who viewed, exported or printed personal data, and why; also account grants.

    Written on a connection of its own before the data is shown, so the entry survives a rollback.
    It never contains the value itself.
    """

    row_security = RowSecurity(append_only=True)

    class Action(models.TextChoices):
        REVEAL = "reveal", "查看完整号码"
        FIND = "find", "按号码查找"
        EXPORT = "export", "导出"
        CONFIRM = "confirm", "同意导出"
        REFUSE = "refuse", "不同意导出"
        PRINT = "print", "打印"
        GIVEN = "given", "向本人提供"
        FILE = "file", "打开文件"
        OPEN = "open", "查看健康档案"
        DENIED = "denied", "越权被拒"
        PHONE = "phone", "绑定手机"
        LINK = "link", "发放开通单"
        LINK_USED = "link_used", "使用开通单"
        LINK_ENDED = "link_ended", "开通单失效"
        GRANT = "grant", "分配岗位"
        CHANGE = "change", "变更任职"
        END = "end", "解除岗位"

    ABOUT_ACCOUNTS = frozenset(
        (Action.LINK, Action.LINK_USED, Action.LINK_ENDED, Action.GRANT, Action.CHANGE, Action.END)
    )
    """Actions on accounts: `ids` are ids of accounts."""

    community_id = models.BigIntegerField("社区")
    user_id = models.BigIntegerField("用户")
    at = models.DateTimeField("时间", auto_now_add=True)
    action = models.CharField("操作", max_length=10, choices=Action)
    subject = models.CharField("对象", max_length=100)
    """Model label (`community.Person`), path of a refused request, or role or link of an account."""
    ids = models.JSONField("记录编号", default=list)
    reason = models.CharField("理由", max_length=200, blank=True)
    request_id = models.CharField("请求编号", max_length=36, blank=True)

    objects = ScopedQuerySet.as_manager()
    stored_label = "portal.AccessLog"

    class Meta:
        verbose_name = "查阅记录"
        verbose_name_plural = "查阅记录"
        ordering = ["-id"]
        indexes = [
            # The log of one community, newest first; and what one user did in the last hour.
            models.Index(fields=["community_id", "-id"], name="accesslog_community"),
            models.Index(fields=["community_id", "user_id", "action", "-at"], name="accesslog_user"),
        ]


class RateCounter(models.Model):
    """Rate limit counter of a time window; incremented by an upsert in a transaction of its own."""

    key = models.CharField("键", max_length=120, unique=True)
    window_start = models.DateTimeField("窗口开始")
    count = models.PositiveIntegerField("次数", default=0)
    stored_label = "portal.RateCounter"

    class Meta:
        verbose_name = "频次"
        verbose_name_plural = "频次"
        ordering = ["key"]
