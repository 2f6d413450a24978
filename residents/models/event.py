from django.conf import settings
from django.db import models

from community.models.base import CommunityRow
from portal.history import tracked
from portal.scoping import ScopedForeignKey, ScopedQuerySet
from residents.models.household import Kind


class PopulationEventQuerySet(ScopedQuerySet):
    def entries(self):
        """Events by which somebody who was there already came into the register."""
        return self.filter(what=PopulationEvent.What.ENTRY)

    def openings(self):
        """Events by which a residence began to count."""
        return self.filter(what__in=[PopulationEvent.What.MOVE_IN, PopulationEvent.What.ENTRY])

    def endings(self):
        """Events by which a residence ended."""
        return self.filter(what__in=[PopulationEvent.What.MOVE_OUT, PopulationEvent.What.DEATH])

    def between(self, first, after):
        """Events dated from `first` to the day before `after`."""
        return self.filter(on__gte=first, on__lt=after)


@tracked()
class PopulationEvent(CommunityRow):
    """Something that changed who lives or is registered here (人口变动), on a date.

    Written only by `residents.actions`, together with the residences it opens and closes, so that
    the monthly statement balances.
    """

    class What(models.TextChoices):
        MOVE_IN = "move_in", "迁入"
        MOVE_OUT = "move_out", "迁出"
        DEATH = "death", "死亡"
        CORRECTION = "correction", "更正"
        ENTRY = "entry", "建档"

    what = models.CharField("变动", max_length=10, choices=What)
    kind = models.CharField("类别", max_length=10, choices=Kind, blank=True)
    """Living or registered; empty for a correction, which changes neither."""
    person = ScopedForeignKey(
        "community.Person", related_name="population_events", verbose_name="姓名", db_index=False
    )
    residence = ScopedForeignKey(
        "residents.Residence", null=True, related_name="+", verbose_name="居住关系", db_index=False
    )
    on = models.DateField("日期")
    note = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="登记人",
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = PopulationEventQuerySet.as_manager()

    field_classes = {"personal": ("what", "kind", "person", "residence", "on", "note", "by", "recorded_at")}

    class Meta:
        verbose_name = "人口变动"
        verbose_name_plural = "人口变动"
        ordering = ["-on", "-id"]
        indexes = [
            models.Index(fields=["community", "-on", "-id"], name="populationevent_by_date"),
            models.Index(fields=["community", "person"], name="populationevent_person"),
            # The check that no event is left when residences go: without it, undoing a large import takes minutes.
            models.Index(fields=["community", "residence"], name="populationevent_residence"),
        ]

    def __str__(self):
        return f"{self.on} {self.person} {self.get_what_display()}"
