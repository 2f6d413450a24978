from django.db import models

from community.communities.models import CommunityRow
from community.communities.public_texts import PublicTexts
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.pii_scan.declared import Scan


@tracked()
class PartyBoard(CommunityRow, PublicTexts):
    """Whether a community shows its party bodies on the public site (党建公示), and what it says above them.

    What is shown is read live by functions (`public_board.sql`), which answer only while the board is published.
    """

    row_security = RowSecurity(public_when="is_published")
    is_published = models.BooleanField("公布", default=False)
    introduction = models.TextField("说明", max_length=500, blank=True)

    field_classes = {"public": ("is_published", "introduction")}
    public_texts = {"introduction": Scan.ON_SAVE}
    stored_label = "partybuilding.PartyBoard"
    named_by = ()

    class Meta:
        verbose_name = "党建公示"
        verbose_name_plural = "党建公示"
        ordering = ["community_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community"],
                name="partyboard_once",
                violation_error_message="本社区的党建公示已经设置",
            )
        ]

    def __str__(self):
        return "党建公示"
