from django.db import models
from django.db.models.functions import Coalesce

from community.models.base import START_BEFORE_END, CommunityRow, Precision
from portal.history import tracked
from portal.scoping import ScopedForeignKey, ScopedQuerySet


class Kind(models.TextChoices):
    """The two truths of the register: where somebody lives and where the hukou stands."""

    LIVING = "living", "居住"
    REGISTERED = "registered", "户籍"


class HouseholdQuerySet(ScopedQuerySet):
    def valid(self):
        """Households that hold: not founded by an event that was taken back."""
        return self.filter(annulled=False)

    def living(self):
        return self.filter(kind=Kind.LIVING)

    def registered(self):
        return self.filter(kind=Kind.REGISTERED)

    def occupied(self):
        """Households with somebody in them now: the ones that figures count."""
        return self.filter(models.Exists(Residence.objects.filter(household=models.OuterRef("pk")).open()))

    def without_head(self):
        """Occupied households whose head died, moved out or was refused: legal, to be put right.

        A collective one (集体户) has no head by its nature.
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
    """The event that founded it was taken back; it stays for the history and counts nowhere."""

    objects = HouseholdQuerySet.as_manager()

    field_classes = {"personal": ("kind", "dwelling", "number", "annulled")}

    class Meta:
        verbose_name = "户"
        verbose_name_plural = "户"
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


def _events_of_outer():
    """Events of the person of an outer query, the first one first; by person, because of the index."""
    from residents.models.event import PopulationEvent

    return PopulationEvent.objects.filter(
        community=models.OuterRef("community"), person=models.OuterRef("person")
    ).order_by("on", "id")


WITHIN = "within"
"""Cause of a residence that began or ended by a move within the community: neither addition nor reduction."""


def present(day) -> models.Q:
    """Of `dated()` residences, those that counted at the end of `day`."""
    return (models.Q(entered__isnull=True) | models.Q(entered__lte=day)) & (
        models.Q(end__isnull=True) | models.Q(end__gt=day)
    )


class ResidenceQuerySet(ScopedQuerySet):
    def valid(self):
        """Residences that hold: the event by which they began was not taken back."""
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

    def dated(self):
        """With `entered`, the day the register began to count a residence; empty means always.

        Somebody taken into the register by import (建档) counts from that day, not from when they came,
        so that a month once published keeps its closing number. Rows that ended before they entered
        were never counted and are left out.
        """
        in_order = (
            models.Q(end__isnull=True)
            | models.Q(entered__isnull=True)
            | models.Q(end__gte=models.F("entered"))
        )
        entry = _events_of_outer().entries().filter(residence=models.OuterRef("pk")).values("on")[:1]
        return self.valid().annotate(entered=Coalesce(models.Subquery(entry), "start")).filter(in_order)

    def caused_by(self):
        """With `began_by` and `ended_by`: the kind of event by which a residence began and ended.

        Moves within the community are all `WITHIN`, whatever the event is called.
        """
        events = _events_of_outer().annotate(
            cause=models.Case(
                models.When(former__isnull=False, then=models.Value(WITHIN)), default=models.F("what")
            )
        )
        began = events.openings().filter(residence=models.OuterRef("pk"))
        ended = events.endings_of(models.OuterRef("pk"))
        return self.annotate(
            began_by=models.Subquery(began.values("cause")[:1]),
            ended_by=models.Subquery(ended.values("cause")[:1]),
        )

    def present_on(self, day):
        """The residences that counted at the end of `day`."""
        return self.dated().filter(present(day))


@tracked()
class Residence(CommunityRow):
    """That a person lives, or is registered, in a household from–to (居住或户籍关系).

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
    """The event by which it began was taken back; it stays for the history and counts nowhere."""

    objects = ResidenceQuerySet.as_manager()

    field_classes = {
        "personal": (
            "person household kind relation_class relation_word is_head start start_precision end end_precision"
            " other_address annulled"
        ).split()
    }

    class Meta:
        verbose_name = "居住关系"
        verbose_name_plural = "居住关系"
        ordering = ["household", "-is_head", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "person", "kind"],
                condition=models.Q(end__isnull=True, annulled=False),
                name="residence_open_once",
                violation_error_message="此人已有同类的居住关系，请先迁出",
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
