import re

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from community.communities.models import START_BEFORE_END, CommunityRow
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL, Scan


@tracked()
class Area(CommunityRow):
    """A part of the territory: an area (片区·居民大组·网格) or, below one, a resident group (居民小组)."""

    class Kind(models.TextChoices):
        AREA = "area", "片区"
        GROUP = "group", "居民小组"

    kind = models.CharField("层级", max_length=5, choices=Kind)
    parent = ScopedForeignKey(
        "self", null=True, blank=True, related_name="children", verbose_name="上级", db_index=False
    )
    number = models.PositiveSmallIntegerField("序号", default=1)
    name = models.CharField("名称", max_length=40)

    field_classes = {"public": ("kind", "parent", "number", "name")}
    public_texts = {"name": Scan.AT_PUBLICATION}
    """Published in bulletins, with its heads."""

    stored_label = "community.Area"

    class Meta:
        verbose_name = "片区（小组）"
        verbose_name_plural = "片区和小组"
        ordering = ["kind", "number", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "kind", "name"],
                name="area_name_once",
                violation_error_message="已有同名的片区或小组",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="group") | models.Q(parent__isnull=True),
                name="area_has_no_parent",
                violation_error_message="片区没有上级，只有小组可以选择上级",
            ),
        ]
        indexes = [models.Index(fields=["community", "parent", "number"], name="area_below")]

    def __str__(self):
        return self.name


class BuildingQuerySet(ScopedQuerySet):
    def residential(self):
        return self.filter(use=Building.Use.RESIDENTIAL)


@tracked()
class Building(CommunityRow):
    """A building (楼幢). `key` is its number without the word: 3幢, 3栋 and 3号楼 are all `3`."""

    class Use(models.TextChoices):
        RESIDENTIAL = "residential", "住宅"
        OTHER = "other", "非住宅"

    label = models.CharField("楼幢", max_length=30)
    key = models.CharField(
        "楼号",
        max_length=20,
        validators=[RegexValidator(r"^[0-9A-Za-z一-龥-]+$", "楼号只含数字、字母或汉字")],
    )
    sort = models.CharField("排序", max_length=30, editable=False, default="")
    estate = models.CharField("小区", max_length=40, blank=True)
    use = models.CharField("用途", max_length=11, choices=Use, default=Use.RESIDENTIAL)
    floors = models.PositiveSmallIntegerField("层数", null=True, blank=True)
    address = models.CharField("门牌", max_length=100, blank=True)

    objects = BuildingQuerySet.as_manager()

    field_classes = {"public": ("label", "key", "sort", "estate", "use", "floors", "address")}
    public_texts = {
        "label": INTERNAL,
        "key": INTERNAL,
        "sort": INTERNAL,
        "estate": INTERNAL,
        "address": INTERNAL,
    }
    """A stairwell's label, which bulletins show, begins with the building's and is scanned there."""

    stored_label = "community.Building"

    class Meta:
        verbose_name = "楼幢"
        verbose_name_plural = "楼幢"
        ordering = ["sort", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "estate", "key"],
                name="building_key_once",
                violation_error_message="该小区已有这个楼号，请检查是否重复",
            )
        ]
        # The list of one community in the order of house numbers.
        indexes = [models.Index(fields=["community", "sort", "id"], name="building_order")]

    def __str__(self):
        return self.label

    def save(self, **kwargs):
        self.sort = natural_sort(self.key)
        super().save(**kwargs)


