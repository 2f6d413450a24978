from django.db import models
from django.db.models import Q

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL


class MediumQuerySet(ScopedQuerySet):
    def outdated(self, day):
        """Media whose content is past its last day."""
        return self.filter(until__lt=day)


@tracked()
class Medium(CommunityRow):
    """A publicity medium (宣传阵地): board, panel, slogan and the like, with its content and last day."""

    class Kind(models.TextChoices):
        BOARD = "board", "广告栏"
        PANEL = "panel", "楼道宣传板"
        SLOGAN = "slogan", "标语"
        NEWSPAPER = "newspaper", "墙报"
        WINDOW = "window", "橱窗"

    kind = models.CharField("类别", max_length=9, choices=Kind)
    stairwell = ScopedForeignKey("community.Stairwell", null=True, blank=True, verbose_name="楼道")
    place = models.CharField("位置", max_length=60, blank=True)
    length_m = models.DecimalField("长度（米）", max_digits=5, decimal_places=1, null=True, blank=True)
    content = models.CharField("张贴内容", max_length=120, blank=True)
    until = models.DateField("张贴至", null=True, blank=True)

    objects = MediumQuerySet.as_manager()

    field_classes = {"public": ("kind", "stairwell", "place", "length_m", "content", "until")}
    public_texts = {"place": INTERNAL, "content": INTERNAL}
    """Bulletins count them; a photo's place is scanned with the photo."""

    stored_label = "community.Medium"
    named_by = ("stairwell",)

    class Meta:
        verbose_name = "宣传点"
        verbose_name_plural = "宣传阵地"
        ordering = ["kind", "stairwell__sort", "place", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "kind", "stairwell", "place"],
                nulls_distinct=False,
                name="medium_once",
                violation_error_message="这个位置已登记同类宣传阵地",
            ),
            models.CheckConstraint(
                condition=Q(stairwell__isnull=False) | ~Q(place=""),
                name="medium_somewhere",
                violation_error_message="请选择楼道，或写明位置",
            ),
            models.CheckConstraint(
                condition=Q(kind="slogan", length_m__isnull=False, length_m__gt=0)
                | ~Q(kind="slogan") & Q(length_m__isnull=True),
                name="medium_slogan_length",
                violation_error_message="标语须填写长度，其他宣传阵地不填长度",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | ~Q(content=""),
                name="medium_until",
                violation_error_message="填写了张贴期限的，请写明张贴内容",
            ),
        ]

    def __str__(self):
        return f"{self.stairwell or ''}{self.place}{self.get_kind_display()}"
