from django.conf import settings
from django.db import models

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedQuerySet
from portal.access.rls import RowSecurity
from portal.pii_scan.declared import INTERNAL, Unscanned


class DatedRuleQuerySet(ScopedQuerySet):
    def in_force(self, key: str, day):
        """The values of `key` that have begun on `day`, the one in force first."""
        return self.filter(key=key, start__lte=day).order_by("-start", "-id")


class DatedRule(CommunityRow):
    """A number set by law or local rule, as one community applies it from a day on (期限规定).

    A new value is a new row, so the value of any day is known; of two rows of one day the later entry is in force.
    Without a row, `community.dated_rules.rules.DEFAULTS` applies.
    """

    row_security = RowSecurity(append_only=True)
    key = models.CharField("规定", max_length=40)
    value = models.PositiveSmallIntegerField("数值")
    start = models.DateField("生效日期")
    source = models.CharField("依据", max_length=200)
    """The article or document that sets the number."""
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="设定人"
    )
    set_at = models.DateTimeField("设定时间", auto_now_add=True)

    objects = DatedRuleQuerySet.as_manager()

    field_classes = {"public": ("key", "value", "start", "source", "set_by", "set_at")}
    public_texts = {"key": Unscanned("A word of the code."), "source": INTERNAL}
    untracked_because = "A row is added once and never changed; the runtime role has no right to."
    stored_label = "community.DatedRule"

    class Meta:
        verbose_name = "期限规定"
        verbose_name_plural = "期限规定"
        ordering = ["key", "-start", "-id"]
        # Which value is in force: asked at every publication.
        indexes = [models.Index(fields=["community", "key", "-start", "-id"], name="datedrule_in_force")]

    def __str__(self):
        return f"{self.key} {self.value}"
