from django.conf import settings
from django.db import models

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey
from portal.audit.tracking import tracked


@tracked()
class CareDismissal(CommunityRow):
    """Dismissal of a benefit suggestion (待遇与到期提醒) for a person, with the reason.

    `occasion` is the date the suggestion was about, a birthday or the expiry of a certificate; for another date it
    is suggested again.
    """

    class Rule(models.TextChoices):
        ELDER = "elder", "达到老年人年龄"
        OLD = "old", "达到高龄津贴年龄"
        SCHOOL = "school", "达到入学年龄"
        ALONE = "alone", "独居老人未登记"
        DUE = "due", "证件、认证等到期"

    person = ScopedForeignKey("community.Person", related_name="+", verbose_name="姓名", db_index=False)
    rule = models.CharField("提醒", max_length=6, choices=Rule)
    care = models.CharField("台账", max_length=12, blank=True)
    """The `residents.care.queries.CareKind` whose entry is due; empty for suggestions by age or home."""
    occasion = models.DateField("所提醒的日期", null=True, blank=True)
    reason = models.CharField("不办理的原因", max_length=120)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="经办人"
    )
    at = models.DateTimeField("办理时间", auto_now_add=True)

    field_classes = {"personal": ("person", "rule", "care", "occasion", "reason", "by", "at")}
    stored_label = "residents.CareDismissal"

    class Meta:
        verbose_name = verbose_name_plural = "不办理的提醒"
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "person", "rule", "care", "occasion"],
                nulls_distinct=False,
                name="caredismissal_once",
                violation_error_message="这条提醒已经处理过",
            ),
        ]

    def __str__(self):
        return f"{self.get_rule_display()} {self.person}"
