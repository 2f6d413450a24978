from django.conf import settings
from django.db import models

from community.communities.models import CommunityRow
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL
from residents.homes.models import Kind


class PopulationEventQuerySet(ScopedQuerySet):
    def not_undone(self):
        """Events in force: neither undone nor the undo of another."""
        return self.filter(undone_by__isnull=True).exclude(what=PopulationEvent.What.UNDO)

    def entries(self):
        """Events by which an existing resident was entered into the register."""
        return self.not_undone().filter(what=PopulationEvent.What.ENTRY)

    def openings(self):
        """Events by which a residence began to count."""
        return self.not_undone().filter(models.Q(what__in=ARRIVALS) | models.Q(former__isnull=False))

    def endings_of(self, residence):
        """Events by which `residence` ended: its person left, or moved on within the community."""
        ended = models.Q(residence=residence, what__in=DEPARTURES) | models.Q(former=residence)
        return self.not_undone().filter(ended)

    def between(self, first, after):
        """Events dated from `first` to the day before `after`."""
        return self.filter(on__gte=first, on__lt=after)

    def written_with(self, event):
        """The events of the same operation as `event`, itself included, in the order of writing."""
        together = models.Q(group=event.group) if event.group else models.Q(pk=event.pk)
        if event.what == PopulationEvent.What.DEATH:
            # Nobody dies twice: deaths without a group, of old rows and imports, belong together too.
            together |= models.Q(person=event.person_id, what=event.what, undone_by__isnull=True)
        return self.filter(together, community_id=event.community_id).order_by("id")


@tracked()
class PopulationEvent(CommunityRow):
    """A dated change of who lives or is registered here (人口变动).

    Written only by actions, together with the residences they open, close and change, so that the monthly
    statement balances. One operation may be several rows, one for each person and kind: they share `group` and
    are undone together. Nothing is deleted: undo writes an event of its own (撤销), to which `undone_by` points.
    """

    class What(models.TextChoices):
        MOVE_IN = "move_in", "迁入"
        BIRTH = "birth", "出生"
        MOVE_OUT = "move_out", "迁出"
        DEATH = "death", "死亡"
        TRANSFER = "transfer", "户间转移"
        SPLIT = "split", "分户"
        MERGE = "merge", "并户"
        MARRIAGE = "marriage", "结婚"
        HEAD = "head", "变更户主"
        CORRECTION = "correction", "更正"
        DOUBLE = "double", "合并重复"
        ENTRY = "entry", "建档"
        UNDO = "undo", "撤销"

    what = models.CharField("变动", max_length=10, choices=What)
    kind = models.CharField("类别", max_length=10, choices=Kind, blank=True)
    """Living or registered; empty for what changes neither."""
    person = ScopedForeignKey(
        "community.Person", related_name="population_events", verbose_name="姓名", db_index=False
    )
    residence = ScopedForeignKey(
        "residents.Residence", null=True, related_name="+", verbose_name="居住关系", db_index=False
    )
    """The residence that began, ended or changed its relation."""
    former = ScopedForeignKey(
        "residents.Residence", null=True, related_name="+", verbose_name="原居住关系", db_index=False
    )
    """Where the person was until a move within the community: it ended the day `residence` began."""
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
    group = models.UUIDField("同一办理", null=True, editable=False)
    """Shared by the rows of one operation; null for a single row."""
    changes = models.JSONField("改动", null=True, editable=False)
    """Overwritten values, for undo: `residence`, `former`, `person` → field → [before, after]; `ended`:
    consequences elsewhere (`actions.elsewhere`). Null for rows of imports and old rows."""
    undone_by = ScopedForeignKey(
        "self", null=True, editable=False, related_name="reverses", verbose_name="撤销登记", db_index=False
    )

    objects = PopulationEventQuerySet.as_manager()

    field_classes = {
        "restricted": ("changes",),
        "personal": ("what kind person residence former on note by recorded_at group undone_by").split(),
    }
    stored_label = "residents.PopulationEvent"
    named_by = ("person",)

    class Meta:
        verbose_name = "人口变动"
        verbose_name_plural = "人口变动"
        ordering = ["-on", "-id"]
        indexes = [
            models.Index(fields=["community", "-on", "-id"], name="populationevent_by_date"),
            models.Index(fields=["community", "person"], name="populationevent_person"),
            # The rows of one operation; later events of a household are looked up by its people.
            models.Index(
                fields=["community", "group"],
                name="populationevent_group",
                condition=models.Q(group__isnull=False),
            ),
            # For the check that no event refers to deleted residences: without it, undoing a large import takes minutes.
            models.Index(fields=["community", "residence"], name="populationevent_residence"),
            models.Index(
                fields=["community", "former"],
                name="populationevent_former",
                condition=models.Q(former__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "undone_by"],
                condition=models.Q(undone_by__isnull=False),
                name="populationevent_undone_once",
                violation_error_message="这条撤销登记已对应另一条变动",
            ),
        ]

    def __str__(self):
        return f"{self.on} {self.person} {self.get_what_display()}"

    @property
    def state(self) -> str:
        """已撤销 for an undone event."""
        return "已撤销" if self.undone_by_id else ""

    @property
    def begins(self) -> bool:
        """Whether `residence` began by it."""
        return self.residence_id is not None and (self.what in ARRIVALS or self.former_id is not None)

    @property
    def ends(self) -> bool:
        """Whether `residence` ended by it."""
        return self.residence_id is not None and self.what in DEPARTURES


ARRIVALS = (PopulationEvent.What.MOVE_IN, PopulationEvent.What.BIRTH, PopulationEvent.What.ENTRY)
"""Events by which somebody starts to be counted."""
DEPARTURES = (PopulationEvent.What.MOVE_OUT, PopulationEvent.What.DEATH)
"""Events by which somebody stops being counted."""


class PastResidence(CommunityRow):
    """Anonymous count of purged residences (到期清除后的匿名计数), by month and cause.

    It keeps past monthly statements unchanged after people are purged. Written only by the purge of people
    (`residents.people.registers`).
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
