"""Who donates (捐款人): a unit, a person of the register, or a name and a phone as typed."""

from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from community.communities.models import CommunityRow
from partybuilding.donations.models.sums import rows_at, sum_of
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked

ANONYMOUS = "匿名"


class DonorQuerySet(ScopedQuerySet):
    """Donors with what they gave, within a year and of a purpose where the list is narrowed to them."""

    _within: dict = {}

    def _clone(self):
        clone = super()._clone()
        clone._within = self._within
        return clone

    def within(self, **conditions):
        """Donors with booked money under these conditions on receipts; their totals count these receipts only."""
        narrowed = self._clone()
        narrowed._within = self._within | conditions
        return narrowed.with_totals().filter(given__gt=0)

    def with_label(self):
        """Annotate `label`: the name by which lists sort."""
        return self.annotate(label=Coalesce("unit__name", "person__name", NullIf("name", models.Value(""))))

    def with_totals(self):
        """Annotate `given` (booked), `used`, `left`, and `earlier` (from before the book), in yuan."""
        mine = {"community": OuterRef("community")}
        receipts = rows_at(self.model, "donations.receipts").booked()
        receipts = receipts.filter(**mine, donation__donor=OuterRef("pk"), **self._within)
        within = {f"receipt__{name}": value for name, value in self._within.items()}
        uses = rows_at(self.model, "donations.receipts.uses").current()
        uses = uses.filter(**mine, receipt__donation__donor=OuterRef("pk"), **within)
        given, used = sum_of(receipts), sum_of(uses)
        earlier = rows_at(self.model, "donations").filter(**mine, donor=OuterRef("pk"), is_earlier=True)
        return self.annotate(earlier=sum_of(earlier), given=given, used=used, left=given - used)


@tracked()
class Donor(CommunityRow):
    """A donor. Named in public only from the day on which they agreed to it."""

    class Consent(models.TextChoices):
        NONE = "", "没有同意"
        WRITTEN = "written", "书面同意"
        SPOKEN = "spoken", "口头同意"

    unit = ScopedForeignKey(
        "community.Unit", null=True, blank=True, related_name="donors", verbose_name="单位", db_index=False
    )
    person = ScopedForeignKey(
        "community.Person", null=True, blank=True, related_name="donors", verbose_name="居民", db_index=False
    )
    name = models.CharField("姓名或名称", max_length=80, blank=True, help_text="已选单位或居民的留空")
    phone = models.CharField("联系电话", max_length=60, blank=True)
    consent = models.CharField(
        "公开姓名",
        max_length=7,
        choices=Consent,
        default=Consent.NONE,
        blank=True,
        help_text="没有同意的，公开栏写“匿名”",
    )
    consented_on = models.DateField("同意日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    recorded_on = models.DateField("登记日期", default=timezone.localdate, editable=False)

    objects = DonorQuerySet.as_manager()

    field_classes = {
        "public": ("unit", "consent", "consented_on", "recorded_on"),
        "personal": ("person", "name", "note"),
        "restricted": ("phone",),
    }
    stored_label = "partybuilding.Donor"
    named_by = ("unit", "person")

    class Meta:
        verbose_name = "捐款人"
        verbose_name_plural = "捐款人"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, person__isnull=True, name="")
                | Q(unit__isnull=True, person__isnull=False, name="")
                | Q(unit__isnull=True, person__isnull=True) & ~Q(name=""),
                name="donor_is_somebody",
                violation_error_message="请选单位、居民，或者填写姓名，三者只填一项",
            ),
            models.CheckConstraint(
                condition=Q(consent="", consented_on__isnull=True)
                | ~Q(consent="") & Q(consented_on__isnull=False),
                name="donor_consent",
                violation_error_message="同意公开姓名的，请写明同意日期；没有同意的请留空",
            ),
            models.UniqueConstraint(
                fields=["community", "unit"],
                condition=Q(unit__isnull=False),
                name="donor_unit_once",
                violation_error_message="这个单位已经登记为捐款人",
            ),
        ]
        indexes = [
            # The gifts of a person, on their page.
            models.Index(
                fields=["community", "person"], condition=Q(person__isnull=False), name="donor_person"
            ),
            # The list, the newest first.
            models.Index(fields=["community", "-id"], name="donor_order"),
        ]

    def __str__(self):
        return str(self.unit or self.person or self.name)

    @property
    def public_name(self) -> str:
        """The name in what everybody reads: 匿名 without consent."""
        return str(self) if self.consent else ANONYMOUS
