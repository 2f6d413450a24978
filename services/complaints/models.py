"""Complaints about staff: tables of their own, so that no page of requests ever meets them."""

from django.db import models

from community.communities.models import CommunityRow
from community.people.phone_numbers import read_phones
from portal.access.permissions import Permission
from portal.access.querysets import HiddenFromField, RightField, ScopedForeignKey
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.cases.models import Case, CaseQuerySet, CaseStep
from portal.crypto.sealed_rows import SealedRow
from portal.crypto.vault import SecretUnreadable
from services.complaints.course import COURSE

GIST = 40
"""Characters of a text that lists show."""


class About(models.TextChoices):
    """Whom a complaint is about; it decides who reads it, and is worked out by the database (`complaints.sql`)."""

    STAFF = "staff", "工作人员"
    SUPERVISOR = "supervisor", "居务监督委员"
    BOTH = "both", "工作人员和居务监督委员"


READERS = {
    About.STAFF: Permission.COMPLAINTS_STAFF,
    About.SUPERVISOR: Permission.COMPLAINTS_SUPERVISORS,
    About.BOTH: Permission.STREET_FORWARDED,
}
"""Right that a complaint asks. The last one is held by nobody of the community: such a complaint is the street's."""


@tracked(exclude=("sealed", "code_hash"))
class StaffComplaint(SealedRow, Case, CommunityRow):
    """A complaint about somebody of the committee (反映工作人员).

    Its facts are `text`, `name` and `phone` of the complainant, `people`, the names and posts of those it is about, and
    `suspicion`, why it looks like spam.
    They are in no plain column, so nothing finds them by SQL. Rows are added by functions of the database only, which work
    out who may read them.
    """

    row_security = RowSecurity(right="required_right", hidden_from="accused")
    course = COURSE

    state = models.CharField("状态", max_length=16, choices=COURSE.choices)
    year = models.PositiveSmallIntegerField("年份", editable=False)
    number = models.PositiveIntegerField("编号", editable=False)
    """Counted within community, year and right: a gap would tell supervisors of one about themselves."""
    about = models.CharField("反映对象", max_length=12, choices=About)
    accused = HiddenFromField("被反映人的账号", editable=False)
    """They never see it, whatever they hold; with other accounts of the same persons."""
    code_hash = models.BinaryField("查询码摘要", null=True, editable=False)
    """Keyed hash of the tracking code (`community.objections.tracking_codes`)."""
    required_right = RightField("查看权限", editable=False)

    objects = CaseQuerySet.as_manager()

    field_classes = {
        "secret": ("sealed",),
        "restricted": ("accused",),
        "personal": (
            "state owner received_at clock_rule clock_start clock_days clock_shift due is_provisional paused_on answered_at ended_at"
            " year number about code_hash required_right"
        ).split(),
    }
    stored_label = "services.StaffComplaint"
    encryption_contexts = {"sealed": "services_staffcomplaint.sealed"}

    class Meta:
        verbose_name = "反映件"
        verbose_name_plural = "反映工作人员"
        ordering = ["-ended_at", "due", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "number", "required_right", "community"], name="staffcomplaint_number"
            ),
            models.UniqueConstraint(fields=["code_hash", "community"], name="staffcomplaint_code"),
        ]
        indexes = [
            models.Index(fields=["community", "-ended_at", "due", "id"], name="staffcomplaint_order"),
            models.Index(fields=["community", "received_at"], name="staffcomplaint_received"),
        ]

    def __str__(self):
        return f"{self.year}年第{self.number}号反映"

    @property
    def facts(self) -> dict:
        """The decrypted facts; a sentence in place of the text where the keys do not fit."""
        try:
            return self.read()
        except SecretUnreadable as problem:
            return {"text": str(problem), "name": "", "phone": "", "people": []}

    @property
    def suspicion(self) -> str:
        """Why it looks like spam, in words; it is worked on like any other."""
        return self.facts.get("suspicion", "")

    @property
    def words(self) -> str:
        """The first words of the text."""
        line = " ".join(self.facts["text"].split())
        return line if len(line) <= GIST else f"{line[: GIST - 1]}…"

    @property
    def gist(self) -> str:
        """What the to-do says: nothing of the text."""
        return f"反映{self.get_about_display()}"

    def private_phones(self):
        return read_phones(self.facts["phone"]).numbers

    def step_right(self):
        return {"required_right": self.required_right, "accused": self.accused}


class StaffComplaintStep(SealedRow, CaseStep, CommunityRow):
    """A step of a complaint (办理经过). Its facts are `text` and `details`, in place of the plain columns of other cases."""

    row_security = RowSecurity(append_only=True, right="required_right", hidden_from="accused")
    case = ScopedForeignKey(StaffComplaint, related_name="steps", verbose_name="反映件", db_index=False)
    required_right = RightField("查看权限", editable=False)
    accused = HiddenFromField("被反映人的账号", editable=False)
    """Both are those of the complaint."""

    field_classes = {
        "secret": ("sealed",),
        "restricted": ("accused",),
        "personal": "case number name before after by at to_resident required_right".split(),
    }
    untracked_because = "A row is added once and never changed; the runtime role has no right to."
    stored_label = "services.StaffComplaintStep"
    encryption_contexts = {"sealed": "services_staffcomplaintstep.sealed"}

    class Meta:
        verbose_name = "办理步骤"
        verbose_name_plural = "反映件的办理步骤"
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "number", "community"],
                name="staffcomplaintstep_once",
                violation_error_message="这件反映刚刚有了新的进展，请重新打开后再办理",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def facts(self) -> dict:
        """The decrypted facts; a sentence in place of the text where the keys do not fit."""
        if not self.sealed:
            return {"text": "", "details": {}}
        try:
            return self.read()
        except SecretUnreadable as problem:
            return {"text": str(problem), "details": {}}

    # Written and read like the plain columns of other cases (`portal.cases.actions`).
    @property
    def text(self) -> str:
        return self.facts["text"]

    @text.setter
    def text(self, value: str) -> None:
        self.put(self.facts | {"text": value})

    @property
    def details(self) -> dict:
        return self.facts["details"]

    @details.setter
    def details(self, value: dict) -> None:
        self.put(self.facts | {"details": value})
