from django.conf import settings
from django.db import models
from django.utils import timezone

from community.accounts.models import PHONE_PATHS, RoleAssignment


class PhoneQuerySet(models.QuerySet):
    def printed(self):
        """Unused slips that are still valid."""
        return self.filter(bound_at__isnull=True, ended_at__isnull=True, link_until__gt=timezone.now())

    def bound(self):
        """Bound phones that are valid now."""
        return self.filter(bound_at__isnull=False, ended_at__isnull=True, until__gt=timezone.now())

    def visible_to(self, access, permission):
        return self.filter(community_id__in=access.community_ids(permission))

    def of(self, community):
        return self.filter(community_id=community.id)


class Phone(models.Model):
    """A phone of a building head or party member (绑定的手机): first a slip with a one-time link, then the phone bound by it.

    Link and phone token are stored as keyed hashes only. Rows are kept when a phone is revoked; acts are in the access
    log.
    """

    class Ended(models.TextChoices):
        STAFF = "staff", "社区解除"
        OWN = "own", "本人解除"
        PIN = "pin", "密码多次输错"
        REPLACED = "replaced", "已另发绑定单或换了手机"

    community = models.ForeignKey(
        "community.Community", models.PROTECT, related_name="+", verbose_name="社区"
    )
    """Community to which it gives access; whoever serves two communities has a phone in each."""
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="phones", verbose_name="账号"
    )
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="发单人"
    )
    issued_at = models.DateTimeField("发单时间", auto_now_add=True)
    link_hash = models.CharField("绑定链接检索值", max_length=64, unique=True)
    link_until = models.DateTimeField("绑定链接失效时间")
    token_hash = models.CharField("手机令牌检索值", max_length=64, unique=True, null=True)  # noqa: DJ001 - unique
    pin = models.CharField("手机密码", max_length=128, blank=True)
    failures = models.PositiveSmallIntegerField("连续输错次数", default=0)
    bound_at = models.DateTimeField("绑定时间", null=True)
    used_at = models.DateTimeField("最近使用", null=True)
    """When the PIN was last given."""
    until = models.DateTimeField("绑定到期", null=True)
    ended_at = models.DateTimeField("解除时间", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="解除人"
    )
    ended_because = models.CharField("解除原因", max_length=8, choices=Ended, blank=True)

    objects = PhoneQuerySet.as_manager()

    field_classes = {
        "secret": ("link_hash", "token_hash", "pin"),
        "personal": (
            "user issued_by issued_at link_until failures bound_at used_at until ended_at ended_by ended_because"
        ).split(),
    }
    stored_label = "community.Phone"

    class Meta:
        verbose_name = "绑定的手机"
        verbose_name_plural = "绑定的手机"
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(bound_at__isnull=True, token_hash__isnull=True, until__isnull=True, pin="")
                | models.Q(bound_at__isnull=False, token_hash__isnull=False, until__isnull=False)
                & ~models.Q(pin=""),
                name="phone_bound_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_because="")
                | models.Q(ended_at__isnull=False) & ~models.Q(ended_because=""),
                name="phone_ended_why",
            ),
            models.UniqueConstraint(
                fields=["community", "user"],
                condition=models.Q(bound_at__isnull=False, ended_at__isnull=True),
                name="phone_bound_once",
                violation_error_message="这个账号已经绑定了一部手机",
            ),
        ]

    def __str__(self):
        return f"{self.user}的手机"

    @property
    def paths(self) -> list[str]:
        """The phone pages that its user's roles in the community open today: the stairwells first, then the duties."""
        assignments = RoleAssignment.objects.of(self.community).current()
        roles = assignments.filter(user_id=self.user_id, role__in=PHONE_PATHS).values_list("role", flat=True)
        return sorted({PHONE_PATHS[role] for role in roles})

    @property
    def gives_access(self) -> bool:
        """Whether it opens anything today."""
        return bool(self.paths)

    @property
    def is_open(self) -> bool:
        """Whether it can be bound or used at this moment."""
        until = self.until if self.bound_at else self.link_until
        return self.ended_at is None and until > timezone.now()
