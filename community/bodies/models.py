"""Bodies (组织) of a community, their posts (职务), who holds them, and their members."""

import datetime
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from community.bodies.kinds import PARTY_KINDS, BodyKind
from community.communities.models import START_BEFORE_END, CommunityRow
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL


class BodyQuerySet(ScopedQuerySet):
    def current(self, day: datetime.date | None = None):
        """Bodies that exist on `day`, by default today; on the day of its end a body is gone."""
        day = day or timezone.localdate()
        return self.filter(models.Q(ended_on__isnull=True) | models.Q(ended_on__gt=day))

    def party(self):
        return self.filter(kind__in=PARTY_KINDS)

    def with_vacancies(self, day: datetime.date | None = None):
        """Annotate `vacancies`: seats of the posts without a holder on `day`; none of a body that has ended."""
        of_body = Post.objects.filter(body=models.OuterRef("pk")).order_by().values("body")
        seats = of_body.annotate(number=models.Sum("seats")).values("number")
        current = PostHolder.objects.current(day).filter(post__body=models.OuterRef("pk"))
        held = current.order_by().values("post__body").annotate(number=models.Count("pk")).values("number")
        return self.annotate(
            vacancies=models.Case(
                models.When(ended_on__isnull=False, then=0),
                default=Coalesce(models.Subquery(seats), 0) - Coalesce(models.Subquery(held), 0),
                output_field=models.IntegerField(),
            )
        )


class BodyManager(models.Manager.from_queryset(BodyQuerySet)):
    """Annotates each body with `rank`, the place of its kind among the kinds, by which lists are ordered."""

    def get_queryset(self):
        ranks = [models.When(kind=kind, then=models.Value(rank)) for rank, kind in enumerate(BodyKind)]
        return super().get_queryset().annotate(rank=models.Case(*ranks, output_field=models.IntegerField()))


@tracked()
class Body(CommunityRow):
    """A body of the community (组织): party body, committee, association, mass organisation or team."""

    kind = models.CharField("类别", max_length=20, choices=BodyKind)
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=30, blank=True)
    parent = ScopedForeignKey(
        "self", null=True, blank=True, related_name="children", verbose_name="上级组织", db_index=False
    )
    unit = ScopedForeignKey(
        "community.Unit",
        null=True,
        blank=True,
        related_name="bodies",
        verbose_name="所在单位",
        db_index=False,
        help_text="驻区单位的党支部、工会等填写",
    )
    founded_on = models.DateField("成立日期", null=True, blank=True)
    ended_on = models.DateField("撤销日期", null=True, blank=True)
    term_years = models.PositiveSmallIntegerField(
        "任期（年）", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    term_began_on = models.DateField("本届开始", null=True, blank=True)
    term_ends_on = models.DateField(
        "换届日期", null=True, blank=True, help_text="留空的，按本届开始和任期推算"
    )
    note = models.CharField("备注", max_length=200, blank=True)

    objects = BodyManager()

    body_path = "pk"
    field_classes = {
        "public": (
            "kind name short_name parent unit founded_on ended_on term_years term_began_on term_ends_on"
        ).split(),
        "personal": ("note",),
    }
    public_texts = {"name": INTERNAL, "short_name": INTERNAL}
    stored_label = "community.Body"

    class Meta:
        verbose_name = "组织"
        verbose_name_plural = "组织"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"], name="body_name_once", violation_error_message="已有同名的组织"
            ),
            models.CheckConstraint(
                condition=models.Q(founded_on__isnull=True)
                | models.Q(ended_on__isnull=True)
                | models.Q(ended_on__gte=models.F("founded_on")),
                name="body_order",
                violation_error_message="撤销日期不能早于成立日期",
            ),
            models.CheckConstraint(
                condition=models.Q(term_began_on__isnull=True)
                | models.Q(term_ends_on__isnull=True)
                | models.Q(term_ends_on__gt=models.F("term_began_on")),
                name="body_term_order",
                violation_error_message="换届日期应晚于本届开始",
            ),
        ]
        indexes = [
            # The bodies below one, and the tree.
            models.Index(fields=["community", "parent"], name="body_below"),
            # Bodies of a kind, and the list in its order.
            models.Index(fields=["community", "kind", "name"], name="body_by_kind"),
        ]

    def __str__(self):
        return self.name

    @property
    def label(self) -> str:
        """The name within the community: 居民委员会."""
        return self.short_name or self.name

    @property
    def is_party(self) -> bool:
        return BodyKind(self.kind).is_party

    @property
    def is_over(self) -> bool:
        return self.ended_on is not None and self.ended_on <= timezone.localdate()

    def clean(self):
        super().clean()
        self.check_parent()

    def check_parent(self) -> None:
        """Raise ValidationError if the parent is below this body, or of a kind that cannot stand above it."""
        if self.parent is None or not self.kind:
            return
        if self.pk and self.parent_id in with_below([self.pk], self.community_id):
            raise ValidationError({"parent": "上级组织不能是本组织或其下级，请另选。"})
        if not BodyKind(self.kind).may_stand_below(BodyKind(self.parent.kind)):
            label = BodyKind(self.kind).label
            raise ValidationError({"parent": f"{label}的上级只能是更高一级的党组织，请另选或留空。"})


