from django.db import models

from community.models.base import CommunityRow
from portal.disclosing import INTERNAL
from portal.rls import RowSecurity
from residents.models.household import Kind


class PastResidence(CommunityRow):
    """Anonymous count of purged residences (到期清除后的匿名计数), by month and cause.

    It keeps past monthly statements unchanged after people are purged. Written only by the purge of people
    (`residents.registers.people`).
    """

    row_security = RowSecurity(append_only=True)
    kind = models.CharField("类别", max_length=10, choices=Kind)
    began = models.DateField("开始计数的月份", null=True)
    """First day of the month from which they were counted; null means always."""
    began_by = models.CharField("开始的原因", max_length=10, blank=True)
    """The kind of event they began by (`residence_causes.with_causes`); empty for people merely entered into the register."""
    ended = models.DateField("结束的月份")
    ended_by = models.CharField("结束的原因", max_length=10, blank=True)
    people = models.PositiveIntegerField("人数")

    field_classes = {"public": ("kind", "began", "began_by", "ended", "ended_by", "people")}
    public_texts = dict.fromkeys(("began_by", "ended_by"), INTERNAL)
    untracked_because = "Numbers without people, which the removal of people adds to."
    stored_label = "residents.PastResidence"

    class Meta:
        verbose_name = "已清除居住关系的计数"
        verbose_name_plural = "已清除居住关系的计数"
        ordering = ["ended", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "kind", "began", "began_by", "ended", "ended_by"],
                nulls_distinct=False,
                name="pastresidence_once",
            )
        ]

    def __str__(self):
        return f"{self.ended:%Y-%m} {self.people}人"
