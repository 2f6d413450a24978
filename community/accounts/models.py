import datetime
from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import connection, models
from django.utils import timezone

from community.communities.models import CommunityRow, current_on
from portal.access.permissions import Permission
from portal.access.querysets import ScopedQuerySet
from portal.access.roles import ROLES, STREET_ISSUED_ROLES, HeldAt
from portal.access.url_spaces import HEAD_PATH, MEMBER_PATH
from portal.access.user_access import CommunityRef, HeldRole
from portal.audit.tracking import tracked
from portal.database.compiled import CompiledQuery
from portal.values.dates import prose_moment


class UserManager(BaseUserManager):
    def create_user(self, username: str, name: str, password: str | None = None, **fields) -> "User":
        """Create an account. Without a password nobody can sign in until a set-up link is used."""
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
        "community.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="本人（居民台账）",
    )
    """Person of the account. Protected: it shows whether two accounts belong to one person."""
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField("演示账号", default=False, editable=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    password_by_community = models.BooleanField("密码由社区开通单设置", default=False, editable=False)
    """Whether the current password was set by a link that the own community issued: then roles of the second office
    (`portal.access.roles.STREET_ISSUED_ROLES`) give no rights, because the issuer may have used the link."""

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
            "password_by_community",
        )
    }
    stored_label = "community.User"

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        ordering = ["username"]

    def __str__(self):
        return self.name

    @property
    def has_password_from_above(self) -> bool:
        """Whether second-office roles give this account rights: its password is set, and not by a community's link."""
        return self.has_usable_password() and not self.password_by_community

    def same_person_as(self, other: "User") -> bool:
        """Whether both accounts belong to one person (two-person rules compare persons)."""
        return self.pk == other.pk or (self.person_id is not None and self.person_id == other.person_id)

    def read_held_roles(self) -> tuple[list[HeldRole], list[CommunityRef]]:
        """The roles held today, and the communities below the streets among them.

        Runs outside the scope, because it decides the scope; two queries, and one each for heads of areas and roles
        at bodies. In a job's scope the other communities cannot be read, and the roles held there are left out.
        """
        held = [_Held(*row) for row in _HELD_ROLES.fetch(user_id=self.pk, day=timezone.localdate())]
        below = _stairwells_below([each.area_id for each in held if each.area_id])
        bodies_below = _bodies_below([each.body_id for each in held if each.body_id])
        holdings = []
        for each in held:
            if each.role not in ROLES:
                continue  # a role that code no longer knows gives no rights
            if self.password_by_community and each.role in STREET_ISSUED_ROLES:
                continue  # until a link of the second office set the password
            if each.community_id and each.code is None:
                continue
            bodies = bodies_below.get(each.body_id, set())
            if ROLES[each.role].held_at is HeldAt.BODY and not bodies:
                continue  # its body has ended
            stairwells = below.get(each.area_id, set()) if each.area_id else set()
            if each.stairwell_id:
                stairwells = {each.stairwell_id}
            holdings.append(
                HeldRole(each.role, each.community, each.street_id, frozenset(stairwells), frozenset(bodies))
            )
        streets = {h.street_id for h in holdings if h.street_id}
        if not streets:
            return holdings, []
        from community.communities.models import Community

        return holdings, [c.ref for c in Community.objects.filter(street_id__in=streets).order_by("id")]

    def read_absent_colleagues(self, community_ids: Iterable[int]) -> dict[int, dict[int, str]]:
        """Community id → user id → name of those who are away today and for whom this user stands in. One query."""
        absences = Absence.objects.in_communities(community_ids).current().filter(deputy=self)
        names: dict[int, dict[int, str]] = {}
        for community_id, user_id, name in absences.values_list("community_id", "user_id", "user__name"):
            names.setdefault(community_id, {})[user_id] = name
        return names

    def stands_in_for(self, user_id: int, community_id: int) -> bool:
        """Whether the other user is away today, with this one as deputy."""
        absences = Absence.objects.in_communities([community_id]).current()
        return absences.filter(user=user_id, deputy=self).exists()

    def links_used(self):
        """Set-up links by which this user's password was set, newest first."""
        return self.setup_links.filter(used_at__isnull=False).select_related("issued_by").order_by("-used_at")

    def take_link_notifications(self) -> list[str]:
        """Notifications after sign-in: links used since the last notification; marks them as told."""
        links = list(self.links_used().filter(told_at__isnull=True))
        self.setup_links.filter(pk__in=[link.pk for link in links]).update(told_at=timezone.now())
        return [link.sentence for link in links]

    def phone_in_use(self, phone_id: int):
        """Bound phone by which a session was opened; None once it was revoked or has expired."""
        return self.bound_phones().filter(pk=phone_id).first()

    def bound_phones(self):
        """Bound phones by which this user can sign in without the password."""
        return self.phones.bound().select_related("community")


