from django.db import models

from community.communities.models import CommunityRow
from portal.access.db_scope import PUBLIC
from portal.access.rls import RowSecurity
from portal.pii_scan.declared import Scan


class PublicNotice(CommunityRow):
    """A public notice period (公示), during which anybody may object.

    Published rows refer to it (`BulletinVersion.notice`). Its last day is fixed when it is posted, by the rule in force
    then; whether it is open is computed from the date.
    """

    row_security = RowSecurity(append_only=True, open_to=(PUBLIC,), street=True)
    title = models.CharField("公示内容", max_length=120)
    posted_on = models.DateField("公示日期")
    until = models.DateField("公示截止日期")
    """The last day on which objections are taken."""

    field_classes = {"public": ("title", "posted_on", "until")}
    public_texts = {"title": Scan.AT_PUBLICATION}
    untracked_because = "A row is added once and never changed; the runtime role has no right to."
    stored_label = "community.PublicNotice"

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
