"""Base models of the care registers (重点人群台账): from–to, next due date, and reason of ending."""

import datetime

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from community.communities.models import START_BEFORE_END, CommunityRow, current_on
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet


class CareQuerySet(ScopedQuerySet):
    def open(self):
        """Entries without an end: at most one for each person (低保: household)."""
        return self.filter(end__isnull=True)

    def current(self, day: datetime.date):
        """Entries in force on `day`, its last day included."""
        return self.filter(current_on(day))

    def past(self, day: datetime.date):
        """Entries that ended before `day`."""
        return self.filter(end__lt=day)

    def due_by(self, day: datetime.date):
        """Entries due by `day`."""
        return self.filter(due__lte=day)


class CareEntry(CommunityRow):
    """Base of all care registers: an entry holds from–to and is never deleted when it ends.

    Each register has its own meaning of `due`: the next review, check or the expiry of a certificate.
    Secrets are three columns each (`portal.crypto.encrypted_fields`).
    """

    start = models.DateField("起始日期", null=True, blank=True)
    due = models.DateField("下次到期", null=True, blank=True)
    end = models.DateField("终止日期", null=True, blank=True)
    end_reason = models.CharField("终止原因", max_length=60, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)

    objects = CareQuerySet.as_manager()

    personal = ("start", "due", "end", "end_reason", "note")
    person_field = "person"
    """Field with the person whose card shows the entry."""

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=START_BEFORE_END,
                name="%(class)s_order",
                violation_error_message="终止日期不能早于起始日期",
            ),
            models.CheckConstraint(
                condition=Q(end_reason="") | Q(end__isnull=False),
                name="%(class)s_end_reason",
                violation_error_message="写明了终止原因的，请填写终止日期",
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.whose.name}"

    @property
    def whose(self):
        """The person whose card shows the entry."""
        return getattr(self, self.person_field)

    def is_current(self, day: datetime.date) -> bool:
        """Whether the entry is in force on `day`."""
        return (self.start is None or self.start <= day) and (self.end is None or self.end >= day)


class PersonCare(CareEntry):
    """Base of the care registers that list people."""

    person = ScopedForeignKey("community.Person", related_name="+", verbose_name="姓名", db_index=False)

    personal = ("person", *CareEntry.personal)
    named_by = ("person",)

    class Meta(CareEntry.Meta):
        abstract = True
        ordering = ["person__name_key", "id"]
        constraints = [
            *CareEntry.Meta.constraints,
            models.UniqueConstraint(
                fields=["community", "person"],
                condition=Q(end__isnull=True),
                name="%(class)s_open_once",
                violation_error_message="此人在本台账已有没有终止的记录，请修改那一条，或先填写它的终止日期",
            ),
        ]
        # A person's card, and the check that nothing is left when a person goes.
        indexes = [models.Index(fields=["community", "person"], name="%(class)s_of_person")]


def amount_field(label: str, **options) -> models.DecimalField:
    """An amount in yuan; by default it may be unknown."""
    options = options or {"null": True, "blank": True}
    return models.DecimalField(
        label, max_digits=8, decimal_places=2, validators=[MinValueValidator(0)], **options
    )


def not_negative(*names: str) -> Q:
    """Check constraint: amounts are null or not negative."""
    condition = Q()
    for name in names:
        condition &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0})
    return condition
