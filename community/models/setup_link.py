from django.conf import settings
from django.db import models
from django.utils import timezone


class SetupLink(models.Model):
    """One-time set-up link by which an account's holder sets a password (开通链接).

    Only the hash of the token is stored; the link is printed on a slip. Rows are kept as a record of who gave access.
    """

    class Office(models.TextChoices):
        """Issuing office, lowest first."""

        COMMUNITY = "community", "社区"
        STREET = "street", "街道"
        DEPLOYMENT = "deployment", "系统管理员"

        @property
        def rank(self) -> int:
            return list(type(self)).index(self)

    class Ended(models.TextChoices):
        REPLACED = "replaced", "已另发开通单"
        ROLE = "role", "任职有变动"
        EXPIRED = "expired", "过期未用"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="setup_links", verbose_name="账号"
    )
    token_hash = models.CharField("令牌检索值", max_length=64, unique=True)
    office = models.CharField("发放单位", max_length=10, choices=Office, default=Office.COMMUNITY)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="发放人"
    )
    """Empty for the operator's commands."""
    reason = models.CharField("理由", max_length=200, blank=True)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)
    expires_at = models.DateTimeField("失效时间")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    ended_because = models.CharField("失效原因", max_length=8, choices=Ended, blank=True)
    told_at = models.DateTimeField("告知本人时间", null=True, blank=True)

    field_classes = {
        "personal": (
            "user token_hash office issued_by reason created_at expires_at used_at ended_because told_at"
        ).split()
    }
    stored_label = "community.SetupLink"

    class Meta:
        verbose_name = "开通链接"
        verbose_name_plural = "开通链接"
        ordering = ["-created_at"]

    def __str__(self):
        return f"{self.user}的开通链接"

    @property
    def issuer(self) -> str:
        """The office and the person who issued it."""
        return f"{self.get_office_display()}{self.issued_by.name if self.issued_by else ''}"

    @property
    def sentence(self) -> str:
        """Notification for the holder, with what to do if it was not them."""
        issued, used = (
            f"{timezone.localtime(at):%Y年%-m月%-d日%H:%M}" for at in (self.created_at, self.used_at)
        )
        why = f"，理由：{self.reason}" if self.reason else ""
        above = Office.DEPLOYMENT if self.office == Office.DEPLOYMENT else Office.STREET
        return (
            f"您的密码于{used}用开通单设置，开通单由{self.issuer}于{issued}发放{why}。"
            f"如果不是您本人设置的，请立即修改密码，并告诉{above.label}。"
        )


Office = SetupLink.Office
