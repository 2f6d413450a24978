import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from community.communities.models import current_on
from portal.audit.tracking import tracked
from residents.care.models.base import CareQuerySet, PersonCare
from residents.care.models.disability import Disability


class UnemployedQuerySet(CareQuerySet):
    def placed(self, year: int):
        """Entries of people who found work again in `year`."""
        return self.filter(result__in=PLACED, result_on__year=year)

    def of_disabled(self, day: datetime.date):
        """Entries of people who were in the disability register on the date of the result, or are on `day`."""
        result_day = Coalesce("result_on", Value(day))
        outer = self.annotate(told_on=result_day)
        disabled = Disability.objects.filter(
            current_on(OuterRef("told_on")), community=OuterRef("community"), person=OuterRef("person")
        )
        return outer.filter(Exists(disabled))


@tracked()
class Unemployed(PersonCare):
    """An unemployed person (失业、下岗): the work sought, and the result."""

    class Cause(models.TextChoices):
        UNEMPLOYED = "unemployed", "失业"
        LAID_OFF = "laid_off", "下岗"
        NEVER = "never", "未就业"

    class Result(models.TextChoices):
        EMPLOYED = "employed", "单位就业"
        PUBLIC = "public", "公益性岗位"
        OWN = "own", "自主创业"
        FLEXIBLE = "flexible", "灵活就业"
        RETIRED = "retired", "达到退休年龄"
        GAVE_UP = "gave_up", "退出劳动力市场"

    cause = models.CharField("失业原因", max_length=10, choices=Cause, default=Cause.UNEMPLOYED)
    former_unit = models.CharField("原单位", max_length=80, blank=True)
    certificate = models.CharField("就业创业证号", max_length=30, blank=True)
    wish = models.CharField("技能和求职意向", max_length=100, blank=True)
    result = models.CharField("再就业结果", max_length=8, choices=Result, blank=True)
    result_on = models.DateField("结果日期", null=True, blank=True)
    workplace = models.CharField("就业单位", max_length=80, blank=True)
    placed_by = models.CharField("推荐介绍", max_length=60, blank=True, help_text="由谁介绍或安置")
    due = models.DateField("下次回访", null=True, blank=True)

    objects = UnemployedQuerySet.as_manager()

    field_classes = {
        "personal": (
            *PersonCare.personal,
            *"cause former_unit certificate wish result result_on workplace placed_by".split(),
        ),
    }
    stored_label = "residents.Unemployed"

    class Meta(PersonCare.Meta):
        verbose_name = verbose_name_plural = "失业人员"
        constraints = [
            *PersonCare.Meta.constraints,
            models.CheckConstraint(
                condition=Q(result="", result_on__isnull=True) | ~Q(result="") & Q(result_on__isnull=False),
                name="unemployed_result_dated",
                violation_error_message="再就业结果与结果日期应同时填写",
            ),
            models.CheckConstraint(
                condition=Q(result="") | Q(end__isnull=False),
                name="unemployed_result_ends",
                violation_error_message="已有再就业结果的，请填写终止日期",
            ),
            models.CheckConstraint(
                condition=Q(workplace="", placed_by="") | ~Q(result=""),
                name="unemployed_placed",
                violation_error_message="填写了就业单位或推荐介绍的，请选择再就业结果",
            ),
        ]


PLACED = (
    Unemployed.Result.EMPLOYED,
    Unemployed.Result.PUBLIC,
    Unemployed.Result.OWN,
    Unemployed.Result.FLEXIBLE,
)
"""Results by which somebody is in work again."""
