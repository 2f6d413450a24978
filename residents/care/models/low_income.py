from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from portal.access.querysets import ScopedForeignKey
from portal.audit.tracking import tracked
from residents.care.models.base import CareEntry, amount_field, not_negative

AMOUNTS = ("family_amount", "key_60", "key_100", "disabled_amount")


@tracked()
class LowIncome(CareEntry):
    """A household that receives the minimum living allowance (低保), and what it receives each month in yuan.

    The amounts are those of the office's ledger: the family's top-up (家庭补差), the two rates of key help
    (重点救助) and the help for disabled members.
    """

    class Area(models.TextChoices):
        URBAN = "urban", "城市"
        RURAL = "rural", "农村"

    class Level(models.TextChoices):
        A = "A", "A类（长期保障）"
        B = "B", "B类（重点保障）"
        C = "C", "C类（一般保障）"

    household = ScopedForeignKey(
        "residents.Household", related_name="+", verbose_name="保障家庭", db_index=False
    )
    applicant = ScopedForeignKey(
        "community.Person", related_name="+", verbose_name="户主（申请人）", db_index=False
    )
    area = models.CharField("城乡类别", max_length=5, choices=Area, default=Area.URBAN)
    certificate = models.CharField("低保证号", max_length=30, blank=True)
    level = models.CharField("保障类别", max_length=1, choices=Level, blank=True)
    covered = models.PositiveSmallIntegerField("保障人数", default=1, validators=[MinValueValidator(1)])
    key_people = models.PositiveSmallIntegerField("重点保障人数", default=0)
    disabled_people = models.PositiveSmallIntegerField("残疾人数", default=0)
    family_amount = amount_field("家庭补差", default=0)
    key_60 = amount_field("重点救助60元", default=0)
    key_100 = amount_field("重点救助100元", default=0)
    disabled_amount = amount_field("残疾人救助", default=0)
    due = models.DateField("复核期限", null=True, blank=True)

    person_field = "applicant"
    named_by = ("applicant",)

    field_classes = {
        "personal": (
            *CareEntry.personal,
            *"household applicant area certificate level covered key_people disabled_people".split(),
            *AMOUNTS,
        ),
    }
    stored_label = "residents.LowIncome"

    class Meta(CareEntry.Meta):
        verbose_name = "低保户"
        verbose_name_plural = "低保"
        ordering = ["applicant__name_key", "id"]
        constraints = [
            *CareEntry.Meta.constraints,
            models.UniqueConstraint(
                fields=["community", "household"],
                condition=Q(end__isnull=True),
                name="lowincome_open_once",
                violation_error_message="这一户已有没有终止的低保记录，请修改那一条，或先填写它的终止日期",
            ),
            models.CheckConstraint(
                condition=Q(covered__gte=1, key_people__lte=F("covered"), disabled_people__lte=F("covered")),
                name="lowincome_people",
                violation_error_message="保障人数至少为 1，重点保障人数和残疾人数不能多于保障人数",
            ),
            models.CheckConstraint(
                condition=not_negative(*AMOUNTS),
                name="lowincome_amounts",
                violation_error_message="金额不能小于 0",
            ),
        ]
        indexes = [
            # The check that nothing is left when a household or a person goes; a person's card.
            models.Index(fields=["community", "household"], name="lowincome_of_household"),
            models.Index(fields=["community", "applicant"], name="lowincome_of_applicant"),
        ]

    @property
    def amount(self) -> Decimal:
        """What the household receives a month."""
        return sum((getattr(self, name) for name in AMOUNTS), Decimal(0))
