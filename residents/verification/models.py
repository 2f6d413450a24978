"""Verification of doors (入户核实)."""

from django.conf import settings
from django.db import models
from django.db.models.functions import TruncDate

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from residents.homes.models import Dwelling


@tracked()
class Verification(CommunityRow):
    """Record that the register was checked at a door and found correct (入户核实)."""

    row_security = RowSecurity(head="stairwell_id", head_inserts=True)
    dwelling = ScopedForeignKey(Dwelling, related_name="verifications", verbose_name="房屋", db_index=False)
    stairwell = ScopedForeignKey(
        "community.Stairwell", null=True, related_name="+", verbose_name="楼道", db_index=False
    )
    """Copied from the dwelling; building heads see and add rows of their stairwells only."""
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="核实人"
    )
    on_behalf_of = ScopedForeignKey(
        "community.Person", null=True, blank=True, related_name="+", verbose_name="走访人", db_index=False
    )
    """The head who visited with a paper list that `by` entered; null where `by` visited."""
    at = models.DateTimeField("核实时间")

    field_classes = {"personal": ("dwelling", "stairwell", "by", "on_behalf_of", "at")}
    stored_label = "residents.Verification"

    class Meta:
        verbose_name = "入户核实"
        verbose_name_plural = "入户核实"
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                "community",
                "dwelling",
                TruncDate("at"),
                name="verification_once_a_day",
                violation_error_message="这户今天已经核实过",
            )
        ]
        indexes = [
            # Latest verification of every door.
            models.Index(fields=["community", "dwelling", "-at"], name="verification_last"),
            # Stairwells not visited for long.
            models.Index(fields=["community", "stairwell", "-at"], name="verification_of_stairwell"),
            # For the check that nothing refers to deleted people of an undone import.
            models.Index(
                fields=["community", "on_behalf_of"],
                condition=models.Q(on_behalf_of__isnull=False),
                name="verification_on_behalf",
            ),
        ]

    def __str__(self):
        return f"{self.dwelling} {self.at:%Y-%m-%d}"

    @property
    def who(self) -> str:
        """Who visited, and who entered it for them."""
        return f"{self.on_behalf_of.name}（{self.by.name}代登记）" if self.on_behalf_of else self.by.name
