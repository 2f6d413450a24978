from django.conf import settings
from django.db import models

from community.models.base import CommunityRow
from portal.disclosing import Scan
from portal.history import tracked
from portal.rls import RowSecurity
from portal.scope import PUBLIC
from portal.scoping import ScopedForeignKey, ScopedQuerySet


class PublicNotice(CommunityRow):
    """Something posted for everybody from one day to another, to which anybody may object (公示).

    What is posted points here (`BulletinVersion.notice`). The last day is fixed when it is posted, by the
    rule in force then; whether a notice is open or over follows from the date and is stored nowhere.
    """

    row_security = RowSecurity(append_only=True, open_to=(PUBLIC,), street=True)
    title = models.CharField("公示内容", max_length=120)
    posted_on = models.DateField("公示日期")
    until = models.DateField("公示截止日期")
    """The last day on which objections are taken."""

    field_classes = {"public": ("title", "posted_on", "until")}
    public_texts = {"title": Scan.AT_PUBLICATION}
    untracked_because = "A row is added once and never changed; the runtime role has no right to."

    class Meta:
        verbose_name = "公示"
        verbose_name_plural = "公示"
        ordering = ["-posted_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("posted_on")),
                name="publicnotice_order",
                violation_error_message="公示截止日期不能早于公示日期",
            )
        ]

    def __str__(self):
        return self.title

    def is_open(self, today) -> bool:
        """Whether objections are taken on `today`."""
        return self.posted_on <= today <= self.until


class ObjectionQuerySet(ScopedQuerySet):
    def unanswered(self):
        return self.filter(answers__isnull=True)


@tracked(exclude=("name", "contact", "code_hash"))
class Objection(CommunityRow):
    """What somebody objects to in something posted (异议). It lands with the supervision committee.

    Anybody may write one without an account. Who it was is for the committee's eyes only, so name and
    contact, which never change, stay out of the history, where others could read them.
    """

    notice = ScopedForeignKey(PublicNotice, related_name="objections", verbose_name="公示", db_index=False)
    name = models.CharField("姓名", max_length=60, blank=True)
    contact = models.CharField("联系方式", max_length=100, blank=True)
    text = models.TextField("异议内容", max_length=2000)
    code_hash = models.BinaryField("查询码摘要")
    """Keyed hash of the code by which the objector reads the answer (`community.tracking`)."""
    objected_at = models.DateTimeField("提出时间")
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="转交人",
    )
    handed_at = models.DateTimeField("转交主任时间", null=True)

    objects = ObjectionQuerySet.as_manager()

    field_classes = {
        "restricted": ("contact",),
        "personal": ("notice", "name", "text", "code_hash", "objected_at", "handed_by", "handed_at"),
    }

    class Meta:
        verbose_name = "异议"
        verbose_name_plural = "异议"
        ordering = ["-objected_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["code_hash", "community"], name="objection_code"),
            models.CheckConstraint(
                condition=~models.Q(text=""),
                name="objection_text",
                violation_error_message="请写明异议内容",
            ),
            models.CheckConstraint(
                condition=models.Q(handed_by__isnull=True, handed_at__isnull=True)
                | models.Q(handed_by__isnull=False, handed_at__isnull=False),
                name="objection_handed_pair",
            ),
        ]
        # What is unanswered of a notice: the list of bulletins and the to-do page.
        indexes = [models.Index(fields=["community", "notice"], name="objection_of_notice")]

    def __str__(self):
        return f"{self.notice}的异议"


class ObjectionAnswer(CommunityRow):
    """The public answer to an objection (异议答复), without a word of who objected."""

    row_security = RowSecurity(append_only=True, open_to=(PUBLIC,))
    objection = ScopedForeignKey(Objection, related_name="answers", verbose_name="异议", db_index=False)
    """Answered once; the name is plural because a foreign key has many in Django's eyes."""
    notice = ScopedForeignKey(PublicNotice, related_name="answers", verbose_name="公示", db_index=False)
    """The objection's own; repeated because the public role may not read objections."""
    gist = models.CharField("异议摘要", max_length=200)
    """What was objected to, in the answerer's words: the objector's own are not published."""
    text = models.TextField("答复", max_length=2000)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复时间")

    field_classes = {"public": ("objection", "notice", "gist", "text", "answered_by", "answered_at")}
    public_texts = {"gist": Scan.AT_PUBLICATION, "text": Scan.AT_PUBLICATION}
    untracked_because = "A row is added once and never changed; the runtime role has no right to."

    class Meta:
        verbose_name = "异议答复"
        verbose_name_plural = "异议答复"
        ordering = ["answered_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "objection"],
                name="objectionanswer_once",
                violation_error_message="这件异议已经答复",
            )
        ]
        # The answers below a published bulletin.
        indexes = [models.Index(fields=["community", "notice"], name="objectionanswer_of_notice")]

    def __str__(self):
        return self.gist
