from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import connection, models
from django.utils import timezone

from community.models.base import current_on
from portal.access import CommunityRef, Holding
from portal.roles import ROLES, HeldAt


class UserManager(BaseUserManager):
    def create_user(self, username: str, name: str, password: str | None = None, **fields) -> "User":
        """Make an account. Without a password nobody can sign in until a set-up link was used."""
        user = self.model(username=username, name=name, **fields)
        if password is None:
            user.set_unusable_password()
        else:
            user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account (账号). Rights come only from roles held today; there is no superuser."""

    username = models.CharField("用户名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=60)
    person = models.ForeignKey(
        "community.Person", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="对应人员"
    )
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField("演示账号", default=False, editable=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ("name",)

    field_classes = {
        "personal": (
            "username",
            "name",
            "person",
            "password",
            "last_login",
            "is_active",
            "created_at",
            "is_demo",
        )
    }

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        ordering = ["username"]

    def __str__(self):
        return self.name

    def same_person_as(self, other: "User") -> bool:
        """Whether both are accounts of one person: where two people must agree, two accounts are not enough."""
        return self.pk == other.pk or (self.person_id is not None and self.person_id == other.person_id)

    def read_holdings(self) -> tuple[list[Holding], list[CommunityRef]]:
        """The roles held today, and the communities below the streets among them.

        Runs outside the scope, because it decides the scope; two queries, three for a head of an area. In a
        job's scope the other communities cannot be read, and the roles held there are left out.
        """
        assignments = list(
            RoleAssignment.objects.filter(user=self).current().select_related("community").order_by("id")
        )
        below = _stairwells_below([a.area_id for a in assignments if a.area_id])
        holdings = []
        for assignment in assignments:
            if assignment.role not in ROLES:
                continue  # a role that code no longer knows gives no rights
            if assignment.community_id and assignment.community is None:
                continue
            stairwells = below.get(assignment.area_id, set()) if assignment.area_id else set()
            if assignment.stairwell_id:
                stairwells = {assignment.stairwell_id}
            holdings.append(
                Holding(
                    assignment.role,
                    assignment.community.ref if assignment.community_id else None,
                    assignment.street_id,
                    frozenset(stairwells),
                )
            )
        streets = {h.street_id for h in holdings if h.street_id}
        if not streets:
            return holdings, []
        from community.models.community import Community

        return holdings, [c.ref for c in Community.objects.filter(street_id__in=streets).order_by("id")]

    def phone_in_use(self, phone_id: int):
        """The bound phone of this user by which a session was opened; None once it was ended or has run out."""
        return self.bound_phones().filter(pk=phone_id).first()

    def bound_phones(self):
        """The phones by which this user gets in without the password."""
        return self.phones.bound().select_related("community")


def _stairwells_below(area_ids: list[int]) -> dict[int, set[int]]:
    """Stairwell ids below each area or group, read past the scope by a function that returns ids only."""
    if not area_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT area_id, stairwell_id FROM community_stairwells_below(%s)", [area_ids])
        found: dict[int, set[int]] = {}
        for area_id, stairwell_id in cursor.fetchall():
            found.setdefault(area_id, set()).add(stairwell_id)
    return found


class RoleAssignmentQuerySet(models.QuerySet):
    def current(self, day=None):
        """Assignments in force on `day`, by default today."""
        return self.filter(current_on(day or timezone.localdate()))

    def not_over(self):
        """Assignments in force today or later."""
        return self.filter(models.Q(end__isnull=True) | models.Q(end__gte=timezone.localdate()))

    def visible_to(self, access, permission):
        return self.filter(community_id__in=access.community_ids(permission))

    def of(self, community):
        return self.filter(community_id=community.id)


class RoleAssignment(models.Model):
    """Who holds which role, where, from–to (角色授予). What a role may do stands in `portal/roles.py`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments", verbose_name="账号"
    )
    role = models.CharField(
        "角色", max_length=20, choices=[(code, role.name) for code, role in ROLES.items()]
    )
    street = models.ForeignKey(
        "community.Street", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="街道"
    )
    community = models.ForeignKey(
        "community.Community", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社区"
    )
    # A role that is over loses its place when that is deleted; one that is held keeps it from being deleted.
    area = models.ForeignKey(
        "community.Area", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="片区或小组"
    )
    stairwell = models.ForeignKey(
        "community.Stairwell", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="楼道"
    )
    start = models.DateField("开始日期", default=timezone.localdate)
    end = models.DateField("结束日期", null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="授予人"
    )

    objects = RoleAssignmentQuerySet.as_manager()

    field_classes = {"personal": "user role street community area stairwell start end granted_by".split()}

    class Meta:
        verbose_name = "角色授予"
        verbose_name_plural = "角色授予"
        ordering = ["user_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(end__gte=models.F("start")),
                name="roleassignment_order",
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[c for c, r in ROLES.items() if r.held_at is HeldAt.STREET])
                & models.Q(
                    street__isnull=False, community__isnull=True, area__isnull=True, stairwell__isnull=True
                )
                | models.Q(
                    role__in=[c for c, r in ROLES.items() if r.held_at in (HeldAt.COMMUNITY, HeldAt.BODY)]
                )
                & models.Q(
                    street__isnull=True, community__isnull=False, area__isnull=True, stairwell__isnull=True
                )
                | models.Q(role__in=[c for c, r in ROLES.items() if r.held_at is HeldAt.PLACE])
                & models.Q(street__isnull=True, community__isnull=False)
                & (
                    models.Q(area__isnull=True) ^ models.Q(stairwell__isnull=True)
                    | models.Q(area__isnull=True, stairwell__isnull=True, end__isnull=False)
                )
                | models.Q(role__in=[c for c, r in ROLES.items() if r.held_at is HeldAt.DEPLOYMENT])
                & models.Q(
                    street__isnull=True, community__isnull=True, area__isnull=True, stairwell__isnull=True
                ),
                name="roleassignment_place",
                violation_error_message="该角色与所选范围不符，请重新选择",
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.get_role_display()}"


class SetupLink(models.Model):
    """A one-time link by which an account's holder sets the first or a new password (开通链接).

    Only the hash of the token is stored; the link is printed on a slip.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="账号")
    token_hash = models.CharField("令牌检索值", max_length=64, unique=True)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)
    expires_at = models.DateTimeField("失效时间")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    field_classes = {"personal": ("user", "token_hash", "created_at", "expires_at", "used_at")}

    class Meta:
        verbose_name = "开通链接"
        verbose_name_plural = "开通链接"
        ordering = ["-created_at"]
