"""What a community forwarded to its street, as copies, with the street's answers.

The street reads no case: what it needs to know is declared by whoever forwards, and copied.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone

from community.communities.models import CommunityRow, Street
from portal.access.permissions import Permission
from portal.access.querysets import RightField, ScopedForeignKey, ScopedQuerySet
from portal.access.rls import RowSecurity
from portal.crypto import vault
from portal.crypto.sealed_rows import SealedRow


class Kind(models.TextChoices):
    """What was forwarded."""

    REQUEST = "request", "居民诉求"
    COMPLAINT = "complaint", "反映工作人员"


class ForwardedQuerySet(ScopedQuerySet):
    def open(self):
        """Items without an answer."""
        return self.filter(answers__isnull=True)

    def with_answer_time(self):
        """With `answered_at`, None while it is open."""
        return self.annotate(answered_at=models.F("answers__answered_at"))


class Forwarded(SealedRow, CommunityRow):
    """An item that a community forwarded to its street (转街道事项): a copy, never changed.

    Its facts are `fields`, pairs of label and value that the source declared. Inside the community it asks the right of its
    source; one that asks `Permission.STREET_FORWARDED` is read by the street only.
    """

    row_security = RowSecurity(append_only=True, right="required_right", street=True)

    street = models.ForeignKey(Street, models.PROTECT, related_name="+", db_index=False, verbose_name="街道")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    title = models.CharField("标题", max_length=80)
    source_uuid = models.UUIDField("来源编号")
    """The row behind it, which the hook FORWARDED_ANSWER finds."""
    pdf_sealed = models.BinaryField("PDF（加密）", null=True, editable=False)
    due = models.DateTimeField("办理期限", null=True, blank=True)
    """That of the source when it was forwarded."""
    forwarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="转出人",
    )
    """None: it went to the street by itself."""
    forwarded_at = models.DateTimeField("转出时间", default=timezone.now)
    required_right = RightField("查看权限", editable=False)

    objects = ForwardedQuerySet.as_manager()

    field_classes = {
        "secret": ("sealed", "pdf_sealed"),
        "personal": "street kind title source_uuid due forwarded_by forwarded_at required_right".split(),
    }
    untracked_because = "A row is added once and never changed; the runtime role has no right to."
    stored_label = "community.Forwarded"
    encryption_contexts = {"sealed": "community_forwarded.sealed", "pdf_sealed": "community_forwarded.pdf"}

    class Meta:
        verbose_name = "转街道事项"
        verbose_name_plural = "转街道事项"
        ordering = ["-forwarded_at", "-id"]
        indexes = [
            models.Index(fields=["community", "-forwarded_at", "-id"], name="forwarded_order"),
            # The panel of a case.
            models.Index(fields=["community", "source_uuid"], name="forwarded_of_source"),
        ]

    def __str__(self):
        return self.title

    @property
    def is_for_street_only(self) -> bool:
        return self.required_right == Permission.STREET_FORWARDED

    def put_pdf(self, pdf: bytes) -> None:
        self.pdf_sealed = vault.encrypt_bytes(pdf, self.encryption_contexts["pdf_sealed"], self.uuid)

    def read_pdf(self) -> bytes:
        """The PDF. Raises vault.SecretUnreadable."""
        return vault.decrypt_bytes(self.pdf_sealed, self.encryption_contexts["pdf_sealed"], self.uuid)


class ForwardedAnswer(SealedRow, CommunityRow):
    """The street's answer to a forwarded item (街道答复). Its facts are the `text`."""

    row_security = RowSecurity(append_only=True, right="required_right", street=True, street_writes=True)

    forwarded = ScopedForeignKey(Forwarded, related_name="answers", verbose_name="转街道事项", db_index=False)
    """Unique, although the reverse name is plural."""
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复时间", default=timezone.now)
    required_right = RightField("查看权限", editable=False)
    """That of the item."""

    field_classes = {
        "secret": ("sealed",),
        "personal": ("forwarded", "answered_by", "answered_at", "required_right"),
    }
    untracked_because = "A row is added once and never changed; the runtime role has no right to."
    stored_label = "community.ForwardedAnswer"
    encryption_contexts = {"sealed": "community_forwardedanswer.sealed"}

    class Meta:
        verbose_name = "街道答复"
        verbose_name_plural = "街道答复"
        ordering = ["answered_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "forwarded"],
                name="forwardedanswer_once",
                violation_error_message="这件事项已经答复",
            )
        ]

    def __str__(self):
        return f"{self.forwarded}的答复"