def with_below(ids: Iterable[int], community_id: int) -> frozenset[int]:
    """Ids of these bodies of one community and of all below them, also of bodies that have ended."""
    children: dict[int, list[int]] = {}
    pairs = Body.objects.filter(community_id=community_id, parent__isnull=False)
    for pk, parent in pairs.order_by().values_list("pk", "parent"):
        children.setdefault(parent, []).append(pk)
    found: set[int] = set()
    waiting = list(ids)
    while waiting:
        if (pk := waiting.pop()) not in found:
            found.add(pk)
            waiting += children.get(pk, ())
    return frozenset(found)


@tracked()
class Post(CommunityRow):
    """A post of a body (职务), with the number of seats that it has."""

    body = ScopedForeignKey(Body, related_name="posts", verbose_name="组织", db_index=False)
    title = models.CharField("职务", max_length=30)
    seats = models.PositiveSmallIntegerField("职数", default=1, validators=[MinValueValidator(1)])
    order = models.PositiveSmallIntegerField("排序", default=1, help_text="小的在前")
    is_head = models.BooleanField("负责人", default=False, help_text="书记、主任、主席等主要负责人")

    body_path = "body"
    field_classes = {"public": ("body", "title", "seats", "order", "is_head")}
    public_texts = {"title": INTERNAL}
    stored_label = "community.Post"
    named_by = ("body",)

    class Meta:
        verbose_name = "职务"
        verbose_name_plural = "职务"
        ordering = ["body_id", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "body", "title"],
                name="post_title_once",
                violation_error_message="该组织已有这个职务",
            ),
            models.CheckConstraint(
                condition=models.Q(seats__gte=1),
                name="post_seats",
                violation_error_message="职数至少为1",
            ),
        ]

    def __str__(self):
        return f"{self.body}{self.title}"


class TenureQuerySet(ScopedQuerySet):
    """Rows with `start` and `end`, whose end date already belongs to the successor."""

    def current(self, day: datetime.date | None = None):
        """In force on `day`, by default today."""
        day = day or timezone.localdate()
        return self.filter(start__lte=day).not_over(day)

    def not_over(self, day: datetime.date | None = None):
        """In force on `day` or later."""
        day = day or timezone.localdate()
        return self.filter(models.Q(end__isnull=True) | models.Q(end__gt=day))


@tracked()
class PostHolder(CommunityRow):
    """That a person holds a post, with dates and document (任职)."""

    class Manner(models.TextChoices):
        ELECTED = "elected", "选举"
        APPOINTED = "appointed", "任命"
        CO_OPTED = "co-opted", "增补"

    post = ScopedForeignKey(Post, related_name="holders", verbose_name="职务", db_index=False)
    person = ScopedForeignKey(
        "community.Person", related_name="post_holdings", verbose_name="姓名", db_index=False
    )
    start = models.DateField("任职日期")
    end = models.DateField("离任日期", null=True, blank=True)
    """First day on which the person no longer holds it."""
    manner = models.CharField("产生方式", max_length=9, choices=Manner, default=Manner.ELECTED)
    document = models.CharField("任免文号", max_length=80, blank=True)

    objects = TenureQuerySet.as_manager()

    body_path = "post__body"
    field_classes = {"personal": ("post", "person", "start", "end", "manner", "document")}
    stored_label = "community.PostHolder"
    named_by = ("person", "post__body")

    class Meta:
        verbose_name = "任职"
        verbose_name_plural = "任职"
        ordering = ["-start", "id"]
        constraints = [
            models.CheckConstraint(
                condition=START_BEFORE_END,
                name="postholder_order",
                violation_error_message="离任日期不能早于任职日期",
            ),
            models.UniqueConstraint(
                fields=["community", "post", "person"],
                condition=models.Q(end__isnull=True),
                name="postholder_once",
                violation_error_message="此人现任这个职务，请先填写其离任日期",
            ),
        ]
        indexes = [models.Index(fields=["community", "person"], name="postholder_person")]

    def __str__(self):
        return f"{self.person} {self.post}"

    @property
    def until(self) -> datetime.date | None:
        """Until when: the end of the holding, or of the term of the body."""
        return self.end or self.post.body.term_ends_on


@tracked()
class BodyMember(CommunityRow):
    """Membership of a committee, mass organisation or team (成员); party members are rows of partybuilding."""

    body = ScopedForeignKey(Body, related_name="members", verbose_name="组织", db_index=False)
    person = ScopedForeignKey(
        "community.Person", related_name="body_memberships", verbose_name="姓名", db_index=False
    )
    start = models.DateField("加入日期", default=timezone.localdate)
    end = models.DateField("退出日期", null=True, blank=True)
    """First day on which the person is no longer a member."""
    note = models.CharField("备注", max_length=100, blank=True)

    objects = TenureQuerySet.as_manager()

    body_path = "body"
    field_classes = {"personal": ("body", "person", "start", "end", "note")}
    stored_label = "community.BodyMember"
    named_by = ("person", "body")

    class Meta:
        verbose_name = "成员"
        verbose_name_plural = "成员"
        ordering = ["-start", "id"]
        constraints = [
            models.CheckConstraint(
                condition=START_BEFORE_END,
                name="bodymember_order",
                violation_error_message="退出日期不能早于加入日期",
            ),
            models.UniqueConstraint(
                fields=["community", "body", "person"],
                condition=models.Q(end__isnull=True),
                name="bodymember_once",
                violation_error_message="此人已是该组织的成员",
            ),
        ]
        indexes = [models.Index(fields=["community", "person"], name="bodymember_person")]

    def __str__(self):
        return f"{self.person} {self.body}"
