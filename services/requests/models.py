from django.conf import settings
from django.db import models
from django.db.models.functions import Cast, Concat

from community.communities.models import CommunityRow
from community.people.models import Person
from community.people.phone_numbers import read_phones
from community.places.models import Building
from portal.access.permissions import Permission
from portal.access.querysets import RightField, ScopedForeignKey
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.cases.models import Case, CaseQuerySet, CaseStep
from services.requests.choices import Category, Channel, Outcome, Rating
from services.requests.course import COURSE

NOT_COUNTED = ("suspected", "rejected", "merged", "handed")
"""States in which a request is in no number; `numbers.sql` names them as well."""
GIST = 40
"""Characters of a text that lists show."""


class RequestQuerySet(CaseQuerySet):
    def counted(self):
        """Requests that numbers count and their drill-down shows: neither spam nor doubles, nor those of a narrower right.

        The number of the latter is told apart, from three on (`services.requests.numbers.hidden_requests`).
        """
        return self.exclude(state__in=NOT_COUNTED).filter(required_right=Permission.REQUESTS)


@tracked(exclude=("name", "phone", "code_hash"))
class Request(Case, CommunityRow):
    """A request or suggestion of a resident (居民诉求).

    The requester is a name and a phone as typed; no Person is made of them. Staff may link one, and only linked
    requests stand on a person's card.
    """

    row_security = RowSecurity(right="required_right")
    course = COURSE

    state = models.CharField("状态", max_length=16, choices=COURSE.choices)
    year = models.PositiveSmallIntegerField("年份", default=0, editable=False)
    number = models.PositiveIntegerField("编号", default=0, editable=False)
    """Counted within community and year by a trigger (`requests.sql`), whoever inserts the row."""
    channel = models.CharField("来源", max_length=8, choices=Channel)
    category = models.CharField("类别", max_length=12, choices=Category, blank=True)
    text = models.TextField("诉求内容", max_length=2000)
    place = models.CharField("地点", max_length=120, blank=True)
    building = ScopedForeignKey(
        Building, null=True, blank=True, related_name="+", verbose_name="楼幢", db_index=False
    )
    name = models.CharField("姓名", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    person = ScopedForeignKey(
        Person, null=True, blank=True, related_name="requests", verbose_name="居民", db_index=False
    )
    is_private = models.BooleanField("不公开办理", default=False)
    code_hash = models.BinaryField("查询码摘要", null=True, editable=False)
    """Keyed hash of the tracking code (`community.objections.tracking_codes`)."""
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="登记人",
    )
    """None: sent by the resident."""
    first_answered_at = models.DateTimeField("首次答复时间", null=True, blank=True, editable=False)
    """Set with the first answer by a trigger (`numbers.sql`), as is the deadline that it had."""
    first_due = models.DateTimeField("首次答复期限", null=True, blank=True, editable=False)
    outcome = models.CharField("答复结果", max_length=12, choices=Outcome, blank=True)
    rating = models.CharField("评价", max_length=12, choices=Rating, blank=True)
    """The last answer of the resident."""
    dissatisfied = models.PositiveSmallIntegerField("不满意次数", default=0)
    is_extended = models.BooleanField("已延期", default=False)
    unit = models.CharField("承办单位", max_length=80, blank=True)
    """The unit that has it in hand, as the last hand-over names it."""
    merged_into = ScopedForeignKey(
        "self", null=True, blank=True, related_name="followers", verbose_name="并入", db_index=False
    )
    suspicion = models.CharField("疑似原因", max_length=60, blank=True)
    source_label = models.CharField("转自", max_length=120, blank=True)
    source_url = models.CharField("来源页面", max_length=300, blank=True)
    required_right = RightField("查看权限", default=Permission.REQUESTS, editable=False)
    """Right required to see it: that of its source for a hand-over, the director's for a private one."""

    objects = RequestQuerySet.as_manager()

    field_classes = {
        "restricted": ("phone",),
        "personal": (
            "state owner received_at clock_rule clock_start clock_days clock_shift due is_provisional paused_on answered_at ended_at"
            " year number channel category text place building name person is_private code_hash taken_by outcome rating"
            " first_answered_at first_due dissatisfied is_extended unit merged_into suspicion source_label source_url required_right"
        ).split(),
    }
    stored_label = "services.Request"
    log_name = Concat(
        Cast("year", models.TextField()),
        models.Value("年第", models.TextField()),
        Cast("number", models.TextField()),
        models.Value("号", models.TextField()),
    )
    """How the access log names it: not by the requester."""

    class Meta:
        verbose_name = "诉求"
        verbose_name_plural = "居民诉求"
        # PostgreSQL sorts NULLs first when descending: open requests, the most urgent first.
        ordering = ["-ended_at", "due", "id"]
        constraints = [
            # In this order also for the next number of a year, and for the list by number.
            models.UniqueConstraint(fields=["community", "year", "number"], name="request_number"),
            models.UniqueConstraint(fields=["code_hash", "community"], name="request_code"),
            models.CheckConstraint(
                condition=~models.Q(text=""),
                name="request_text",
                violation_error_message="请写明诉求内容",
            ),
        ]
        indexes = [
            # The list; open requests first.
            models.Index(fields=["community", "-ended_at", "due", "id"], name="request_order"),
            # What is due for a user.
            models.Index(
                fields=["community", "owner", "due"],
                condition=models.Q(ended_at__isnull=True),
                name="request_open_of_owner",
            ),
            # How many there are, under the filters of the list, without a look at the rows.
            models.Index(
                fields=["community", "required_right", "state", "category", "channel"], name="request_counted"
            ),
            # Figures and tables of a period.
            models.Index(fields=["community", "received_at"], name="request_received"),
        ]

    def __str__(self):
        return f"{self.year}年第{self.number}号诉求"

    @property
    def gist(self) -> str:
        """The first words of the text."""
        line = " ".join(self.text.split())
        return line if len(line) <= GIST else f"{line[: GIST - 1]}…"

    def private_phones(self):
        return read_phones(self.phone).numbers

    def step_right(self):
        return {"required_right": self.required_right}


