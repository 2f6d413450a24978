from django.core.validators import MinValueValidator
from django.db import models

from community.communities.models import START_BEFORE_END, CommunityRow, Precision
from community.places.models import natural_sort
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.access.rls import RowSecurity
from portal.audit.tracking import tracked
from portal.pii_scan.declared import INTERNAL
from residents.homes.addresses import USE_WORDS

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
        "产权人姓名", max_length=60, blank=True, help_text="产权人不在居民台账的，填写姓名"
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


class Kind(models.TextChoices):
    """Kind of residence: where somebody lives, or where the hukou is registered."""

    LIVING = "living", "居住"
    REGISTERED = "registered", "户籍"


class HouseholdQuerySet(ScopedQuerySet):
    def valid(self):
        """Households not annulled by an undo."""
        return self.filter(annulled=False)

    def living(self):
        return self.filter(kind=Kind.LIVING)

    def registered(self):
        return self.filter(kind=Kind.REGISTERED)

    def occupied(self):
        """Households with current members: the ones that figures count."""
        return self.filter(models.Exists(Residence.objects.filter(household=models.OuterRef("pk")).open()))

    def without_head(self):
        """Occupied households whose head died, moved out or was refused: allowed, but to be corrected.

        A collective one (集体户) never has a head.
        """
        heads = Residence.objects.filter(household=models.OuterRef("pk"), is_head=True).open()
        return self.filter(dwelling__isnull=False).occupied().exclude(models.Exists(heads))

    def empty_registration(self):
        """Registered households of which no member lives at their dwelling (空挂户)."""
        living_there = Residence.objects.filter(
            community=models.OuterRef("community"),
            person=models.OuterRef("person"),
            household__dwelling=models.OuterRef("household__dwelling"),
        )
        at_home = Residence.objects.filter(
            models.Exists(living_there.living().open()), household=models.OuterRef("pk")
        ).open()
        return self.registered().occupied().filter(dwelling__isnull=False).exclude(models.Exists(at_home))


@tracked()
class Household(CommunityRow):
    """People who live, or are registered, together (户). A registered one may be collective, without dwelling."""

    kind = models.CharField("类别", max_length=10, choices=Kind)
    dwelling = ScopedForeignKey(
        "residents.Dwelling",
        null=True,
        blank=True,
        related_name="households",
        verbose_name="房屋",
        db_index=False,
    )
    number = models.CharField("户号", max_length=30, blank=True)
    annulled = models.BooleanField("已撤销", default=False, db_default=False, editable=False)
    """The event that founded it was undone; it stays for the history and counts nowhere."""

    objects = HouseholdQuerySet.as_manager()

    field_classes = {"personal": ("kind", "dwelling", "number", "annulled")}
    stored_label = "residents.Household"
    named_by = ("dwelling",)

    class Meta:
        verbose_name = "家庭户"
        verbose_name_plural = "家庭户"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="registered") | models.Q(dwelling__isnull=False),
                name="household_living_at_dwelling",
                violation_error_message="居住户必须有房屋",
            ),
            models.UniqueConstraint(
                fields=["community", "kind", "number"],
                condition=~models.Q(number="") & models.Q(annulled=False),
                name="household_number_once",
                violation_error_message="已有这个户号",
            ),
        ]
        indexes = [models.Index(fields=["community", "dwelling", "kind"], name="household_at_dwelling")]

    def __str__(self):
        return f"{self.dwelling or '集体户'}（{self.get_kind_display()}）"


class ResidenceQuerySet(ScopedQuerySet):
    def valid(self):
        """Residences not annulled by an undo."""
        return self.filter(annulled=False)

    def open(self):
        """Residences that have not ended."""
        return self.valid().filter(end__isnull=True)

    def living(self):
        return self.filter(kind=Kind.LIVING)

    def registered(self):
        return self.filter(kind=Kind.REGISTERED)

    def separated(self):
        """Open registered residences of people who do not live there (人户分离): elsewhere here, or away."""
        at_home = Residence.objects.filter(
            community=models.OuterRef("community"),
            person=models.OuterRef("person"),
            household__dwelling=models.OuterRef("household__dwelling"),
        )
        return self.registered().open().exclude(models.Exists(at_home.living().open()))

    def lodging(self):
        """Open living residences of lodgers and tenants: people not registered in this community."""
        registered = Residence.objects.filter(
            community=models.OuterRef("community"), person=models.OuterRef("person")
        )
        return self.living().open().exclude(models.Exists(registered.registered().open()))


@tracked()
class Residence(CommunityRow):
    """A person's living or registration in a household, from–to (居住或户籍关系).

    A resident is a person with an open residence. `kind` repeats the household's, held equal by a
    composite foreign key, so that 'one open residence per person and kind' is a unique index.
    """

    person = ScopedForeignKey(
        "community.Person", related_name="residences", verbose_name="姓名", db_index=False
    )
    household = ScopedForeignKey(
        Household, same="kind", related_name="residences", verbose_name="户", db_index=False
    )
    kind = models.CharField("类别", max_length=10, choices=Kind)
    relation_class = models.CharField("与户主关系（类）", max_length=2, blank=True)
    """GB/T 4761, two digits; `02` is the head."""
    relation_word = models.CharField("与户主关系", max_length=20, blank=True)
    is_head = models.BooleanField("户主", default=False)
    start = models.DateField("起", null=True, blank=True)
    start_precision = models.CharField("起（精度）", max_length=1, choices=Precision, blank=True)
    end = models.DateField("止", null=True, blank=True)
    end_precision = models.CharField("止（精度）", max_length=1, choices=Precision, blank=True)
    other_address = models.CharField("另一处地址", max_length=120, blank=True)
    """Where a registered person really lives, or where somebody moved to, as written."""
    annulled = models.BooleanField("已撤销", default=False, db_default=False, editable=False)
    """The event by which it began was undone; it stays for the history and counts nowhere."""

    objects = ResidenceQuerySet.as_manager()

    field_classes = {
        "personal": (
            "person household kind relation_class relation_word is_head start start_precision end end_precision"
            " other_address annulled"
        ).split()
    }
    stored_label = "residents.Residence"
    named_by = ("person", "household__dwelling")

    class Meta:
        verbose_name = "居住与户籍"
        verbose_name_plural = "居住与户籍"
        ordering = ["household", "-is_head", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "person", "kind"],
                condition=models.Q(end__isnull=True, annulled=False),
                name="residence_open_once",
                violation_error_message="此人已有同类居住登记，请先办理迁出",
            ),
            models.UniqueConstraint(
                fields=["community", "household"],
                condition=models.Q(end__isnull=True, is_head=True, annulled=False),
                name="residence_head_once",
                violation_error_message="该户已有户主，请先变更户主",
            ),
            models.CheckConstraint(
                condition=START_BEFORE_END,
                name="residence_order",
                violation_error_message="迁出日期不能早于迁入日期",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "household", "end"], name="residence_of_household"),
            models.Index(fields=["community", "person"], name="residence_of_person"),
        ]

    def __str__(self):
        return f"{self.person} {self.household}"
