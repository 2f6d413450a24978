from django.db import models
from django.utils import timezone


class SpecialDay(models.Model):
    """A day that the administrator declares a holiday or a working day, for the whole deployment.

    It goes before the calendar of the `holidays` package, which does not know a year until the State Council has
    announced it.
    """

    day = models.DateField("日期", unique=True)
    is_working = models.BooleanField("上班")
    label = models.CharField("说明", max_length=60)
    stored_label = "portal.SpecialDay"

    class Meta:
        verbose_name = "节假日调整"
        verbose_name_plural = "节假日调整"
        ordering = ["day"]

    def __str__(self):
        return self.label


class DeadlineUpdate(models.Model):
    """A run of the job that reckons deadlines anew after a change of the calendar. The newest one is shown."""

    asked_at = models.DateTimeField("提交时间", default=timezone.now)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    cases = models.PositiveIntegerField("核定件数", default=0)
    moved = models.PositiveIntegerField("期限改变件数", default=0)
    failed = models.PositiveIntegerField("未能核定的社区数", default=0)
    stored_label = "portal.DeadlineUpdate"

    class Meta:
        verbose_name = "期限核定"
        verbose_name_plural = "期限核定"
        ordering = ["-id"]

    def __str__(self):
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
