import hashlib

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.functional import cached_property

from community.communities.models import CommunityRow
from portal.access.db_scope import PUBLIC
from portal.access.querysets import ScopedForeignKey
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.pii_scan.declared import Scan, Unscanned
from portal.values.months import month_word


@tracked()
class Bulletin(CommunityRow):
    """One month's disclosure of a community (每月公开), from draft to publication."""

    class State(models.TextChoices):
        DRAFT = "draft", "起草中"
        REVIEW = "review", "居务监督委员会审核中"
        AGREED = "agreed", "待批准"
        PUBLISHED = "published", "已公开"

    month = models.DateField("月份")
    """The first day of the month the bulletin is about."""
    state = models.CharField("状态", max_length=9, choices=State, default=State.DRAFT)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="提交人",
    )
    submitted_at = models.DateTimeField("提交时间", null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="审核人",
    )
    reviewed_at = models.DateTimeField("审核时间", null=True)
    remark = models.CharField("审核意见", max_length=300, blank=True)
    """Remark of the supervision committee, or the director's reason for returning it."""
    sections = models.JSONField("计算内容", default=list, blank=True, editable=False)
    """Computed sections frozen at submission: what was reviewed is published."""

    field_classes = {
        "public": ("month", "state", "sections"),
        "personal": ("submitted_by", "submitted_at", "reviewed_by", "reviewed_at", "remark"),
    }
    public_texts = {"sections": Scan.AT_PUBLICATION}
    stored_label = "community.Bulletin"

    class Meta:
        verbose_name = "每月公开"
        verbose_name_plural = "每月公开"
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "month"],
                name="bulletin_month_once",
                violation_error_message="该月公开已经起草",
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="bulletin_month_first"),
            models.CheckConstraint(
                condition=models.Q(submitted_by__isnull=True, submitted_at__isnull=True)
                | models.Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="bulletin_submitted_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by__isnull=True, reviewed_at__isnull=True)
                | models.Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="bulletin_reviewed_pair",
            ),
        ]

    def __str__(self):
        return month_word(self.month)

    @property
    def was_returned(self) -> bool:
        """Whether a reviewer or approver returned this draft; resubmission resets it."""
        return self.state == self.State.DRAFT and self.reviewed_at is not None

    @cached_property
    def open_correction(self):
        """The open correction, or None; it becomes the version of its number. Writes begin with a row of their own."""
        return self.corrections.exclude(number__in=self.versions.values("number")).first()

    @cached_property
    def recipients(self) -> "list[AidRecipient]":
        """The aid list with its people, in its order."""
        return list(self.aid_recipients.select_related("person").order_by("id"))


@tracked()
class BulletinBoard(CommunityRow):
    """One hand-written board of a bulletin (党务、居务、财务公开栏)."""

    class Kind(models.TextChoices):
        PARTY = "party", "党务公开"
        RESIDENTIAL = "residential", "居务公开"
        FINANCIAL = "financial", "财务公开"

    bulletin = ScopedForeignKey(Bulletin, related_name="boards", verbose_name="每月公开", db_index=False)
    kind = models.CharField("栏目", max_length=11, choices=Kind)
    text = models.TextField("内容", blank=True)

    field_classes = {"public": ("bulletin", "kind", "text")}
    public_texts = {"text": Scan.AT_PUBLICATION}
    stored_label = "community.BulletinBoard"

    class Meta:
        verbose_name = "公开栏"
        verbose_name_plural = "公开栏"
        ordering = ["bulletin", "id"]
        constraints = [
            models.UniqueConstraint(fields=["community", "bulletin", "kind"], name="bulletinboard_once")
        ]

    def __str__(self):
        return self.get_kind_display()


@tracked()
class AidRecipient(CommunityRow):
    """Aid recipient on a month's list, chosen from the register (救助对象); published masked as 张*."""

    bulletin = ScopedForeignKey(
        Bulletin, related_name="aid_recipients", verbose_name="每月公开", db_index=False
    )
    person = ScopedForeignKey("community.Person", related_name="+", verbose_name="姓名", db_index=False)
    aid = models.CharField("救助项目", max_length=40)
    amount = models.DecimalField(
        "金额（元）", max_digits=10, decimal_places=2, validators=[MinValueValidator(0, "金额不能为负数")]
    )

    field_classes = {"personal": ("bulletin", "person", "aid", "amount")}
    stored_label = "community.AidRecipient"

    class Meta:
        verbose_name = "救助对象"
        verbose_name_plural = "救助对象"
        ordering = ["bulletin", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "bulletin", "person", "aid"],
                name="aidrecipient_once",
                violation_error_message="此人的这项救助已在名单中",
            )
        ]

    def __str__(self):
        return f"{self.person} {self.aid}"