class _Held(NamedTuple):
    """A role held today, as `_HELD_ROLES` reads it: place, and what a `CommunityRef` has."""

    role: str
    street_id: int | None
    stairwell_id: int | None
    area_id: int | None
    body_id: int | None
    community_id: int | None
    code: str | None
    name: str | None
    opened_on: datetime.date | None
    is_demo: bool | None

    @property
    def community(self) -> CommunityRef | None:
        if not self.community_id:
            return None
        return CommunityRef(self.community_id, self.code, self.name, self.opened_on, self.is_demo)


def _held_roles(user_id: int, day: datetime.date) -> models.QuerySet:
    community = (f"community__{name}" for name in ("code", "name", "opened_on", "is_demo"))
    return (
        RoleAssignment.objects.filter(user=user_id)
        .current(day)
        .order_by("id")
        .values_list(*_Held._fields[:6], *community)
    )


_HELD_ROLES = CompiledQuery(_held_roles, user_id=-1, day=datetime.date.min)
"""Asked by every request of somebody who is signed in."""


def _stairwells_below(area_ids: list[int]) -> dict[int, set[int]]:
    """Area id → stairwell ids below it, read past the scope by a database function that returns ids only."""
    if not area_ids:
        return {}
    return _ids_by_top("SELECT area_id, stairwell_id FROM community_stairwells_below(%s)", [area_ids])


def _bodies_below(body_ids: list[int]) -> dict[int, set[int]]:
    """Body id → ids of the body and all below it, read past the scope likewise; a body that ended has none."""
    if not body_ids:
        return {}
    today = timezone.localdate()
    return _ids_by_top("SELECT body_id, below_id FROM community_bodies_below(%s, %s)", [body_ids, today])


def _ids_by_top(sql: str, arguments: list) -> dict[int, set[int]]:
    """The second column of a query as sets by the first."""
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        ids_by_top: dict[int, set[int]] = {}
        for top, pk in cursor.fetchall():
            ids_by_top.setdefault(top, set()).add(pk)
    return ids_by_top


class AppointmentInForce(models.Func):
    """(assignment, day, has begun) → whether the appointment that a head's role follows is in force.

    True as well where it follows none, because a director granted it by hand. Asked before the scope is known, where no
    appointment can be read, so a function of the database answers (migration 0041).
    """

    function = "community_head_stands"
    output_field = models.BooleanField()


class RoleAssignmentQuerySet(models.QuerySet):
    def current(self, day=None):
        """Assignments in force on `day`, by default today."""
        day = day or timezone.localdate()
        return self.filter(current_on(day))._in_force(day, has_begun=True)

    def not_over(self):
        """Assignments in force today or later."""
        today = timezone.localdate()
        later = models.Q(end__isnull=True) | models.Q(end__gte=today)
        return self.filter(later)._in_force(today, has_begun=False)

    def holding(self, permission: Permission):
        """Assignments, of active accounts, whose role contains the right."""
        roles = [role.code for role in ROLES.values() if permission in role.permissions]
        return self.filter(role__in=roles, user__is_active=True)

    def over(self):
        """Assignments that are not in force any more, however they ended."""
        return self.exclude(pk__in=self.model.objects.not_over().values("pk"))

    def _in_force(self, day, *, has_begun: bool):
        """Filter out assignments ended by hand, and head roles whose appointment is over."""
        in_force = AppointmentInForce("pk", models.Value(day), models.Value(has_begun))
        return self.filter(
            models.Q(ended_at__isnull=True) | models.Q(ended_at__date__gt=day),
            ~models.Q(role__in=ROLES_BY_APPOINTMENT) | models.Q(in_force),
        )

    def visible_to(self, access, permission):
        return self.filter(community_id__in=access.community_ids(permission))

    def of(self, community):
        return self.filter(community_id=community.id)


ROLES_BY_APPOINTMENT = tuple(code for code, role in ROLES.items() if role.held_at is HeldAt.PLACE)
"""Role codes that follow an appointment: heads of stairwells, groups and areas."""
PHONE_PATHS = {
    code: HEAD_PATH if Permission.DOORS in role.permissions else MEMBER_PATH
    for code, role in ROLES.items()
    if {Permission.DOORS, Permission.DUTIES_OWN} & role.permissions
}
"""Role code → the phone page that it opens; the roles for which phones are bound."""


def _held_at(held_at: HeldAt) -> models.Q:
    """Condition: the role is one that is held at this kind of place."""
    return models.Q(role__in=[code for code, role in ROLES.items() if role.held_at is held_at])


_NO_PLACE = {"area__isnull": True, "stairwell__isnull": True}
_NO_BODY = {"body__isnull": True}
_ENDED = models.Q(end__isnull=False) | models.Q(ended_at__isnull=False)


