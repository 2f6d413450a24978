from django.conf import settings
from django.db import models

from community.communities.models import CommunityRow
from community.notices.models import PublicNotice
from portal.access.db_scope import PUBLIC
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.pii_scan.declared import Scan


class ObjectionQuerySet(ScopedQuerySet):
    def unanswered(self):
        return self.filter(answers__isnull=True)


@tracked(exclude=("name", "contact", "code_hash"))
class Objection(CommunityRow):
    """An objection to a public notice (异议), for the supervision committee.

    Anybody may submit one without an account. Only the committee may see the author, so name and contact, which never
    change, are excluded from the history, which others can read.
    """

    notice = ScopedForeignKey(PublicNotice, related_name="objections", verbose_name="公示", db_index=False)
    name = models.CharField("姓名", max_length=60, blank=True)
    contact = models.CharField("联系方式", max_length=100, blank=True)
    text = models.TextField("异议内容", max_length=2000)
    code_hash = models.BinaryField("查询码摘要")
    """Keyed hash of the code by which the objector reads the answer (`community.objections.tracking_codes`)."""
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
    stored_label = "community.Objection"

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
    """Public answer to an objection (异议答复), without its author."""

    row_security = RowSecurity(append_only=True, open_to=(PUBLIC,))
    objection = ScopedForeignKey(Objection, related_name="answers", verbose_name="异议", db_index=False)
    """Unique, although the reverse name is plural."""
    notice = ScopedForeignKey(PublicNotice, related_name="answers", verbose_name="公示", db_index=False)
    """Copy of the objection's notice, because the public role may not read objections."""
    gist = models.CharField("异议摘要", max_length=200)
    """Summary of the objection by the answerer; the author's own text is not published."""
    text = models.TextField("答复", max_length=2000)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复时间")

    field_classes = {"public": ("objection", "notice", "gist", "text", "answered_by", "answered_at")}
    public_texts = {"gist": Scan.AT_PUBLICATION, "text": Scan.AT_PUBLICATION}
    untracked_because = "A row is added once and never changed; the runtime role has no right to."
    stored_label = "community.ObjectionAnswer"

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