class BulletinBasis(CommunityRow):
    """Basis of a computed section (计算依据): figures and rows it counted, for the same section of later months.

    Written when the section is computed for a submission, and final once the bulletin is published: the next month
    opens with this closing, and rows not counted here are late there (补登).
    """

    bulletin = ScopedForeignKey(Bulletin, related_name="bases", verbose_name="每月公开", db_index=False)
    key = models.CharField("部分", max_length=60)
    """The key of the section (`portal.hooks.bulletin.BulletinSection`)."""
    is_published = models.BooleanField("已公开", default=False)
    figures = models.JSONField("数字", default=dict)
    counted = models.JSONField("计入的登记", default=dict)
    """Ids of the counted rows, by a key that the section chooses."""

    field_classes = {
        "public": ("bulletin", "key", "is_published", "figures"),
        "personal": ("counted",),
    }
    public_texts = {
        "key": Unscanned("A word of the code."),
        "figures": Unscanned("Numbers, which the section shows; nobody reads the row itself."),
    }
    untracked_because = "It is computed from the register at submission, and written by nothing else."
    stored_label = "community.BulletinBasis"

    class Meta:
        verbose_name = "计算依据"
        verbose_name_plural = "计算依据"
        ordering = ["bulletin", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "bulletin", "key", "is_published"], name="bulletinbasis_once"
            )
        ]

    def __str__(self):
        return f"{self.bulletin} {self.key}"


class BulletinEditor(CommunityRow):
    """A user who has edited the bulletin, and may therefore not approve it (compared by person)."""

    row_security = RowSecurity(append_only=True)
    bulletin = ScopedForeignKey(Bulletin, related_name="editors", verbose_name="每月公开", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="编辑人"
    )

    field_classes = {"personal": ("bulletin", "user")}
    untracked_because = (
        "A row is added once and never changed; a correction that is dropped takes its own along."
    )
    stored_label = "community.BulletinEditor"

    class Meta:
        verbose_name = "编辑人"
        verbose_name_plural = "编辑人"
        ordering = ["bulletin", "id"]
        constraints = [
            models.UniqueConstraint(fields=["community", "bulletin", "user"], name="bulletineditor_once")
        ]


def bulletin_path(version: "BulletinVersion", filename: str) -> str:
    """Random stored path; the view sets the name of the download."""
    return f"bulletins/{version.uuid}.pdf"


class BulletinVersion(CommunityRow):
    """A published version: immutable text, PDF and hash (公开版本).

    The row holds public content only: names in the snapshot are already masked.
    """

    row_security = RowSecurity(append_only=True, open_to=(PUBLIC,), street=True)

    class DamagedPdf(Exception):
        """A stored PDF is missing or altered; the text is the sentence to show."""

    bulletin = ScopedForeignKey(Bulletin, related_name="versions", verbose_name="每月公开", db_index=False)
    month = models.DateField("月份")
    number = models.PositiveSmallIntegerField("版本号")
    reason = models.CharField("更正原因", max_length=200, blank=True)
    published_at = models.DateTimeField("公开时间")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="批准人"
    )
    notice = ScopedForeignKey(
        "community.PublicNotice", related_name="bulletins", verbose_name="公示", db_index=False
    )
    """Starts at publication, for the days that the rule set then; every version has its own."""
    snapshot = models.JSONField("公开内容")
    pdf = models.FileField("PDF", upload_to=bulletin_path)
    sha256 = models.CharField("校验值", max_length=64)

    field_classes = {
        "public": (
            "bulletin",
            "month",
            "number",
            "reason",
            "published_at",
            "published_by",
            "notice",
            "snapshot",
            "pdf",
            "sha256",
        )
    }
    public_texts = {
        "reason": Scan.AT_PUBLICATION,
        "snapshot": Scan.AT_PUBLICATION,
        "pdf": Unscanned("Laid out from the snapshot."),
        "sha256": Unscanned("A digest."),
    }
    untracked_because = "A row is added once and never changed; the runtime role has no right to."
    stored_label = "community.BulletinVersion"

    class Meta:
        verbose_name = "公开版本"
        verbose_name_plural = "公开版本"
        ordering = ["-month", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["community", "bulletin", "number"], name="bulletinversion_once"),
            models.UniqueConstraint(fields=["community", "notice"], name="bulletinversion_notice"),
        ]
        # The street's grid and the public page: newest version of each month.
        indexes = [models.Index(fields=["community", "-month", "-number"], name="bulletinversion_newest")]

    def __str__(self):
        return f"{month_word(self.month)} 第{self.number}版"

    def read_pdf(self) -> bytes:
        """The published bytes, checked against their hash. Raises `DamagedPdf`."""
        try:
            with self.pdf.storage.open(self.pdf.name, "rb") as stored:
                content = stored.read()
        except OSError as error:
            raise self.DamagedPdf("PDF 文件不在存储中，请联系管理员从备份恢复。") from error
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise self.DamagedPdf("PDF 文件与公开时的校验值不一致，请联系管理员从备份恢复。")
        return content