class RoleAssignment(models.Model):
    """A role granted to a user, with place and dates (角色授予). The permissions of roles are in `portal/access/roles.py`.

    `end` is the last day; `ended_at` is when somebody ended it, with immediate effect, also before it began. A head's
    role is in force as long as the appointment it follows (`AppointmentInForce`).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments", verbose_name="账号"
    )
    role = models.CharField(
        "岗位", max_length=20, choices=[(code, role.name) for code, role in ROLES.items()]
    )
    street = models.ForeignKey(
        "community.Street", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="街道"
    )
    community = models.ForeignKey(
        "community.Community", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社区"
    )
    # An ended role loses its place when that is deleted; a current one prevents the deletion.
    area = models.ForeignKey(
        "community.Area", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="片区或小组"
    )
    stairwell = models.ForeignKey(
        "community.Stairwell", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="楼道"
    )
    body = models.ForeignKey(
        "community.Body", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="组织"
    )
    start = models.DateField("开始日期", default=timezone.localdate)
    end = models.DateField("结束日期", null=True, blank=True)
    ended_at = models.DateTimeField("结束办理时间", null=True, blank=True, editable=False)
    by_appointment = models.BooleanField("随任免", default=False, editable=False, db_default=False)
    """Set by the database when the appointment that this role followed is changed or deleted: then it has ended."""
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="授予人"
    )

    objects = RoleAssignmentQuerySet.as_manager()

    field_classes = {
        "personal": "user role street community area stairwell body start end ended_at by_appointment granted_by".split()
    }
    stored_label = "community.RoleAssignment"

    class Meta:
        verbose_name = "岗位"
        verbose_name_plural = "岗位"
        ordering = ["user_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(end__gte=models.F("start")),
                name="roleassignment_order",
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.CheckConstraint(
                condition=_held_at(HeldAt.STREET)
                & models.Q(street__isnull=False, community__isnull=True, **_NO_PLACE, **_NO_BODY)
                | _held_at(HeldAt.COMMUNITY)
                & models.Q(street__isnull=True, community__isnull=False, **_NO_PLACE, **_NO_BODY)
                | _held_at(HeldAt.PLACE)
                & models.Q(street__isnull=True, community__isnull=False, **_NO_BODY)
                & (
                    models.Q(area__isnull=True) ^ models.Q(stairwell__isnull=True)
                    | models.Q(**_NO_PLACE) & _ENDED
                )
                | _held_at(HeldAt.BODY)
                & models.Q(street__isnull=True, community__isnull=False, **_NO_PLACE)
                & (models.Q(body__isnull=False) | _ENDED)
                | _held_at(HeldAt.DEPLOYMENT)
                & models.Q(street__isnull=True, community__isnull=True, **_NO_PLACE, **_NO_BODY),
                name="roleassignment_place",
                violation_error_message="该岗位与所选范围不符，请重新选择",
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.get_role_display()}"

    @property
    def place(self) -> models.Model | None:
        """Stairwell, area or body at which it is held; None for the whole community, street or deployment."""
        return self.stairwell or self.area or self.body

    @property
    def end_in_words(self) -> str:
        """End of a past role, in words; `left_on` is the end date of the appointment it followed."""
        if self.ended_at and timezone.localdate(self.ended_at) < self.start:
            return f"{timezone.localdate(self.ended_at)}撤回，没有开始"
        if self.end and self.end <= timezone.localdate():
            return str(self.end)
        return f"{getattr(self, 'left_on', None) or ''}随任免结束"

    @property
    def awaits_second_office_link(self) -> bool:
        """Whether it gives no rights until a set-up link of the second office is used."""
        return self.role in STREET_ISSUED_ROLES and not self.user.has_password_from_above


class AbsenceQuerySet(ScopedQuerySet):
    def current(self, day: datetime.date | None = None):
        """Absences on `day`, by default today; the last day counts."""
        day = day or timezone.localdate()
        return self.filter(start__lte=day, end__gte=day)

    def not_over(self):
        """Absences of today or later."""
        return self.filter(end__gte=timezone.localdate())


@tracked()
class Absence(CommunityRow):
    """Days on which somebody is away, with a deputy to whom what waits for them is shown (不在岗).

    The deputy acts with rights of their own. It ends by itself after its last day.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="不在岗的人"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="代办人"
    )
    start = models.DateField("从")
    end = models.DateField("到")
    """Its last day."""
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="登记人"
    )

    objects = AbsenceQuerySet.as_manager()

    field_classes = {"personal": "user deputy start end set_by".split()}
    stored_label = "community.Absence"

    class Meta:
        verbose_name = "不在岗"
        verbose_name_plural = "不在岗"
        ordering = ["start", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__gte=models.F("start")),
                name="absence_order",
                violation_error_message="最后一天不能早于第一天",
            ),
            models.CheckConstraint(
                condition=~models.Q(deputy=models.F("user")),
                name="absence_deputy",
                violation_error_message="代办人不能是本人",
            ),
        ]
        indexes = [
            # For whom a user stands in today.
            models.Index(fields=["community", "deputy", "end"], name="absence_of_deputy"),
        ]

    def __str__(self):
        return f"{self.user.name}不在岗"


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
        issued, used = prose_moment(self.created_at), prose_moment(self.used_at)
        why = f"，理由：{self.reason}" if self.reason else ""
        above = Office.DEPLOYMENT if self.office == Office.DEPLOYMENT else Office.STREET
        return (
            f"您的密码于{used}用开通单设置，开通单由{self.issuer}于{issued}发放{why}。"
            f"如果不是您本人设置的，请立即修改密码，并告知{above.label}。"
        )


Office = SetupLink.Office