@tracked()
class Stairwell(CommunityRow):
    """A stairwell (楼道·单元). A house without stairwells has one with an empty name."""

    row_security = RowSecurity(head="id")
    building = ScopedForeignKey(Building, related_name="stairwells", verbose_name="楼幢", db_index=False)
    area = ScopedForeignKey(
        Area, null=True, blank=True, related_name="stairwells", verbose_name="所属小组或片区", db_index=False
    )
    name = models.CharField("单元", max_length=20, blank=True, help_text="如：2单元；不分单元的留空")
    key = models.CharField("单元号", max_length=10, blank=True, editable=False)
    label = models.CharField("楼道", max_length=60, editable=False, default="")
    sort = models.CharField("排序", max_length=50, editable=False, default="")

    field_classes = {"public": ("building", "area", "name", "key", "label", "sort")}
    public_texts = {
        "name": INTERNAL,
        "key": INTERNAL,
        "label": Scan.AT_PUBLICATION,
        "sort": INTERNAL,
    }
    """The label is published in bulletins, with the stairwell's heads."""

    stored_label = "community.Stairwell"

    class Meta:
        verbose_name = "楼道"
        verbose_name_plural = "楼道"
        ordering = ["sort", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "building", "key"],
                name="stairwell_key_once",
                violation_error_message="该楼幢已有这个单元",
            )
        ]
        indexes = [
            models.Index(fields=["community", "sort", "id"], name="stairwell_order"),
            models.Index(fields=["community", "area"], name="stairwell_area"),
        ]

    def __str__(self):
        return self.label

    def save(self, **kwargs):
        self.key = stairwell_key(self.name, self.community.stairwell_words)
        self.label = f"{self.building.label}{self.name}"
        self.sort = f"{self.building.sort} {natural_sort(self.key)}"[:50]
        super().save(**kwargs)


class HeadAppointmentQuerySet(ScopedQuerySet):
    def current(self, day=None):
        """Appointments in force on `day`, by default today; the end date already belongs to the successor."""
        day = day or timezone.localdate()
        return self.filter(models.Q(end__isnull=True) | models.Q(end__gt=day), start__lte=day)


@tracked()
class HeadAppointment(CommunityRow):
    """Appointment of a head of a stairwell, group or area, with dates and document (楼道长·小组长·片长任免)."""

    person = ScopedForeignKey(
        "community.Person", related_name="head_appointments", verbose_name="姓名", db_index=False
    )
    area = ScopedForeignKey(
        Area,
        null=True,
        blank=True,
        related_name="head_appointments",
        verbose_name="片区或小组",
        db_index=False,
    )
    stairwell = ScopedForeignKey(
        Stairwell,
        null=True,
        blank=True,
        related_name="head_appointments",
        verbose_name="楼道",
        db_index=False,
    )
    start = models.DateField("任职日期")
    end = models.DateField("离任日期", null=True, blank=True)
    document = models.CharField("任免文件", max_length=80, blank=True)

    objects = HeadAppointmentQuerySet.as_manager()

    field_classes = {"personal": ("person", "area", "stairwell", "start", "end", "document")}
    stored_label = "community.HeadAppointment"
    named_by = ("person",)

    class Meta:
        verbose_name = "任免记录"
        verbose_name_plural = "楼道长任免"
        ordering = ["-start", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(area__isnull=True) ^ models.Q(stairwell__isnull=True),
                name="headappointment_one_place",
                violation_error_message="请选择楼道，或者选择片区或小组，二者选一",
            ),
            models.CheckConstraint(
                condition=START_BEFORE_END,
                name="headappointment_order",
                violation_error_message="离任日期不能早于任职日期",
            ),
            models.UniqueConstraint(
                fields=["community", "stairwell"],
                condition=models.Q(end__isnull=True, stairwell__isnull=False),
                name="headappointment_stairwell_once",
                violation_error_message="该楼道已有现任楼道长，请先填写其离任日期",
            ),
            models.UniqueConstraint(
                fields=["community", "area"],
                condition=models.Q(end__isnull=True, area__isnull=False),
                name="headappointment_area_once",
                violation_error_message="该片区或小组已有现任负责人，请先填写其离任日期",
            ),
        ]
        indexes = [models.Index(fields=["community", "person"], name="headappointment_person")]

    def __str__(self):
        return f"{self.person} {self.stairwell or self.area}"


_SORT_LENGTH = 30


def natural_sort(text: str) -> str:
    """A key under which `10` comes after `9`: every run of digits padded to six places; cut where its column ends."""
    return re.sub(r"\d+", lambda run: run.group().zfill(6), text)[:_SORT_LENGTH]


def stairwell_key(name: str, words: str) -> str:
    """`2单元` and `2梯` are both `2`; `words` are the community's synonyms, separated by blanks."""
    for word in sorted(words.split(), key=len, reverse=True):
        if name.endswith(word):
            return name.removesuffix(word).strip()
    return name.strip()


building_key = stairwell_key
"""`3幢` and `3号楼` are both `3`, by the community's words for a building."""
