from django.core.validators import MinValueValidator
from django.db import models

from community.models.base import CommunityRow
from community.models.territory import natural_sort
from portal.disclosing import INTERNAL
from portal.history import tracked
from portal.rls import RowSecurity
from portal.scoping import ScopedForeignKey
from residents.addresses import USE_WORDS

_NO_HOMES = tuple(USE_WORDS.values())
"""Rooms that are named by their use: 商铺1, 地下室."""


@tracked()
class Dwelling(CommunityRow):
    """A home, shop or other room behind one door (房屋).

    `label` is the one way it is written everywhere (`3幢2单元501室`); who inserts in bulk calls `place()`.
    A basement or shop may belong to the building without a stairwell.
    """

    row_security = RowSecurity(head="stairwell_id")

    class Use(models.TextChoices):
        SELF = "self", "自住"
        RENTED = "rented", "出租"
        VACANT = "vacant", "空置"
        SHOP = "shop", "商铺"
        OFFICE = "office", "办公"
        BASEMENT = "basement", "地下室"
        GARAGE = "garage", "车库"
        STORAGE = "storage", "储藏室"

    building = ScopedForeignKey(
        "community.Building", related_name="dwellings", verbose_name="楼幢", db_index=False
    )
    stairwell = ScopedForeignKey(
        "community.Stairwell",
        null=True,
        blank=True,
        related_name="dwellings",
        verbose_name="楼道",
        db_index=False,
    )
    floor = models.SmallIntegerField("楼层", null=True, blank=True)
    room = models.CharField("房号", max_length=20)
    label = models.CharField("房屋", max_length=80, editable=False)
    sort = models.CharField("排序", max_length=90, editable=False, default="")
    use = models.CharField("用途", max_length=8, choices=Use, default=Use.SELF)
    area_m2 = models.DecimalField(
        "面积（平方米）",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    owner = ScopedForeignKey(
        "community.Person", null=True, blank=True, related_name="+", verbose_name="产权人", db_index=False
    )
    owner_name = models.CharField(
        "产权人姓名", max_length=60, blank=True, help_text="产权人不在人员台账时填写"
    )

    field_classes = {
        "public": ("building", "stairwell", "floor", "room", "label", "sort"),
        "personal": ("use", "area_m2", "owner", "owner_name"),
    }
    public_texts = {"room": INTERNAL, "label": INTERNAL, "sort": INTERNAL}
    stored_label = "residents.Dwelling"

    class Meta:
        verbose_name = "房屋"
        verbose_name_plural = "房屋"
        ordering = ["sort", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "building", "stairwell", "room"],
                nulls_distinct=False,
                name="dwelling_once",
                violation_error_message="该楼道已有这个房号",
            )
        ]
        indexes = [
            models.Index(fields=["community", "sort", "id"], name="dwelling_order"),
            models.Index(fields=["community", "stairwell", "sort"], name="dwelling_of_stairwell"),
            # For the check that no deleted person is an owner, for thousands of people of an undone import.
            models.Index(
                fields=["community", "owner"],
                condition=models.Q(owner__isnull=False),
                name="dwelling_of_owner",
            ),
        ]

    def __str__(self):
        return self.label

    def place(self) -> "Dwelling":
        """Set label and sort key from building, stairwell and room."""
        where = self.stairwell.label if self.stairwell else self.building.label
        self.label = f"{where}{self.room}{'' if self.room.startswith(_NO_HOMES) else '室'}"
        before = self.stairwell.sort if self.stairwell else self.building.sort
        self.sort = f"{before} {natural_sort(self.room)}"
        return self

    def save(self, **kwargs):
        self.place()
        super().save(**kwargs)
