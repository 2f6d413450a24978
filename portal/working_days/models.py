from django.db import models


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