class RequestStep(CaseStep, CommunityRow):
    """A step of a request (办理经过)."""

    row_security = RowSecurity(right="required_right", append_only=True)
    case = ScopedForeignKey(
        Request, models.CASCADE, related_name="steps", verbose_name="诉求", db_index=False
    )
    required_right = RightField("查看权限", default=Permission.REQUESTS, editable=False)
    """That of the request."""

    field_classes = {
        "personal": "case number name before after by at text to_resident details required_right".split()
    }
    untracked_because = "A row is added once and never changed; the runtime role has no right to."
    stored_label = "services.RequestStep"
    told_to_subject = models.Q(to_resident=True)

    class Meta:
        verbose_name = "办理步骤"
        verbose_name_plural = "办理步骤"
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "number", "community"],
                name="requeststep_once",
                violation_error_message="这件诉求刚刚有了新的进展，请重新打开后再办理",
            )
        ]


@tracked()
class CategoryOwner(CommunityRow):
    """Who is proposed as owner of requests of a category (诉求分工)."""

    category = models.CharField("类别", max_length=12, choices=Category)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="承办人"
    )

    field_classes = {"personal": ("category", "owner")}
    stored_label = "services.CategoryOwner"

    class Meta:
        verbose_name = "诉求分工"
        verbose_name_plural = "诉求分工"
        ordering = ["category"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "community"],
                name="categoryowner_once",
                violation_error_message="这一类诉求已有承办人",
            )
        ]

    def __str__(self):
        return f"{self.get_category_display()}：{self.owner.name}"


@tracked()
class ReplyTemplate(CommunityRow):
    """A text with which answers begin (常用答复)."""

    title = models.CharField("名称", max_length=40)
    text = models.TextField("内容", max_length=2000)

    field_classes = {"personal": ("title", "text")}
    stored_label = "services.ReplyTemplate"

    class Meta:
        verbose_name = "常用答复"
        verbose_name_plural = "常用答复"
        ordering = ["title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["title", "community"],
                name="replytemplate_once",
                violation_error_message="已有同名的常用答复",
            ),
        ]

    def __str__(self):
        return self.title
