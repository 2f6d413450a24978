"""Elections of party bodies (换届选举): their contests, the candidates, and the ballots that decided them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL


class ElectionQuerySet(ScopedQuerySet):
    def open(self):
        """Elections that are under way: neither void nor with their result in force."""
        return self.filter(state__in=Election.OPEN)


@tracked()
class Election(CommunityRow):
    """An election of a party body (换届选举). Its state changes by the steps of `actions` only."""

    class State(models.TextChoices):
        PLANNED = "planned", "筹备中"
        NOTICED = "noticed", "已公告"
        HELD = "held", "已开会，待计票"
        COUNTED = "counted", "已计票"
        FILLED = "filled", "已到任"
        VOID = "void", "选举无效"

    OPEN = (State.PLANNED, State.NOTICED, State.HELD, State.COUNTED)

    body = ScopedForeignKey("community.Body", related_name="elections", verbose_name="党组织", db_index=False)
    state = models.CharField("进展", max_length=7, choices=State, default=State.PLANNED, editable=False)
    planned_on = models.DateField("选举日期", help_text="党员大会或党员代表大会的日期")
    term_years = models.PositiveSmallIntegerField(
        "新一届任期（年）", default=5, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    place = models.CharField("选举地点", max_length=80, blank=True)
    approval = models.CharField(
        "上级批复文号", max_length=40, blank=True, help_text="上级党组织同意换届和候选人预备人选的批复"
    )
    note = models.CharField("备注", max_length=200, blank=True)
    noticed_on = models.DateField("公告日期", null=True, blank=True, editable=False)
    notice_place = models.CharField("公告地点", max_length=80, blank=True, editable=False)
    activity = ScopedForeignKey(
        "community.Activity",
        null=True,
        blank=True,
        related_name="elections",
        verbose_name="选举大会",
        db_index=False,
        editable=False,
    )
    held_on = models.DateField("大会日期", null=True, blank=True, editable=False)
    entitled = models.PositiveIntegerField("应到人数", null=True, blank=True, editable=False)
    present = models.PositiveIntegerField("实到人数", null=True, blank=True, editable=False)
    host = models.CharField("主持人", max_length=60, blank=True, editable=False)
    tellers = models.CharField("监票人和计票人", max_length=60, blank=True, editable=False)
    in_office_on = models.DateField("到任日期", null=True, blank=True, editable=False)
    document = models.CharField("任职批复文号", max_length=40, blank=True, editable=False)
    replaced = models.JSONField("换届前的任职", null=True, blank=True, editable=False)
    """What the new term wrote, by which it is taken back (`partybuilding.elections.new_term`); null before."""

    objects = ElectionQuerySet.as_manager()

    body_path = "body"
    field_classes = {
        "public": (
            "body state planned_on term_years place approval noticed_on notice_place activity held_on entitled present"
            " in_office_on document"
        ).split(),
        "personal": ("note", "host", "tellers", "replaced"),
    }
    public_texts = dict.fromkeys(("place", "approval", "notice_place", "document"), INTERNAL)
    stored_label = "partybuilding.Election"
    named_by = ("body",)

    class Meta:
        verbose_name = "换届选举"
        verbose_name_plural = "换届选举"
        ordering = ["-planned_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "body"],
                condition=Q(state__in=("planned", "noticed", "held", "counted")),
                name="election_one_at_a_time",
                violation_error_message="这个党组织的换届选举正在进行",
            ),
            models.CheckConstraint(
                condition=Q(present__isnull=True, entitled__isnull=True)
                | Q(present__isnull=False, entitled__isnull=False, present__lte=F("entitled")),
                name="election_present",
                violation_error_message="实到人数不能多于应到人数",
            ),
            models.CheckConstraint(
                condition=Q(held_on__isnull=True)
                | Q(held_on__isnull=False, noticed_on__isnull=False, held_on__gte=F("noticed_on")),
                name="election_notice_first",
                violation_error_message="大会日期不能早于公告日期",
            ),
        ]

    def __str__(self):
        return f"{self.body}{self.planned_on.year}年换届选举"


@tracked()
class Contest(CommunityRow):
    """What one ballot paper decides (选举项目): a post with its seats; the second ballot after a tie is the next round."""

    election = ScopedForeignKey(
        Election, models.CASCADE, related_name="contests", verbose_name="换届选举", db_index=False
    )
    post = ScopedForeignKey("community.Post", related_name="contests", verbose_name="职务", db_index=False)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    seats = models.PositiveSmallIntegerField("应选名额", default=1, validators=[MinValueValidator(1)])
    ballot = ScopedForeignKey(
        "community.Ballot", null=True, blank=True, related_name="+", verbose_name="计票", db_index=False
    )

    body_path = "election__body"
    field_classes = {"public": ("election", "post", "round", "seats", "ballot")}
    stored_label = "partybuilding.Contest"
    named_by = ("election__body", "post__body")

    class Meta:
        verbose_name = "选举项目"
        verbose_name_plural = "选举项目"
        ordering = ["election_id", "round", "post__order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "election", "post", "round"],
                name="contest_once",
                violation_error_message="这个职务已在选举项目中",
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1),
                name="contest_seats",
                violation_error_message="应选名额至少为1",
            ),
        ]

    def __str__(self):
        return f"{self.election} {self.title}"

    @property
    def title(self) -> str:
        """The post, with the round where it is not the first: 委员（第2次投票）."""
        return self.post.title if self.round == 1 else f"{self.post.title}（第{self.round}次投票）"


@tracked()
class Candidate(CommunityRow):
    """A person who stands in a contest (候选人)."""

    contest = ScopedForeignKey(
        Contest, models.CASCADE, related_name="candidates", verbose_name="选举项目", db_index=False
    )
    person = ScopedForeignKey(
        "community.Person", related_name="candidacies", verbose_name="姓名", db_index=False
    )
    order = models.PositiveSmallIntegerField("排序", default=1)

    body_path = "contest__election__body"
    field_classes = {"personal": ("contest", "person", "order")}
    stored_label = "partybuilding.Candidate"
    named_by = ("person",)

    class Meta:
        verbose_name = "候选人"
        verbose_name_plural = "候选人"
        ordering = ["contest_id", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "contest", "person"],
                name="candidate_once",
                violation_error_message="此人已是这个职务的候选人",
            )
        ]
        indexes = [models.Index(fields=["community", "person"], name="candidate_person")]

    def __str__(self):
        return self.person.name
