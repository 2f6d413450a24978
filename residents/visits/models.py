from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from community.accounts.models import RoleAssignment
from community.communities.models import CommunityRow
from portal.access.permissions import Permission
from portal.access.querysets import ScopedForeignKey, ScopedQuerySet
from portal.audit.tracking import tracked
from portal.handover.models import Handover
from residents.care.models.kind import CareKind

GENERAL = "general"
CATEGORIES = [*CareKind.choices, (GENERAL, "日常走访")]
"""Category of a visit: a care register, or general (日常走访), which has no interval."""


class VisitQuerySet(ScopedQuerySet):
    def planned(self):
        """Visits not made yet."""
        return self.filter(state=Visit.State.PLANNED)

    def without_worker(self):
        """Planned visits whose worker lost the right to make them, because the role ended."""
        care_roles = RoleAssignment.objects.current().holding(Permission.CARE)
        return self.planned().filter(
            ~Exists(care_roles.filter(user=OuterRef("worker"), community=OuterRef("community")))
        )

    def overdue(self, day):
        """Planned visits whose date has passed."""
        return self.planned().filter(planned_on__lt=day)

    def done(self):
        return self.filter(state=Visit.State.DONE)

    def with_need(self):
        """Visits at which a need was found."""
        return self.done().exclude(need="")

    def handed_over(self):
        """Annotate `is_handed`: whether something was handed over from the visit."""
        hand_overs = Handover.objects.filter(
            community_id=OuterRef("community_id"), subject=Visit.stored_label, row_id=OuterRef("pk")
        )
        return self.annotate(is_handed=Exists(hand_overs))


@tracked()
class Visit(CommunityRow):
    """A home visit (走访): planned for a day and a worker of the committee, then made or cancelled.

    To a person, or with `household` to all of that household, where `person` is the contact. Findings (情况) and
    need (需求) are welfare information, for holders of `CARE`.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "待走访"
        DONE = "done", "已走访"
        CANCELLED = "cancelled", "已取消"

    person = ScopedForeignKey(
        "community.Person", null=True, blank=True, related_name="+", verbose_name="走访对象", db_index=False
    )
    household = ScopedForeignKey(
        "residents.Household", null=True, blank=True, related_name="+", verbose_name="走访户", db_index=False
    )
    category = models.CharField("走访类别", max_length=12, choices=CATEGORIES, default=GENERAL)
    planned_on = models.DateField("计划日期")
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="走访人"
    )
    state = models.CharField("状态", max_length=9, choices=State, default=State.PLANNED, editable=False)
    done_on = models.DateField("走访日期", null=True, blank=True)
    found = models.CharField("走访情况", max_length=1000, blank=True)
    need = models.CharField("发现的需求", max_length=1000, blank=True)
    reason = models.CharField("取消原因", max_length=200, blank=True, editable=False)

    objects = VisitQuerySet.as_manager()

    field_classes = {
        "restricted": ("category", "found", "need", "reason"),
        "personal": ("person", "household", "planned_on", "worker", "state", "done_on"),
    }
    stored_label = "residents.Visit"
    named_by = ("person", "household__dwelling")

    class Meta:
        verbose_name = "走访"
        verbose_name_plural = "走访"
        # The order of a day is that of planning.
        ordering = ["-planned_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(household__isnull=False),
                name="visit_to_somebody",
                violation_error_message="请填写走访对象或走访户",
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False) & ~Q(found="")
                | ~Q(state="done") & Q(done_on__isnull=True, found="", need=""),
                name="visit_done_with_finding",
                violation_error_message="已走访的须有走访日期和走访情况，没有走访的不填",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled") & ~Q(reason="") | ~Q(state="cancelled") & Q(reason=""),
                name="visit_cancelled_with_reason",
                violation_error_message="取消走访时请写明原因",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-planned_on", "id"], name="visit_order"),
            # Planned visits of a worker, and overdue ones.
            models.Index(
                fields=["community", "worker", "planned_on"],
                condition=Q(state="planned"),
                name="visit_planned_of_worker",
            ),
            # Last visit of each person in a care register.
            models.Index(fields=["community", "person", "category", "-done_on"], name="visit_of_person"),
            models.Index(
                fields=["community", "household", "category", "-done_on"],
                condition=Q(household__isnull=False),
                name="visit_of_household",
            ),
        ]

    def __str__(self):
        return f"走访{self.who}"

    @property
    def who(self) -> str:
        """The person, or the household by its contact."""
        name = self.person.name if self.person else str(self.household)
        return f"{name}一户" if self.person and self.household_id else name

    @property
    def place(self) -> str:
        """Address of the visit; empty if unknown."""
        if self.household_id and self.household.dwelling:
            return self.household.dwelling.label
        return self.person.place_label if self.person else ""

    def is_overdue(self, day) -> bool:
        return self.state == self.State.PLANNED and self.planned_on < day
